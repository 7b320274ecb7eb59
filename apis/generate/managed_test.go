package main

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation"
	"sigs.k8s.io/yaml"
)

// managedDefinitions returns the definitions of the provider, by kind.
func managedDefinitions(t *testing.T) map[string]*extv1.CustomResourceDefinition {
	t.Helper()

	files, err := generated()
	if err != nil {
		t.Fatal(err)
	}

	definitions := map[string]*extv1.CustomResourceDefinition{}

	for path, content := range files {
		if filepath.Dir(path) != managedDirectory {
			continue
		}

		c := &extv1.CustomResourceDefinition{}
		if err := yaml.UnmarshalStrict(content, c); err != nil {
			t.Fatal(err)
		}

		definitions[c.Spec.Names.Kind] = c
	}

	return definitions
}

func TestManagedDefinitionsAreAccepted(t *testing.T) {
	for kind, c := range managedDefinitions(t) {
		t.Run(kind, func(t *testing.T) {
			c.Status.StoredVersions = []string{c.Spec.Versions[0].Name}
			extv1.SetDefaults_CustomResourceDefinition(c)
			extv1.SetDefaults_CustomResourceDefinitionSpec(&c.Spec)

			internal := &apiextensions.CustomResourceDefinition{}
			if err := extv1.Convert_v1_CustomResourceDefinition_To_apiextensions_CustomResourceDefinition(c, internal, nil); err != nil {
				t.Fatal(err)
			}

			for _, problem := range validation.ValidateCustomResourceDefinition(context.Background(), internal) {
				t.Error(problem)
			}
		})
	}
}

// TestManagedDefinitionsFollowConventions proves what users of Crossplane expect of any
// managed resource.
func TestManagedDefinitionsFollowConventions(t *testing.T) {
	for kind, c := range managedDefinitions(t) {
		if strings.HasPrefix(kind, "ProviderConfig") || strings.HasPrefix(kind, "ClusterProviderConfig") {
			continue
		}

		t.Run(kind, func(t *testing.T) {
			var columns []string

			for _, column := range c.Spec.Versions[0].AdditionalPrinterColumns {
				columns = append(columns, column.Name)
			}

			if diff := cmp.Diff([]string{"READY", "SYNCED", "EXTERNAL-NAME", "AGE"}, columns); diff != "" {
				t.Errorf("columns: -want, +got:\n%s", diff)
			}

			if diff := cmp.Diff([]string{"crossplane", "managed", "mattermost"}, slices.Sorted(slices.Values(c.Spec.Names.Categories))); diff != "" {
				t.Errorf("categories: -want, +got:\n%s", diff)
			}

			if diff := cmp.Diff(extv1.NamespaceScoped, c.Spec.Scope); diff != "" {
				t.Errorf("scope: -want, +got:\n%s", diff)
			}

			if c.Spec.Versions[0].Subresources == nil || c.Spec.Versions[0].Subresources.Status == nil {
				t.Error("status is no subresource")
			}

			spec := c.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"].Properties
			for _, field := range []string{"forProvider", "managementPolicies", "providerConfigRef", "writeConnectionSecretToRef"} {
				if _, ok := spec[field]; !ok {
					t.Errorf("spec.%s is missing", field)
				}
			}
		})
	}
}
