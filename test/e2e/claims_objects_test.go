package e2e

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

const (
	objectsNamespace = "claims-objects"
	// objectsOwner applies what the backends compose.
	objectsOwner = client.FieldOwner("crossplane-mattermost-test-objects")
)

// reviewed is an object that a backend composes, as it is in a golden file.
type reviewed struct {
	*unstructured.Unstructured

	// file without its ending, such as awss3-full.
	file string
}

func (r reviewed) String() string {
	return fmt.Sprintf("%s %s of %s", r.GetKind(), r.GetName(), r.file)
}

// TestClaimsCloudObjects has the API server judge every object that the backends of
// databases and buckets compose, with the kinds of whoever defines them. Nothing acts on
// the kinds that are defined for this test; of those that the cluster has already,
// nothing is stored.
func TestClaimsCloudObjects(t *testing.T) {
	definitions := foreignDefinitions(t)
	objects := provable(t, goldens(t), definitions)
	var ours map[schema.GroupKind]bool

	environment.Test(t, features.New("CloudObjects").
		Setup(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			ours = define(ctx, t, definitions, objects)
			if err := kube.Namespace(ctx, cluster, objectsNamespace); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := cluster.Delete(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: objectsNamespace}}); err != nil {
					t.Errorf("cannot delete the namespace: %v", err)
				}
			})
			return ctx
		}).
		Assess("Accepted", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			for _, o := range objects {
				if err := applyStrictly(ctx, o.Unstructured, client.DryRunAll); err != nil {
					t.Errorf("%s: %v", o, err)
				}
			}
			t.Logf("%d objects of %d kinds are accepted, of which %d kinds are there for this test only", len(objects), len(onePerKind(objects)), len(ours))
			return ctx
		}).
		Assess("WrongOnesAreRefused", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			for _, o := range onePerKind(objects) {
				refusesUnknown(ctx, t, o)
			}
			refusesWrong(ctx, t, objects)
			return ctx
		}).
		Assess("Stored", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			for _, o := range onePerKind(objects) {
				if ours[o.GroupVersionKind().GroupKind()] {
					stores(ctx, t, o)
					continue
				}
				t.Logf("%s is not stored: the cluster has whoever would act on it", o)
			}
			return ctx
		}).
		Feature())
}

