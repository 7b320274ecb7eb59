package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"sigs.k8s.io/yaml"
)

// foreignCRDs is where a developer's machine has the CRDs of other projects. They are
// not ours to copy.
var foreignCRDs = filepath.Join("..", "..", "..", "shared", "crds")

// foreign kinds, by API version and kind: how the API server judges objects of them,
// once that is asked.
var foreign = sync.OnceValues(func() (map[string]func() (*api, error), error) {
	files, err := filepath.Glob(filepath.Join(foreignCRDs, "*.yaml"))
	if err != nil {
		return nil, errors.Wrap(err, "cannot list CRDs")
	}
	out := map[string]func() (*api, error){}
	for _, file := range files {
		b, err := os.ReadFile(file) //nolint:gosec // A file of the developer's machine.
		if err != nil {
			return nil, errors.Wrap(err, "cannot read a CRD")
		}
		for text := range strings.SplitSeq(string(b), "\n---\n") {
			crd := &extv1.CustomResourceDefinition{}
			if err := yaml.Unmarshal([]byte(text), crd); err != nil {
				return nil, errors.Wrapf(err, "cannot parse %s", file)
			}
			for _, v := range crd.Spec.Versions {
				if v.Served && v.Schema != nil {
					out[crd.Spec.Group+"/"+v.Name+"/"+crd.Spec.Names.Kind] = sync.OnceValues(func() (*api, error) { return judging(v.Schema.OpenAPIV3Schema) })
				}
			}
		}
	}
	return out, nil
})

// judging objects of a schema.
func judging(of *extv1.JSONSchemaProps) (*api, error) {
	props := &apiextensions.JSONSchemaProps{}
	if err := extv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(of, props, nil); err != nil {
		return nil, errors.Wrap(err, "cannot convert the schema")
	}
	out := &api{}
	var err error
	if out.structural, err = schema.NewStructural(props); err != nil {
		return nil, errors.Wrap(err, "cannot make the schema structural")
	}
	if out.schema, _, err = validation.NewSchemaValidator(props); err != nil {
		return nil, errors.Wrap(err, "cannot compile the schema")
	}
	out.rules = cel.NewValidator(out.structural, true, celconfig.PerCallLimit)
	return out, nil
}

// foreignAPI of an object, nil for kinds of Kubernetes itself. A test without CRDs is
// skipped.
func foreignAPI(t *testing.T, object map[string]any) *api {
	t.Helper()
	if _, err := os.Stat(foreignCRDs); err != nil {
		t.Skipf("NOTHING IS PROVED HERE: the CRDs of other projects are not in %s: %v", foreignCRDs, err)
	}
	apiVersion, kind := fmt.Sprint(object["apiVersion"]), fmt.Sprint(object["kind"])
	if slices.Contains([]string{"v1", "apps/v1", "batch/v1", "protection.crossplane.io/v1beta1"}, apiVersion) {
		return nil
	}
	kinds, err := foreign()
	if err != nil {
		t.Fatal(err)
	}
	known, ok := kinds[apiVersion+"/"+kind]
	if !ok {
		t.Fatalf("no CRD in %s defines %s of %s", foreignCRDs, kind, apiVersion)
	}
	a, err := known()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// judgeGoldens has the API server judge each object of a golden file, by the name that
// it is composed under. It returns how many were of foreign kinds.
func judgeGoldens(t *testing.T, path string) int {
	t.Helper()
	b, err := os.ReadFile(path) //nolint:gosec // A file of this repository.
	if err != nil {
		t.Fatal(err)
	}
	judged := 0
	for composed, object := range parse(t, string(b)) {
		o, _ := object.(map[string]any)
		a := foreignAPI(t, o)
		if a == nil {
			continue
		}
		judged++
		defaulting.Default(o, a.structural)
		if problems, unknown := a.problems(t, o, nil); len(problems)+len(unknown) > 0 {
			t.Errorf("%s of %s: the API says %v, and does not know %v", composed, path, problems, unknown)
		}
	}
	return judged
}
