package main

import (
	"maps"
	"slices"
	"testing"

	"github.com/Masterminds/semver/v3"
	"github.com/crossplane/crossplane-runtime/v2/pkg/xpkg"
	"github.com/crossplane/crossplane-runtime/v2/pkg/xpkg/parser"
	apiextensionsv1 "github.com/crossplane/crossplane/apis/v2/apiextensions/v1"
	apiextensionsv2 "github.com/crossplane/crossplane/apis/v2/apiextensions/v2"
	pkgmetav1 "github.com/crossplane/crossplane/apis/v2/pkg/meta/v1"
	pkgv1 "github.com/crossplane/crossplane/apis/v2/pkg/v1"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// TestConfigurationHoldsTogether proves that each composite kind finds its
// default Composition, and each Composition the function that the dependency
// installs.
func TestConfigurationHoldsTogether(t *testing.T) {
	pkg := parse(t, build(t, configurationDirectory, empty.Image))

	ref, err := name.ParseReference(*dependencies(t, pkg)[pkgv1.FunctionKind].Package)
	if err != nil {
		t.Fatal(err)
	}

	// Crossplane names a package that it installs as a dependency like this.
	function := xpkg.ToDNSLabel(ref.Context().RepositoryStr())

	composed := map[string]string{}
	defined := map[string]string{}

	for _, o := range pkg.GetObjects() {
		switch o := o.(type) {
		case *apiextensionsv1.Composition:
			composed[o.GetName()] = o.Spec.CompositeTypeRef.APIVersion + " " + o.Spec.CompositeTypeRef.Kind

			for _, step := range o.Spec.Pipeline {
				if diff := cmp.Diff(function, step.FunctionRef.Name); diff != "" {
					t.Errorf("function of step %s in Composition %s: -installed, +called:\n%s", step.Step, o.GetName(), diff)
				}
			}
		case *apiextensionsv2.CompositeResourceDefinition:
			gvk := o.GetCompositeGroupVersionKind()
			defined[o.Spec.DefaultCompositionRef.Name] = gvk.GroupVersion().String() + " " + gvk.Kind
		}
	}

	if diff := cmp.Diff(defined, composed); diff != "" {
		t.Errorf("kinds by default Composition: -defined, +composed:\n%s", diff)
	}
}

// TestConfigurationDependsOnWhatIsBuiltWithIt proves that the dependencies are packages of
// this project, and in a version that a build has.
func TestConfigurationDependsOnWhatIsBuiltWithIt(t *testing.T) {
	found := dependencies(t, parse(t, build(t, configurationDirectory, empty.Image)))

	if diff := cmp.Diff([]string{pkgv1.FunctionKind, pkgv1.ProviderKind}, slices.Sorted(maps.Keys(found))); diff != "" {
		t.Fatalf("kinds of dependencies: -want, +got:\n%s", diff)
	}

	for kind, dir := range map[string]string{pkgv1.FunctionKind: functionDirectory, pkgv1.ProviderKind: providerDirectory} {
		t.Run(kind, func(t *testing.T) {
			built := parse(t, build(t, dir, empty.Image)).GetMeta()[0]

			named, ok := built.(metav1.Object)
			if !ok {
				t.Fatalf("%T has no name", built)
			}

			if diff := cmp.Diff("ghcr.io/crossplane-mattermost/"+named.GetName(), *found[kind].Package); diff != "" {
				t.Errorf("package: -built, +depended on:\n%s", diff)
			}

			constraint, err := semver.NewConstraint(found[kind].Version)
			if err != nil {
				t.Fatal(err)
			}

			if !constraint.Check(semver.MustParse("v0.1.0")) {
				t.Errorf("the default version is outside of the dependency's constraint %s", constraint)
			}
		})
	}
}

// dependencies of a Configuration, by the kind of package.
func dependencies(t *testing.T, pkg *parser.Package) map[string]pkgmetav1.Dependency {
	t.Helper()

	configuration, ok := pkg.GetMeta()[0].(*pkgmetav1.Configuration)
	if !ok {
		t.Fatalf("want a Configuration, got %T", pkg.GetMeta()[0])
	}

	found := map[string]pkgmetav1.Dependency{}
	for _, d := range configuration.Spec.DependsOn {
		found[*d.Kind] = d
	}

	return found
}
