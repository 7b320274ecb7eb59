package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/xcrd"
	v1 "github.com/crossplane/crossplane/apis/v2/apiextensions/v1"
	v2 "github.com/crossplane/crossplane/apis/v2/apiextensions/v2"
	"github.com/google/go-cmp/cmp"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"
)

// tent returns a custom resource definition of a kind Tent, changed by change.
func tent(change func(v *extv1.CustomResourceDefinitionVersion)) *extv1.CustomResourceDefinition {
	version := extv1.CustomResourceDefinitionVersion{
		Name:    "v1",
		Served:  true,
		Storage: true,
		Schema: &extv1.CustomResourceValidation{OpenAPIV3Schema: &extv1.JSONSchemaProps{
			Type:        "object",
			Description: "A Tent.",
			Required:    []string{"spec"},
			Properties: map[string]extv1.JSONSchemaProps{
				"apiVersion": {Type: "string"},
				"kind":       {Type: "string"},
				"metadata":   {Type: "object"},
				"spec":       {Type: "object", Required: []string{"poles"}, Properties: map[string]extv1.JSONSchemaProps{"poles": {Type: "integer"}}},
				"status":     {Type: "object", Required: []string{"up"}, Properties: map[string]extv1.JSONSchemaProps{"up": {Type: "boolean"}, "conditions": {Type: "array"}}},
			},
		}},
	}
	change(&version)

	return &extv1.CustomResourceDefinition{
		ObjectMeta: metav1.ObjectMeta{Name: "tents.camp.example.org"},
		Spec: extv1.CustomResourceDefinitionSpec{
			Group:    "camp.example.org",
			Names:    extv1.CustomResourceDefinitionNames{Kind: "Tent", Plural: "tents", ShortNames: []string{"tt"}, Categories: []string{"camp"}},
			Scope:    extv1.NamespaceScoped,
			Versions: []extv1.CustomResourceDefinitionVersion{version},
		},
	}
}

