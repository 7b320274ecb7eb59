package e2e

import (
	"context"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/installation"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

// offering is a Composition of the platform's that has a backend of ours answer claims of
// databases of a class.
func offering(t *testing.T, class, backend string) *unstructured.Unstructured {
	t.Helper()
	c := parsed(t, `
apiVersion: apiextensions.crossplane.io/v1
kind: Composition
metadata:
  name: database-`+class+`
  labels:
    mattermost.crossplane.io/class: `+class+`
spec:
  compositeTypeRef:
    apiVersion: mattermost.crossplane.io/v1alpha1
    kind: MattermostDatabase
  mode: Pipeline
`)[0]
	set(t, c, []any{map[string]any{
		"step":        "database",
		"functionRef": map[string]any{"name": "crossplane-mattermost-function-mattermost"},
		"input": map[string]any{
			"apiVersion": "mattermost.fn.crossplane.io/v1beta1", "kind": "Input",
			"database": fieldsOf(t, backend),
		},
	}}, "spec", "pipeline")
	return c
}

// claiming is an installation that claims a database of a class, with its files in a
// bucket of its namespace's name.
func claiming(t *testing.T, namespace, class string) *unstructured.Unstructured {
	t.Helper()
	xr, err := installation.Example("external.yaml", namespace)
	if err != nil {
		t.Fatal(err)
	}
	set(t, xr, map[string]any{"claim": map[string]any{"class": class}}, "spec", "database")
	set(t, xr, namespace, "spec", "fileStore", "external", "bucket")
	return xr
}

// prepareFiles makes an installation's namespace, and what its files need.
func prepareFiles(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) {
	t.Helper()
	if err := kube.Namespace(ctx, cluster, xr.GetNamespace()); err != nil {
		t.Fatal(err)
	}
	bucket, _, _ := unstructured.NestedString(xr.Object, "spec", "fileStore", "external", "bucket")
	if err := storage.S3.Bucket(ctx, bucket); err != nil {
		t.Fatal(err)
	}
	secret(ctx, t, xr, "mattermost-files", map[string]string{"accesskey": storage.S3.AccessKey, "secretkey": storage.S3.SecretKey})
}

// claimOf an installation is the database that it claims.
func claimOf(xr *unstructured.Unstructured) *unstructured.Unstructured {
	return claimOfKind(xr, "MattermostDatabase")
}

// claimOfKind returns an installation's claim of a kind.
func claimOfKind(xr *unstructured.Unstructured, kind string) *unstructured.Unstructured {
	claim := &unstructured.Unstructured{}
	claim.SetAPIVersion(xr.GetAPIVersion())
	claim.SetKind(kind)
	claim.SetNamespace(xr.GetNamespace())
	claim.SetName(xr.GetName())
	return claim
}
