package e2e

import (
	"context"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"
)

// TestProviderLicense takes a license through its life, on a server that believes in an
// authority of the test's own: licenses of Mattermost's are not to be had here.
func TestProviderLicense(t *testing.T) {
	const image = "test/mattermost-licensable"
	in := &inside{xr: restorable(t, "provider-license")}
	set(t, in.xr, image, "spec", "image")
	var authority licensor
	var one, two signedLicense
	declare := func(deletion string) *unstructured.Unstructured {
		return annotate(ofServer(t, in, "License", "{licenseSecretRef: {name: chat-license, key: license}, deletion: "+deletion+"}"), pollInterval, polled)
	}
	give := func(ctx context.Context, t *testing.T, l signedLicense) {
		t.Helper()
		secret(ctx, t, in.xr, "chat-license", map[string]string{"license": l.text})
	}

	environment.Test(t, features.New("License").
		Setup(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			authority = newLicensor(t)
			if err := authority.publish(ctx, image); err != nil {
				t.Fatal(err)
			}
			one, two = authority.sign(t), authority.sign(t)
			prepareInside(ctx, t, in)
			return ctx
		}).
		Assess("Uploaded", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			give(ctx, t, one)
			mustApply(ctx, t, declare("Keep"))
			has(ctx, t, in, "uploaded", licensed, "{id: "+one.id+"}")
			now := synced(ctx, t, declare("Keep"))
			if got := now.GetAnnotations()[externalName]; got != one.id {
				t.Errorf("the external name is %q, want the license's id %q", got, one.id)
			}
			return ctx
		}).
		Assess("Corrected", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			if _, err := in.admin.RemoveLicenseFile(ctx); err != nil {
				t.Fatal(err)
			}
			has(ctx, t, in, "uploaded again", licensed, "{id: "+one.id+"}")
			return ctx
		}).
		Assess("PausedAndChanged", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			mustApply(ctx, t, annotate(declare("Keep"), paused, "true"))
			concerning(ctx, t, declare("Keep"), "Synced", "False", "ReconcilePaused")
			give(ctx, t, two)
			has(ctx, t, in, "paused", licensed, "{id: "+one.id+"}")
			mustApply(ctx, t, declare("Keep"))
			has(ctx, t, in, "changed", licensed, "{id: "+two.id+"}")
			return ctx
		}).
		Assess("LeftThenFoundThenRemoved", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			withdraw(ctx, t, synced(ctx, t, declare("Keep")))
			has(ctx, t, in, "left", licensed, "{id: "+two.id+"}")

			observed := declare("Remove")
			set(t, observed, []any{"Observe"}, "spec", "managementPolicies")
			mustApply(ctx, t, observed)
			if got := synced(ctx, t, observed).GetAnnotations()[externalName]; got != two.id {
				t.Errorf("the license is found as %q, want %q", got, two.id)
			}
			withdraw(ctx, t, observed)
			has(ctx, t, in, "observed", licensed, "{id: "+two.id+"}")

			mustApply(ctx, t, declare("Remove"))
			withdraw(ctx, t, synced(ctx, t, declare("Remove")))
			has(ctx, t, in, "removed", licensed, "{}")
			return ctx
		}).
		Assess("NothingIsSaid", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			discreet(ctx, t, in)
			return ctx
		}).
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			leave(ctx, t, in)
			return ctx
		}).
		Feature())
}

// licensed is the id of a server's license, and nothing where it has none.
func licensed(ctx context.Context, c *model.Client4) (any, error) {
	said, _, err := c.GetOldClientLicense(ctx, "")
	out := map[string]any{}
	if id := said["Id"]; id != "" {
		out["id"] = id
	}
	return out, err
}