// goldens are the objects of all backends, sorted by the files that they are in.
func goldens(t *testing.T) []reviewed {
	t.Helper()
	var out []reviewed
	for _, of := range []string{"database", "bucket"} {
		files, err := filepath.Glob(filepath.Join("..", "..", "function", of, "testdata", "*.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		if len(files) == 0 {
			t.Fatalf("there are no golden files of function/%s", of)
		}
		for _, file := range files {
			composed := manifest(t, file)[0].Object
			for _, name := range slices.Sorted(maps.Keys(composed)) {
				o, ok := composed[name].(map[string]any)
				if !ok {
					t.Fatalf("%s of %s is no object", name, file)
				}
				u := &unstructured.Unstructured{Object: o}
				u.SetNamespace(objectsNamespace)
				encode(u)
				out = append(out, reviewed{u, strings.TrimSuffix(filepath.Base(file), ".yaml")})
			}
		}
	}
	return out
}

// encode what a Secret holds: where a value is random, a golden file has a word.
func encode(secret *unstructured.Unstructured) {
	if secret.GetKind() != "Secret" {
		return
	}
	data, _, _ := unstructured.NestedMap(secret.Object, "data")
	for k, v := range data {
		data[k] = base64.StdEncoding.EncodeToString(fmt.Append(nil, v))
	}
	secret.Object["data"] = data
}

// provable are the objects whose kinds the cluster has, or can be given. Only the kinds
// of Garage's operator may be missing.
func provable(t *testing.T, objects []reviewed, definitions []*unstructured.Unstructured) []reviewed {
	t.Helper()
	var out []reviewed
	for _, o := range objects {
		gvk := o.GroupVersionKind()
		_, err := cluster.RESTMapper().RESTMapping(gvk.GroupKind(), gvk.Version)
		switch {
		case err == nil, slices.ContainsFunc(definitions, func(d *unstructured.Unstructured) bool { return defines(d, gvk) }):
			out = append(out, o)
		case strings.HasPrefix(o.file, "garage"):
			t.Logf("NOTHING IS PROVED HERE of %s: no CRD of the Garage operator is in %s", o, foreignCRDs)
		default:
			t.Errorf("no CRD in %s, or in the cluster, defines %s", foreignCRDs, gvk)
		}
	}
	return out
}

// onePerKind is the first object of each kind, which is of a golden file in which much is
// asked for where there is one.
func onePerKind(objects []reviewed) []reviewed {
	first := map[schema.GroupKind]reviewed{}
	for _, o := range slices.Backward(objects) {
		first[o.GroupVersionKind().GroupKind()] = o
	}
	return slices.SortedFunc(maps.Values(first), func(a, b reviewed) int {
		return strings.Compare(a.GroupVersionKind().GroupKind().String(), b.GroupVersionKind().GroupKind().String())
	})
}

// applyStrictly applies an object server-side, as Crossplane does, and has the API server
// refuse what it would otherwise drop.
func applyStrictly(ctx context.Context, o *unstructured.Unstructured, options ...client.PatchOption) error {
	content, err := json.Marshal(o.Object)
	if err != nil {
		return errors.Wrap(err, "cannot encode the object")
	}
	options = append(options, objectsOwner, client.ForceOwnership, client.FieldValidation(metav1.FieldValidationStrict))
	return cluster.Patch(ctx, o.DeepCopy(), client.RawPatch(types.ApplyPatchType, content), options...)
}

// refusesUnknown fails unless the API server refuses a field that a kind does not have.
func refusesUnknown(ctx context.Context, t *testing.T, o reviewed) {
	t.Helper()
	wrong := o.DeepCopy()
	at := "spec"
	if _, has := wrong.Object[at]; !has {
		at = "metadata"
	}
	set(t, wrong, "x", at, "inventedField")
	err := applyStrictly(ctx, wrong, client.DryRunAll)
	if err == nil || !strings.Contains(err.Error(), "inventedField") {
		t.Errorf("%s with an unknown field: %v", o, err)
	}
}

// refusesWrong fails unless the API server refuses values that a schema, or one of its
// rules, does not allow.
func refusesWrong(ctx context.Context, t *testing.T, objects []reviewed) {
	t.Helper()
	for name, tc := range map[string]struct {
		reason, file, kind string
		value              any
		path               []string
		want               string
	}{
		"Type":     {"A number is no region.", "rds", "Instance", int64(1), []string{"spec", "forProvider", "region"}, ".spec.forProvider.region: expected string"},
		"Enum":     {"There is no such policy.", "gcs", "Bucket", []any{"Everything"}, []string{"spec", "managementPolicies"}, "Unsupported value"},
		"Rule":     {"A location is required, by a rule across fields.", "gcs", "Bucket", map[string]any{}, []string{"spec", "forProvider"}, "location is a required parameter"},
		"Required": {"An access is to a bucket by a protocol.", "cosi", "BucketAccess", map[string]any{}, []string{"spec"}, "Required value"},
	} {
		i := slices.IndexFunc(objects, func(o reviewed) bool { return o.file == tc.file && o.GetKind() == tc.kind })
		if i < 0 {
			t.Errorf("%s: there is no %s of %s", name, tc.kind, tc.file)
			continue
		}
		wrong := objects[i].DeepCopy()
		set(t, wrong, tc.value, tc.path...)
		err := applyStrictly(ctx, wrong, client.DryRunAll)
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %s\nwant %q\ngot  %v", name, tc.reason, tc.want, err)
		}
	}
}

// stores applies an object for real, and fails unless all of it is there afterwards.
func stores(ctx context.Context, t *testing.T, o reviewed) {
	t.Helper()
	if err := applyStrictly(ctx, o.Unstructured); err != nil {
		t.Errorf("%s: %v", o, err)
		return
	}
	stored := current(ctx, t, o.Unstructured)
	for _, path := range lost("", o.Object, stored.Object) {
		t.Errorf("%s: %s is not stored", o, path)
	}
	if err := cluster.Delete(ctx, stored); err != nil {
		t.Errorf("%s: %v", o, err)
	}
	gone(ctx, t, stored)
}

// lost are the paths of what was applied and is not stored. What is stored besides are
// defaults.
func lost(path string, applied, stored any) []string {
	var out []string
	switch a := applied.(type) {
	case map[string]any:
		s, _ := stored.(map[string]any)
		for k, v := range a {
			out = append(out, lost(path+"."+k, v, s[k])...)
		}
	case []any:
		s, _ := stored.([]any)
		if len(s) != len(a) {
			return []string{path}
		}
		for i, v := range a {
			out = append(out, lost(fmt.Sprintf("%s[%d]", path, i), v, s[i])...)
		}
	default:
		if !reflect.DeepEqual(applied, stored) {
			return []string{path}
		}
	}
	return out
}
