package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/kubernetes"
	clientgo "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	apiextensionsv1alpha1 "github.com/crossplane/crossplane/apis/v2/apiextensions/v1alpha1"
	apiextensionsv2 "github.com/crossplane/crossplane/apis/v2/apiextensions/v2"
	pkgv1 "github.com/crossplane/crossplane/apis/v2/pkg/v1"
	pkgv1beta1 "github.com/crossplane/crossplane/apis/v2/pkg/v1beta1"
)

// fieldOwner owns what this program applies.
const fieldOwner = client.FieldOwner("crossplane-mattermost-cluster")

// restConfig is the administrator's access to the API server.
func restConfig(p paths) (*rest.Config, error) {
	config, err := clientcmd.BuildConfigFromFlags("", p.kubeconfig())
	if err != nil {
		return nil, errors.Wrap(err, "cannot read the kubeconfig")
	}

	// The API server limits clients by itself, and fairly.
	config.QPS = -1
	config.Timeout = 30 * time.Second

	return config, nil
}

// newClient makes a client of the running API server.
func newClient(p paths) (client.Client, error) {
	config, err := restConfig(p)
	if err != nil {
		return nil, err
	}

	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		clientgo.AddToScheme, pkgv1.AddToScheme, pkgv1beta1.AddToScheme, apiextensionsv1alpha1.AddToScheme, apiextensionsv2.AddToScheme,
	} {
		if err := add(scheme); err != nil {
			return nil, errors.Wrap(err, "cannot register kinds")
		}
	}

	c, err := client.New(config, client.Options{Scheme: scheme})

	return c, errors.Wrap(err, "cannot make a client of the API server")
}

// apiserverReady reports, as an error, that the API server does not serve yet.
func apiserverReady(p paths) func(context.Context) error {
	return func(ctx context.Context) error {
		config, err := restConfig(p)
		if err != nil {
			return err
		}

		set, err := kubernetes.NewForConfig(config)
		if err != nil {
			return errors.Wrap(err, "cannot make a client of the API server")
		}

		_, err = set.Discovery().RESTClient().Get().AbsPath("/readyz").DoRaw(ctx)

		return errors.Wrap(err, "the API server is not ready")
	}
}

// nodeReady reports, as an error, that pods cannot be run yet.
func nodeReady(ctx context.Context, c client.Client) error {
	node := &corev1.Node{}
	if err := c.Get(ctx, client.ObjectKey{Name: nodeName}, node); err != nil {
		return errors.Wrap(err, "cannot read the node")
	}

	for _, condition := range node.Status.Conditions {
		if condition.Type == corev1.NodeReady {
			if condition.Status == corev1.ConditionTrue {
				return nil
			}

			return errors.Errorf("the node is not ready: %s", condition.Message)
		}
	}

	return errors.New("the node has not reported yet")
}

// withTrouble adds to an error the latest warning event about an object, if
// there is one: it usually says why waiting for the object was in vain.
func withTrouble(ctx context.Context, c client.Client, object string, err error) error {
	if err == nil {
		return nil
	}

	events := &corev1.EventList{}
	about := client.MatchingFields{"involvedObject.name": object, "type": corev1.EventTypeWarning}

	// An error here must not hide the one that matters.
	if c.List(ctx, events, about) != nil || len(events.Items) == 0 {
		return err
	}

	latest := slices.MaxFunc(events.Items, func(a, b corev1.Event) int {
		return a.LastTimestamp.Compare(b.LastTimestamp.Time)
	})

	return errors.Errorf("%w; %s: %s", err, latest.Reason, latest.Message)
}

// apply makes an object as given, by server-side apply.
func apply(ctx context.Context, c client.Client, o client.Object) error {
	name := o.GetName()

	gvk, err := c.GroupVersionKindFor(o)
	if err != nil {
		return errors.Wrapf(err, "cannot tell the kind of %s", name)
	}

	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(o)
	if err != nil {
		return errors.Wrapf(err, "cannot convert %s %s", gvk.Kind, name)
	}

	u := &unstructured.Unstructured{Object: content}
	u.SetGroupVersionKind(gvk)
	unstructured.RemoveNestedField(u.Object, "status")
	unstructured.RemoveNestedField(u.Object, "metadata", "creationTimestamp")

	err = c.Apply(ctx, client.ApplyConfigurationFromUnstructured(u), fieldOwner, client.ForceOwnership)

	return errors.Wrapf(err, "cannot apply %s %s", gvk.Kind, name)
}

// applyEventually applies an object whose kind, or whose webhook, is about to be
// served.
func applyEventually(ctx context.Context, c client.Client, o client.Object) error {
	return waitFor(ctx, packageLimit, func(ctx context.Context) error { return apply(ctx, c, o) })
}

// parseManifest reads the objects of a YAML stream.
func parseManifest(manifest []byte) ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured

	reader := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(manifest)))

	for {
		document, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return objects, nil
		}

		if err != nil {
			return nil, errors.Wrap(err, "cannot read the manifest")
		}

		u := &unstructured.Unstructured{}
		if err := yaml.Unmarshal(document, &u.Object); err != nil {
			return nil, errors.Wrap(err, "cannot parse the manifest")
		}

		if len(u.Object) > 0 {
			objects = append(objects, u)
		}
	}
}
