package main

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/xcrd"
	v1 "github.com/crossplane/crossplane/apis/v2/apiextensions/v1"
	v2 "github.com/crossplane/crossplane/apis/v2/apiextensions/v2"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// compositeResourceDefinition defines the kind of c as a composite resource. By
// default its Composition is the one with the definition's own name. It refuses
// parts of c that Crossplane would silently leave out, and those it would
// override.
func compositeResourceDefinition(c *extv1.CustomResourceDefinition) (*v2.CompositeResourceDefinition, error) {
	xrd := &v2.CompositeResourceDefinition{
		TypeMeta:   metav1.TypeMeta{APIVersion: v2.SchemeGroupVersion.String(), Kind: v2.CompositeResourceDefinitionKind},
		ObjectMeta: metav1.ObjectMeta{Name: c.Name},
		Spec: v2.CompositeResourceDefinitionSpec{
			Group:                 c.Spec.Group,
			Names:                 c.Spec.Names,
			Scope:                 v2.CompositeResourceScope(c.Spec.Scope),
			DefaultCompositionRef: &v2.CompositionReference{Name: c.Name},
		},
	}

	for _, version := range c.Spec.Versions {
		defined, err := compositeVersion(version)
		if err != nil {
			return nil, errors.Wrapf(err, "cannot define version %s", version.Name)
		}

		xrd.Spec.Versions = append(xrd.Spec.Versions, defined)
	}

	return xrd, nil
}

func compositeVersion(version extv1.CustomResourceDefinitionVersion) (v2.CompositeResourceDefinitionVersion, error) {
	schema, err := compositeSchema(version.Schema.OpenAPIV3Schema)
	if err != nil {
		return v2.CompositeResourceDefinitionVersion{}, err
	}

	if err := ownColumns(version.AdditionalPrinterColumns); err != nil {
		return v2.CompositeResourceDefinitionVersion{}, err
	}

	raw, err := json.Marshal(schema)
	if err != nil {
		return v2.CompositeResourceDefinitionVersion{}, errors.Wrap(err, "cannot encode its schema")
	}

	defined := v2.CompositeResourceDefinitionVersion{
		Name:                     version.Name,
		Served:                   version.Served,
		Referenceable:            version.Storage,
		DeprecationWarning:       version.DeprecationWarning,
		AdditionalPrinterColumns: version.AdditionalPrinterColumns,
		Schema:                   &v2.CompositeResourceValidation{OpenAPIV3Schema: runtime.RawExtension{Raw: raw}},
	}

	if version.Deprecated {
		defined.Deprecated = &version.Deprecated
	}

	if version.Subresources != nil && version.Subresources.Scale != nil {
		defined.Subresources = &v2.CompositeResourceDefinitionVersionSubresources{Scale: version.Subresources.Scale}
	}

	return defined, nil
}

// compositeSchema reduces the schema of a custom resource to what is ours:
// Crossplane adds metadata, its own fields and the conditions.
func compositeSchema(custom *extv1.JSONSchemaProps) (*extv1.JSONSchemaProps, error) {
	spec, status := custom.Properties["spec"], custom.Properties["status"]

	// Crossplane writes conditions before the function has answered once, so that
	// the API server would refuse them if anything else in status were required.
	status.Required = nil
	delete(status.Properties, "conditions")

	for field, schema := range map[string]extv1.JSONSchemaProps{"spec": spec, "status": status} {
		if _, clash := schema.Properties["crossplane"]; clash {
			return nil, errors.Errorf("%s.crossplane belongs to Crossplane", field)
		}

		if err := kept(schema); err != nil {
			return nil, errors.Wrapf(err, "cannot use the schema of %s", field)
		}
	}

	composite := &extv1.JSONSchemaProps{
		Type:         "object",
		Description:  custom.Description,
		Required:     []string{"spec"},
		XValidations: custom.XValidations,
		Properties:   map[string]extv1.JSONSchemaProps{"spec": spec},
	}

	if len(status.Properties) > 0 {
		composite.Properties["status"] = status
	}

	return composite, nil
}

// kept fails when s, the schema of spec or status, has keywords that Crossplane
// does not copy to the custom resource it makes.
func kept(s extv1.JSONSchemaProps) error {
	s.Type, s.Description = "", ""
	s.Properties, s.Required = nil, nil
	s.XValidations, s.OneOf = nil, nil

	j, err := json.Marshal(s)
	if err != nil {
		return errors.Wrap(err, "cannot encode it")
	}

	dropped := map[string]any{}
	if err := json.Unmarshal(j, &dropped); err != nil {
		return errors.Wrap(err, "cannot decode it")
	}

	if len(dropped) > 0 {
		return errors.Errorf("Crossplane would leave out %s", j)
	}

	return nil
}

// ownColumns fails when one of columns is also added by Crossplane.
func ownColumns(columns []extv1.CustomResourceColumnDefinition) error {
	for _, added := range xcrd.CompositeResourcePrinterColumns(v1.CompositeResourceScopeNamespaced) {
		if slices.ContainsFunc(columns, func(c extv1.CustomResourceColumnDefinition) bool {
			return strings.EqualFold(c.Name, added.Name)
		}) {
			return errors.Errorf("Crossplane adds the printer column %s itself", added.Name)
		}
	}

	return nil
}
