package preview

import (
	"context"
	"fmt"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"sigs.k8s.io/yaml"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/xcrd"
	xpextv1 "github.com/crossplane/crossplane/apis/v2/apiextensions/v1"
)

// Definition judges objects of one kind as the API server does.
type Definition struct {
	// Kind that is defined.
	Kind string
	// APIVersion that objects must have, empty for any.
	APIVersion string

	structural *schema.Structural
	schema     validation.SchemaValidator
	rules      *cel.Validator
}

// ReadDefinition reads a CompositeResourceDefinition. The schema is that of the
// CustomResourceDefinition that Crossplane makes of it.
func ReadDefinition(manifest []byte) (*Definition, error) {
	xrd := &xpextv1.CompositeResourceDefinition{}
	if err := yaml.Unmarshal(manifest, xrd); err != nil {
		return nil, errors.Wrap(err, "cannot parse the definition")
	}
	crd, err := xcrd.ForCompositeResource(xrd)
	if err != nil {
		return nil, errors.Wrap(err, "cannot make a CustomResourceDefinition")
	}
	if len(crd.Spec.Versions) == 0 {
		return nil, errors.New("cannot use the definition: it has no version")
	}
	out, err := NewDefinition(xrd.Spec.Names.Kind, crd.Spec.Versions[0].Schema.OpenAPIV3Schema)
	if err != nil {
		return nil, err
	}
	out.APIVersion = crd.Spec.Group + "/" + crd.Spec.Versions[0].Name
	return out, nil
}

// NewDefinition of a kind with a schema.
func NewDefinition(kind string, of *extv1.JSONSchemaProps) (*Definition, error) {
	props := &apiextensions.JSONSchemaProps{}
	if err := extv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(of, props, nil); err != nil {
		return nil, errors.Wrap(err, "cannot convert the schema")
	}
	out := &Definition{Kind: kind}
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

// Judge an object that is created, or that replaces an old one. The object gets the schema's
// defaults. Problems are what the API server refuses the object for. Unknown are the fields that it
// does not know: kubectl refuses them, and the API server drops them, as Judge does.
func (d *Definition) Judge(ctx context.Context, object, old map[string]any) (problems, unknown []string) {
	defaulting.PruneNonNullableNullsWithoutDefaults(object, d.structural)
	defaulting.Default(object, d.structural)
	unknown = pruning.PruneWithOptions(object, d.structural, true, schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})
	errs := validation.ValidateCustomResource(nil, object, d.schema)
	errs = append(errs, listtype.ValidateListSetsAndMaps(nil, d.structural, object)...)
	if len(errs) == 0 {
		// Like the API server: rules judge only what the schema accepts.
		var before any
		if old != nil {
			before = old
		}
		broken, _ := d.rules.Validate(ctx, nil, d.structural, object, before, celconfig.RuntimeCELCostBudget)
		errs = append(errs, broken...)
	}
	for _, e := range errs {
		problems = append(problems, e.Error())
	}
	if apiVersion, _ := object["apiVersion"].(string); d.APIVersion != "" && apiVersion != d.APIVersion {
		problems = append(problems, fmt.Sprintf("apiVersion: Unsupported value: %q: use %s", apiVersion, d.APIVersion))
	}
	return problems, unknown
}