func TestCompositeResourceDefinition(t *testing.T) {
	type want struct {
		xrd string
		err string
	}

	cases := map[string]struct {
		reason string
		change func(v *extv1.CustomResourceDefinitionVersion)
		want   want
	}{
		"Everything": {
			reason: "names, columns, scale, rules, spec and status are kept; metadata, conditions and required status are not",
			change: func(v *extv1.CustomResourceDefinitionVersion) {
				v.Schema.OpenAPIV3Schema.XValidations = extv1.ValidationRules{{Rule: "size(self.metadata.name) < 9"}}
				v.AdditionalPrinterColumns = []extv1.CustomResourceColumnDefinition{{Name: "UP", Type: "boolean", JSONPath: ".status.up"}}
				v.Subresources = &extv1.CustomResourceSubresources{
					Status: &extv1.CustomResourceSubresourceStatus{},
					Scale:  &extv1.CustomResourceSubresourceScale{SpecReplicasPath: ".spec.poles", StatusReplicasPath: ".status.up"},
				}
			},
			want: want{xrd: `
apiVersion: apiextensions.crossplane.io/v2
kind: CompositeResourceDefinition
metadata:
  name: tents.camp.example.org
spec:
  defaultCompositionRef:
    name: tents.camp.example.org
  group: camp.example.org
  names:
    categories: [camp]
    kind: Tent
    plural: tents
    shortNames: [tt]
  scope: Namespaced
  versions:
  - name: v1
    served: true
    referenceable: true
    additionalPrinterColumns:
    - {name: UP, type: boolean, jsonPath: .status.up}
    subresources:
      scale:
        specReplicasPath: .spec.poles
        statusReplicasPath: .status.up
    schema:
      openAPIV3Schema:
        type: object
        description: A Tent.
        required: [spec]
        x-kubernetes-validations:
        - rule: size(self.metadata.name) < 9
        properties:
          spec:
            type: object
            required: [poles]
            properties:
              poles: {type: integer}
          status:
            type: object
            properties:
              up: {type: boolean}
`},
		},
		"DroppedKeyword": {
			reason: "Crossplane copies few keywords of spec itself, so that one it drops would promise what does not hold",
			change: func(v *extv1.CustomResourceDefinitionVersion) {
				spec := v.Schema.OpenAPIV3Schema.Properties["spec"]
				spec.Default = &extv1.JSON{Raw: []byte(`{"poles":3}`)}
				v.Schema.OpenAPIV3Schema.Properties["spec"] = spec
			},
			want: want{err: `cannot define version v1: cannot use the schema of spec: Crossplane would leave out {"default":{"poles":3}}`},
		},
		"CrossplaneField": {
			reason: "Crossplane would override spec.crossplane",
			change: func(v *extv1.CustomResourceDefinitionVersion) {
				v.Schema.OpenAPIV3Schema.Properties["spec"].Properties["crossplane"] = extv1.JSONSchemaProps{Type: "string"}
			},
			want: want{err: "cannot define version v1: spec.crossplane belongs to Crossplane"},
		},
		"CrossplaneColumn": {
			reason: "a column that Crossplane adds too would be shown twice",
			change: func(v *extv1.CustomResourceDefinitionVersion) {
				v.AdditionalPrinterColumns = []extv1.CustomResourceColumnDefinition{{Name: "Ready"}}
			},
			want: want{err: "cannot define version v1: Crossplane adds the printer column READY itself"},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			xrd, err := compositeResourceDefinition(tent(tc.change))

			message := ""
			if err != nil {
				message = err.Error()
			}

			if diff := cmp.Diff(tc.want.err, message); diff != "" {
				t.Fatalf("\n%s\ncompositeResourceDefinition(...): -want error, +got error:\n%s", tc.reason, diff)
			}

			if err != nil {
				return
			}

			got, err := manifest(xrd)
			if err != nil {
				t.Fatal(err)
			}

			if diff := cmp.Diff(decode(t, []byte(tc.want.xrd)), decode(t, got)); diff != "" {
				t.Errorf("\n%s\ncompositeResourceDefinition(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func decode(t *testing.T, y []byte) map[string]any {
	t.Helper()

	object := map[string]any{}
	if err := yaml.Unmarshal(y, &object); err != nil {
		t.Fatal(err)
	}

	return object
}

// TestAPIServerAcceptsDefinitions makes the custom resource that Crossplane
// makes of each definition and validates it as the API server does, the cost of
// its CEL rules included.
func TestAPIServerAcceptsDefinitions(t *testing.T) {
	files, err := generated()
	if err != nil {
		t.Fatal(err)
	}

	accepted := 0

	for path, content := range files {
		if filepath.Dir(path) != definitionDirectory {
			continue
		}

		accepted++

		for _, problem := range apiServerProblems(t, content) {
			t.Errorf("%s: %s", path, problem)
		}
	}

	if accepted == 0 {
		t.Error("no definition was generated")
	}
}

func apiServerProblems(t *testing.T, definition []byte) []string {
	t.Helper()

	xrd := &v1.CompositeResourceDefinition{}
	if err := yaml.UnmarshalStrict([]byte(strings.Replace(string(definition), v2.SchemeGroupVersion.String(), v1.SchemeGroupVersion.String(), 1)), xrd); err != nil {
		t.Fatal(err)
	}

	made, err := xcrd.ForCompositeResource(xrd)
	if err != nil {
		t.Fatal(err)
	}

	made.OwnerReferences = nil
	made.Status.StoredVersions = []string{made.Spec.Versions[0].Name}

	scheme := runtime.NewScheme()
	if err := apiextensions.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}

	if err := extv1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}

	scheme.Default(made)

	internal := &apiextensions.CustomResourceDefinition{}
	if err := scheme.Convert(made, internal, nil); err != nil {
		t.Fatal(err)
	}

	var problems []string
	for _, problem := range validation.ValidateCustomResourceDefinition(context.Background(), internal) {
		problems = append(problems, problem.Error())
	}

	return problems
}
