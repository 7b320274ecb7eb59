// Package secret reads the Secrets that managed resources name.
package secret

import (
	"context"
	"fmt"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// A Value is what a Secret holds under a key.
type Value struct {
	// Text of the value, without the newline that editors add.
	Text string

	// Version is another whenever the Secret or the key is.
	Version string
}

// String hides the value.
func (v Value) String() string { return "[secret]" }

// Get the value that ref names in namespace. A value that is empty is an error.
func Get(ctx context.Context, kube client.Reader, namespace string, ref xpv2.LocalSecretKeySelector) (Value, error) {
	s := &corev1.Secret{}
	if err := kube.Get(ctx, types.NamespacedName{Namespace: namespace, Name: ref.Name}, s); err != nil {
		return Value{}, errors.Wrap(err, "cannot get Secret")
	}

	text := strings.TrimRight(string(s.Data[ref.Key]), "\r\n")
	if text == "" {
		return Value{}, errors.Errorf("cannot use Secret %q: it has no key %s", ref.Name, ref.Key)
	}

	return Value{Text: text, Version: fmt.Sprintf("%s/%s/%s", s.UID, s.ResourceVersion, ref.Key)}, nil
}

// Published returns what mg's connection Secret holds. It is empty if there is no such
// Secret.
func Published(ctx context.Context, kube client.Reader, mg resource.LocalConnectionSecretOwner) (map[string][]byte, error) {
	ref := mg.GetWriteConnectionSecretToReference()
	if ref == nil {
		return nil, nil
	}

	s := &corev1.Secret{}
	err := kube.Get(ctx, types.NamespacedName{Namespace: mg.GetNamespace(), Name: ref.Name}, s)

	return s.Data, errors.Wrap(resource.IgnoreNotFound(err), "cannot get spec.writeConnectionSecretToRef")
}
