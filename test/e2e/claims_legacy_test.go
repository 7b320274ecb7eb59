package e2e

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/location"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

// TestClaimsLegacy installs by a claim of Crossplane's first version: the composite
// resource is cluster-scoped, and everything of it is in the claim's namespace.
func TestClaimsLegacy(t *testing.T) {
	xr := fleeting(t, "claims-legacy")
	xr.SetAPIVersion("claims.mattermost.crossplane.io/v1alpha1")

	environment.Test(t, features.New("Legacy").
		Setup(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			offerLegacyClaims(ctx, t)
			if err := kube.Namespace(ctx, cluster, xr.GetNamespace()); err != nil {
				t.Fatal(err)
			}
			install(ctx, t, xr.DeepCopy())
			return ctx
		}).
		Assess("Serves", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			becomes(ctx, t, live(xr), changeLimit, "RolloutComplete", "True")
			memory := remember(ctx, t, xr)
			memory.check(ctx, t)
			neverRestarted(ctx, t, xr)
			return ctx
		}).
		Assess("DeletedOnConsentOnly", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			deletionRefused(ctx, t, xr)
			return ctx
		}).
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			uninstall(ctx, t, xr)
			return ctx
		}).
		Feature())
}

// offerLegacyClaims applies what the package of claims has in it.
func offerLegacyClaims(ctx context.Context, t *testing.T) {
	t.Helper()
	root, err := location.Repository()
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"xmattermostinstallations.yaml", "composition.yaml"} {
		manifest, err := os.ReadFile(filepath.Join(root, "package", "configuration-claims", file)) //nolint:gosec // A file of this repository.
		if err != nil {
			t.Fatal(err)
		}
		objects, err := kube.Parse(manifest)
		if err != nil {
			t.Fatal(err)
		}
		mustApply(ctx, t, objects[0])
		if objects[0].GetKind() == "CompositeResourceDefinition" {
			offered(ctx, t, objects[0])
		}
	}
}

// offered waits until a definition's claims may be applied.
func offered(ctx context.Context, t *testing.T, xrd *unstructured.Unstructured) {
	t.Helper()
	for _, condition := range []string{"Established", "Offered"} {
		if err := kube.Until(ctx, changeLimit, func(ctx context.Context) error {
			return conditionOf(ctx, xrd, condition)
		}); err != nil {
			t.Fatal(err)
		}
	}
}
