package main

import (
	"testing"

	"github.com/Masterminds/semver/v3"
	"github.com/crossplane/crossplane-runtime/v2/pkg/xpkg"
	apiextensionsv1 "github.com/crossplane/crossplane/apis/v2/apiextensions/v1"
	apiextensionsv2 "github.com/crossplane/crossplane/apis/v2/apiextensions/v2"
	pkgmetav1 "github.com/crossplane/crossplane/apis/v2/pkg/meta/v1"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"k8s.io/apimachinery/pkg/runtime"
)

// TestConfigurationHoldsTogether proves that each composite kind finds its
// default Composition, and each Composition the function that the dependency
// installs.
func TestConfigurationHoldsTogether(t *testing.T) {
	pkg := parse(t, build(t, configurationDirectory, empty.Image))

	dependency := soleDependency(t, pkg.GetMeta()[0])

	ref, err := name.ParseReference(*dependency.Package)
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

func TestConfigurationAcceptsTheFunctionOfTheSameBuild(t *testing.T) {
	pkg := parse(t, build(t, configurationDirectory, empty.Image))

	constraint, err := semver.NewConstraint(soleDependency(t, pkg.GetMeta()[0]).Version)
	if err != nil {
		t.Fatal(err)
	}

	if !constraint.Check(semver.MustParse("v0.1.0")) {
		t.Errorf("the default version is outside of the dependency's constraint %s", constraint)
	}
}

func soleDependency(t *testing.T, meta runtime.Object) pkgmetav1.Dependency {
	t.Helper()

	configuration, ok := meta.(*pkgmetav1.Configuration)
	if !ok || len(configuration.Spec.DependsOn) != 1 {
		t.Fatalf("want a Configuration with one dependency, got %T", meta)
	}

	return configuration.Spec.DependsOn[0]
}
