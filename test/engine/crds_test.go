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
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

// foreignCRDs is where a developer's machine has the CRDs of other projects. They are
// not ours to copy.
var foreignCRDs = filepath.Join("..", "..", "..", "shared", "crds")

// foreign kinds, by API version and kind: how the API server judges objects of them,
// once that is asked.
var foreign = sync.OnceValues(func() (map[string]func() (*preview.Definition, error), error) {
	files, err := filepath.Glob(filepath.Join(foreignCRDs, "*.yaml"))
	if err != nil {
		return nil, errors.Wrap(err, "cannot list CRDs")
	}
	out := map[string]func() (*preview.Definition, error){}
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
					out[crd.Spec.Group+"/"+v.Name+"/"+crd.Spec.Names.Kind] = sync.OnceValues(func() (*preview.Definition, error) {
						return preview.NewDefinition(crd.Spec.Names.Kind, v.Schema.OpenAPIV3Schema)
					})
				}
			}
		}
	}
	return out, nil
})

// foreignAPI of an object, nil for kinds of Kubernetes itself. A test without CRDs is
// skipped.
func foreignAPI(t *testing.T, object map[string]any) *preview.Definition {
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
		if problems, unknown := a.Judge(t.Context(), o, nil); len(problems)+len(unknown) > 0 {
			t.Errorf("%s of %s: the API says %v, and does not know %v", composed, path, problems, unknown)
		}
	}
	return judged
}
