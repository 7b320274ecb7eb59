// Package installation prepares what a MattermostInstallation needs and looks at
// one that runs, as its users would: through its Service.
package installation

import (
	"context"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/backends"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/location"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

const (
	// storage is the namespace of the database server and the S3 gateway that the
	// quickstart uses.
	storage = "storage"
	gateway = "s3"
)

// Storage is a database server and an S3 gateway, shared by installations.
type Storage struct {
	Postgres *backends.Postgres
	S3       *backends.S3
}

// RunStorage runs the storage, or finds it running.
func RunStorage(ctx context.Context, c client.Client) (*Storage, error) {
	if err := kube.Namespace(ctx, c, storage); err != nil {
		return nil, err
	}
	out := &Storage{}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		out.Postgres, err = backends.RunPostgres(ctx, c, storage)
		return err
	})
	g.Go(func() (err error) {
		out.S3, err = backends.RunS3(ctx, c, storage, backends.S3Options{Name: gateway})
		return err
	})
	return out, g.Wait()
}

// Prepare makes what an installation refers to, in a new namespace: a database
// and its Secret, a bucket and its Secret.
func Prepare(ctx context.Context, c client.Client, s *Storage, xr *unstructured.Unstructured) error {
	namespace := xr.GetNamespace()
	if err := kube.Namespace(ctx, c, namespace); err != nil {
		return err
	}
	url, err := s.Postgres.Database(ctx, namespace)
	if err != nil {
		return err
	}
	databaseSecret, _, _ := unstructured.NestedString(xr.Object, "spec", "database", "external", "secret")
	if err := kube.Secret(ctx, c, namespace, databaseSecret, map[string]string{"DB_CONNECTION_STRING": url}); err != nil {
		return err
	}
	bucket, _, _ := unstructured.NestedString(xr.Object, "spec", "fileStore", "external", "bucket")
	if err := s.S3.Bucket(ctx, bucket); err != nil {
		return err
	}
	filesSecret, _, _ := unstructured.NestedString(xr.Object, "spec", "fileStore", "external", "secret")
	return kube.Secret(ctx, c, namespace, filesSecret, map[string]string{"accesskey": s.S3.AccessKey, "secretkey": s.S3.SecretKey})
}

// Example is the MattermostInstallation of a file of examples, for a namespace.
func Example(file, namespace string) (*unstructured.Unstructured, error) {
	root, err := location.Repository()
	if err != nil {
		return nil, err
	}
	manifest, err := os.ReadFile(filepath.Join(root, "examples", filepath.Base(file))) //nolint:gosec // A file of this repository.
	if err != nil {
		return nil, errors.Wrap(err, "cannot read the example")
	}
	objects, err := kube.Parse(manifest)
	if err != nil {
		return nil, err
	}
	for _, o := range objects {
		if o.GetKind() == "MattermostInstallation" {
			o.SetNamespace(namespace)
			return o, nil
		}
	}
	return nil, errors.Errorf("cannot find a MattermostInstallation in %s", file)
}
