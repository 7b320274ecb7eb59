package engine

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/xcrd"
	xpextv1 "github.com/crossplane/crossplane/apis/v2/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/util/json"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"sigs.k8s.io/yaml"
)

// api is how the API server judges a composite resource: by the schema and the rules of
// the CRD that Crossplane makes of our XRD.
type api struct {
	structural *schema.Structural
	schema     validation.SchemaValidator
	rules      *cel.Validator
}

var theAPI = sync.OnceValues(func() (*api, error) { return definedBy("mattermostinstallations.yaml") })

// definedBy a packaged definition.
func definedBy(file string) (*api, error) {
	b, err := os.ReadFile(filepath.Join("..", "..", "package", "configuration", file)) //nolint:gosec // A file of this repository.
	if err != nil {
		return nil, errors.Wrap(err, "cannot read the definition")
	}
	xrd := &xpextv1.CompositeResourceDefinition{}
	if err := yaml.Unmarshal(b, xrd); err != nil {
		return nil, errors.Wrap(err, "cannot parse the definition")
	}
	crd, err := xcrd.ForCompositeResource(xrd)
	if err != nil {
		return nil, errors.Wrap(err, "cannot make a CRD")
	}
	props := &apiextensions.JSONSchemaProps{}
	if err := extv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(crd.Spec.Versions[0].Schema.OpenAPIV3Schema, props, nil); err != nil {
		return nil, errors.Wrap(err, "cannot convert the schema")
	}
	out := &api{}
	if out.structural, err = schema.NewStructural(props); err != nil {
		return nil, errors.Wrap(err, "cannot make the schema structural")
	}
	if out.schema, _, err = validation.NewSchemaValidator(props); err != nil {
		return nil, errors.Wrap(err, "cannot compile the schema")
	}
	out.rules = cel.NewValidator(out.structural, true, celconfig.PerCallLimit)
	return out, nil
}

// apiOf a kind.
func apiOf(t *testing.T, kind string) *api {
	t.Helper()
	a, err := definedBy(strings.ToLower(kind) + "s.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// problems that the API server has with a manifest, and the fields that it does not
// know. An update has an old manifest besides.
func (a *api) problems(t *testing.T, manifest, old map[string]any) (problems, unknown []string) {
	t.Helper()
	unknown = pruning.PruneWithOptions(manifest, a.structural, true, schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})
	errs := validation.ValidateCustomResource(nil, manifest, a.schema)
	errs = append(errs, listtype.ValidateListSetsAndMaps(nil, a.structural, manifest)...)
	if len(errs) == 0 {
		// Like the API server: rules judge only what the schema accepts.
		var before any
		if old != nil {
			before = old
		}
		broken, _ := a.rules.Validate(t.Context(), nil, a.structural, manifest, before, celconfig.RuntimeCELCostBudget)
		errs = append(errs, broken...)
	}
	for _, e := range errs {
		problems = append(problems, e.Error())
	}
	return problems, unknown
}

func parse(t *testing.T, text string) map[string]any {
	t.Helper()
	b, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]any{}
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// named manifest of a spec.
func named(t *testing.T, name, spec string) map[string]any {
	t.Helper()
	m := parse(t, "apiVersion: mattermost.crossplane.io/v1alpha1\nkind: MattermostInstallation")
	m["metadata"] = map[string]any{"name": name, "namespace": "ns"}
	m["spec"] = parse(t, spec)
	return m
}

func judge(t *testing.T) *api {
	t.Helper()
	a, err := theAPI()
	if err != nil {
		t.Fatal(err)
	}
	return a
}
