package main

import (
	"bytes"
	"context"
	_ "embed"
	"os/exec"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/location"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/installation"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

const (
	// changeLimit is far above what any installation or new version takes.
	changeLimit = 5 * time.Minute
	goneLimit   = 3 * time.Minute
)

//go:embed operator.yaml
var operatorYAML []byte

// product is one of the two that install Mattermost.
type product struct {
	name string
	// example of an installation, without its version and storage.
	example func() (*unstructured.Unstructured, error)
	// condition that says that a version is served, if the product has one.
	condition string
	// endpoint of an S3 gateway as the product wants to have it.
	endpoint func(host string) string
	// unrestricted are namespaces for pods that Pod Security "restricted" would not admit.
	unrestricted bool
}

func products() []product {
	return []product{
		{
			name:      "ours",
			example:   unprotected,
			condition: "RolloutComplete",
			endpoint:  func(host string) string { return "http://" + host },
		},
		{
			name:         "operator",
			example:      func() (*unstructured.Unstructured, error) { return firstOf(operatorYAML) },
			endpoint:     func(host string) string { return host },
			unrestricted: true,
		},
	}
}

// unprotected is our example, which may be deleted when the contest is over.
func unprotected() (*unstructured.Unstructured, error) {
	xr, err := installation.Example("external.yaml", "")
	if err != nil {
		return nil, err
	}
	// The operator runs as many replicas, and does not ask for a license.
	return xr, errors.Wrap(errors.Join(
		unstructured.SetNestedField(xr.Object, false, "spec", "deletionProtection"),
		unstructured.SetNestedField(xr.Object, int64(wantedReplicas), "spec", "replicas"),
	), "cannot fill in the manifest")
}

func firstOf(manifest []byte) (*unstructured.Unstructured, error) {
	objects, err := kube.Parse(manifest)
	if err != nil {
		return nil, err
	}
	return objects[0], nil
}

// installed is an installation, or is going to be one.
type installed struct {
	product

	manifest *unstructured.Unstructured
	// since is when it was last complete.
	since time.Time
}

// plan an installation in a namespace of its own.
func (p product) plan(namespace string) (*installed, error) {
	manifest, err := p.example()
	if err != nil {
		return nil, err
	}
	manifest.SetNamespace(namespace)
	return &installed{product: p, manifest: manifest}, nil
}

// prepare what the installation needs: its namespace, a database and a bucket.
func (i *installed) prepare(ctx context.Context, c client.Client, s *installation.Storage) error {
	namespace := i.manifest.GetNamespace()
	for field, value := range map[string]string{"url": i.endpoint(s.S3.Endpoint), "bucket": namespace} {
		if err := unstructured.SetNestedField(i.manifest.Object, value, "spec", "fileStore", "external", field); err != nil {
			return errors.Wrap(err, "cannot fill in the manifest")
		}
	}
	if err := installation.Prepare(ctx, c, s, i.manifest); err != nil {
		return err
	}
	if i.unrestricted {
		return kube.Apply(ctx, c, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}})
	}
	return nil
}

// becomes a version, and returns how long that takes from the start of kubectl apply
// until it is complete.
func (i *installed) becomes(ctx context.Context, c client.WithWatch, version string) (time.Duration, error) {
	if err := unstructured.SetNestedField(i.manifest.Object, version, "spec", "version"); err != nil {
		return 0, errors.Wrap(err, "cannot fill in the manifest")
	}
	manifest, err := i.manifest.MarshalJSON()
	if err != nil {
		return 0, errors.Wrap(err, "cannot write the manifest")
	}
	ctx, cancel := context.WithTimeout(ctx, changeLimit)
	defer cancel()
	began := time.Now()
	apply := exec.CommandContext(ctx, location.Kubectl(), "--kubeconfig", location.Kubeconfig(), "apply", "-f", "-") //nolint:gosec // The cluster's own kubectl.
	apply.Stdin = bytes.NewReader(manifest)
	if out, err := apply.CombinedOutput(); err != nil {
		return 0, errors.Wrapf(err, "cannot apply the manifest: %s", out)
	}
	if err := awaitComplete(ctx, c, i, version); err != nil {
		return 0, errors.Wrapf(err, "%s does not become %s in namespace %s", i.name, version, i.manifest.GetNamespace())
	}
	i.since = time.Now()
	return i.since.Sub(began), nil
}

// remove the installation and its namespace, and wait until both are gone. It first
// goes by itself: without its Secrets, which go with the namespace, it is refused.
func (i *installed) remove(ctx context.Context, c client.Client) error {
	if err := c.Delete(ctx, i.manifest.DeepCopy()); client.IgnoreNotFound(err) != nil {
		return errors.Wrap(err, "cannot remove the installation")
	}
	if err := gone(ctx, c, i.manifest); err != nil {
		return err
	}
	return removeNamespace(ctx, c, i.manifest.GetNamespace())
}

func removeNamespace(ctx context.Context, c client.Client, name string) error {
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	if err := c.Delete(ctx, namespace); client.IgnoreNotFound(err) != nil {
		return errors.Wrapf(err, "cannot remove namespace %s", name)
	}
	return gone(ctx, c, namespace)
}

// gone waits until an object does not exist.
func gone(ctx context.Context, c client.Client, o client.Object) error {
	return kube.Until(ctx, goneLimit, func(ctx context.Context) error {
		err := c.Get(ctx, client.ObjectKeyFromObject(o), o.DeepCopyObject().(client.Object)) //nolint:forcetypeassert // The copy of an object is one.
		if err == nil {
			return errors.Errorf("%s still exists", o.GetName())
		}
		return client.IgnoreNotFound(err)
	})
}
