package e2e

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

const (
	// labelDefinition marks CRDs that this suite installed, and may remove.
	labelDefinition = "test.mattermost.crossplane.io/definition"
	// annotationApproved is required of CRDs in Kubernetes' own groups, such as COSI's.
	annotationApproved = "api-approved.kubernetes.io"
)

// foreignCRDs is where a developer's machine has the CRDs of other projects. They are
// not ours to copy.
var foreignCRDs = filepath.Join("..", "..", "..", "shared", "crds")

// foreignDefinitions are the CRDs of other projects. A test without them is skipped.
func foreignDefinitions(t *testing.T) []*unstructured.Unstructured {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(foreignCRDs, "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skipf("NOTHING IS PROVED HERE: the CRDs of other projects are not in %s", foreignCRDs)
	}
	var out []*unstructured.Unstructured
	for _, file := range files {
		out = append(out, manifest(t, file)...)
	}
	return out
}

// manifest is what a file of YAML has in it.
func manifest(t *testing.T, file string) []*unstructured.Unstructured {
	t.Helper()
	b, err := os.ReadFile(file) //nolint:gosec // A file of the developer's machine.
	if err != nil {
		t.Fatal(err)
	}
	objects, err := kube.Parse(b)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return objects
}

// defines says whether a CRD is of a kind, and serves its version.
func defines(crd *unstructured.Unstructured, gvk schema.GroupVersionKind) bool {
	group, _, _ := unstructured.NestedString(crd.Object, "spec", "group")
	kind, _, _ := unstructured.NestedString(crd.Object, "spec", "names", "kind")
	versions, _, _ := unstructured.NestedSlice(crd.Object, "spec", "versions")
	return group == gvk.Group && kind == gvk.Kind && slices.ContainsFunc(versions, func(v any) bool {
		m, _ := v.(map[string]any)
		return m["name"] == gvk.Version && m["served"] == true
	})
}

// define the kinds of objects until the test ends. What is defined already, and not by
// this suite, stays as it is. It returns the kinds that it defined.
func define(ctx context.Context, t *testing.T, definitions []*unstructured.Unstructured, objects []reviewed) map[schema.GroupKind]bool {
	t.Helper()
	out := map[schema.GroupKind]bool{}
	for _, crd := range definitions {
		i := slices.IndexFunc(objects, func(o reviewed) bool { return defines(crd, o.GroupVersionKind()) })
		if i < 0 || isOthers(ctx, t, crd) {
			continue
		}
		install := crd.DeepCopy()
		set(t, install, "true", "metadata", "labels", labelDefinition)
		set(t, install, "unapproved, for a test", "metadata", "annotations", annotationApproved)
		t.Cleanup(func() {
			if err := cluster.Delete(ctx, live(crd)); client.IgnoreNotFound(err) != nil {
				t.Errorf("cannot delete the CRD %s: %v", crd.GetName(), err)
			}
			gone(ctx, t, live(crd))
		})
		mustApply(ctx, t, install)
		out[objects[i].GroupVersionKind().GroupKind()] = true
	}
	for _, o := range onePerKind(objects) {
		served(ctx, t, o)
	}
	return out
}

// isOthers says whether the cluster has a CRD that this suite did not install.
func isOthers(ctx context.Context, t *testing.T, crd *unstructured.Unstructured) bool {
	t.Helper()
	now := live(crd)
	if err := cluster.Get(ctx, client.ObjectKeyFromObject(crd), now); err != nil {
		if client.IgnoreNotFound(err) != nil {
			t.Fatal(err)
		}
		return false
	}
	return now.GetLabels()[labelDefinition] == ""
}

// served waits until the API server answers for the kind of an object.
func served(ctx context.Context, t *testing.T, o reviewed) {
	t.Helper()
	list := &unstructured.UnstructuredList{}
	list.SetGroupVersionKind(o.GroupVersionKind())
	if err := kube.Until(ctx, changeLimit, func(ctx context.Context) error {
		return errors.Wrapf(cluster.List(ctx, list, client.InNamespace(objectsNamespace)), "cannot list %s", o.GroupVersionKind())
	}); err != nil {
		t.Fatal(err)
	}
}
