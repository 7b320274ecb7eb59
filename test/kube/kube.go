// Package kube talks to the cluster that test/cluster brings up, as its
// administrator.
package kube

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"os"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/util/yaml"
	clientgo "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// owner of what tests and the demo apply.
const owner = client.FieldOwner("crossplane-mattermost-test")

// Connect to the cluster of a kubeconfig file.
func Connect(kubeconfig string) (client.WithWatch, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, errors.Wrap(err, "cannot read the kubeconfig")
	}
	config.QPS, config.Burst = 200, 400
	config.Timeout = 30 * time.Second
	// Each once: some are about every answer.
	config.WarningHandler = rest.NewWarningWriter(os.Stderr, rest.WarningWriterOptions{Deduplicate: true})
	scheme := runtime.NewScheme()
	if err := clientgo.AddToScheme(scheme); err != nil {
		return nil, errors.Wrap(err, "cannot register kinds")
	}
	c, err := client.NewWithWatch(config, client.Options{Scheme: scheme})
	return c, errors.Wrap(err, "cannot make a client of the API server")
}

// Parse the objects of a YAML stream.
func Parse(manifest []byte) ([]*unstructured.Unstructured, error) {
	var out []*unstructured.Unstructured
	reader := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(manifest)))
	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, errors.Wrap(err, "cannot read the manifest")
		}
		u := &unstructured.Unstructured{}
		if err := yaml.Unmarshal(document, &u.Object); err != nil {
			return nil, errors.Wrap(err, "cannot parse the manifest")
		}
		if len(u.Object) > 0 {
			out = append(out, u)
		}
	}
}

// Apply an object as given, server-side.
func Apply(ctx context.Context, c client.Client, o client.Object) error {
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(o)
	if err != nil {
		return errors.Wrapf(err, "cannot convert %s", o.GetName())
	}
	u := &unstructured.Unstructured{Object: content}
	gvk, err := c.GroupVersionKindFor(o)
	if err != nil {
		return errors.Wrapf(err, "cannot tell the kind of %s", o.GetName())
	}
	u.SetGroupVersionKind(gvk)
	unstructured.RemoveNestedField(u.Object, "status")
	unstructured.RemoveNestedField(u.Object, "metadata", "creationTimestamp")
	err = c.Apply(ctx, client.ApplyConfigurationFromUnstructured(u), owner, client.ForceOwnership)
	return errors.Wrapf(err, "cannot apply %s %s", gvk.Kind, o.GetName())
}

// Namespace makes a namespace that enforces Pod Security "restricted".
func Namespace(ctx context.Context, c client.Client, name string) error {
	return Apply(ctx, c, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
		Name:   name,
		Labels: map[string]string{"pod-security.kubernetes.io/enforce": "restricted"},
	}})
}

// Secret makes a Secret.
func Secret(ctx context.Context, c client.Client, namespace, name string, values map[string]string) error {
	return Apply(ctx, c, &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		StringData: values,
	})
}

// Until waits for a check to return nil, and returns its last complaint when it
// does not within a time.
func Until(ctx context.Context, limit time.Duration, check func(context.Context) error) error {
	var last error
	err := wait.PollUntilContextTimeout(ctx, 200*time.Millisecond, limit, true, func(ctx context.Context) (bool, error) {
		err := check(ctx)
		// A check that the end of the wait interrupts has nothing to tell.
		if err == nil || last == nil || ctx.Err() == nil {
			last = err
		}
		return err == nil, nil
	})
	if err == nil {
		return nil
	}
	if last == nil {
		last = err
	}
	return errors.Wrapf(last, "waited %s in vain", limit)
}

// Condition of an object: its status, reason and message, empty when it has no
// such condition.
func Condition(u *unstructured.Unstructured, kind string) (status, reason, message string) {
	conditions, _, _ := unstructured.NestedSlice(u.Object, "status", "conditions")
	for _, c := range conditions {
		m, ok := c.(map[string]any)
		if !ok || m["type"] != kind {
			continue
		}
		status, _ = m["status"].(string)
		reason, _ = m["reason"].(string)
		message, _ = m["message"].(string)
		return status, reason, message
	}
	return "", "", ""
}

// ConditionIs waits for a condition of an object, read anew each time, to have a
// status for the object's current generation.
func ConditionIs(ctx context.Context, c client.Client, u *unstructured.Unstructured, limit time.Duration, kind, status string) error {
	return Until(ctx, limit, func(ctx context.Context) error {
		if err := c.Get(ctx, client.ObjectKeyFromObject(u), u); err != nil {
			return errors.Wrapf(err, "cannot read %s %s", u.GetKind(), u.GetName())
		}
		got, reason, message := Condition(u, kind)
		seen, _, _ := unstructured.NestedInt64(u.Object, "status", "observedGeneration")
		if got == status && seen >= u.GetGeneration() {
			return nil
		}
		return errors.Errorf("%s %s: condition %s is %q for generation %d of %d (%s: %s)", u.GetKind(), u.GetName(), kind, got, seen, u.GetGeneration(), reason, message)
	})
}
