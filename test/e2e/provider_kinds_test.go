package e2e

import (
	"context"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"
)

// TestProviderKinds takes an object of each kind through its life, on a server of an
// installation that nobody has used.
func TestProviderKinds(t *testing.T) {
	in := &inside{xr: restorable(t, "provider-kinds")}
	environment.Test(t, kinds(t, in, versionNow).Feature())
}

// TestProviderKindsNineTen does the same with the oldest server that the provider manages,
// and asks it for what it does not have.
func TestProviderKindsNineTen(t *testing.T) {
	in := &inside{xr: restorable(t, "provider-kinds-nineten")}
	set(t, in.xr, versionPast, "spec", "version")
	environment.Test(t, kinds(t, in, versionPast).
		Assess("WhatItLacksIsSaid", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			lacks(ctx, t, in)
			return ctx
		}).
		Feature())
}

// kinds are taken through their lives on a server of a version.
func kinds(t *testing.T, in *inside, version string) *features.FeatureBuilder {
	t.Helper()
	// The server lets nobody allow this but its environment.
	set(t, in.xr, []any{map[string]any{"name": "MM_PLUGINSETTINGS_ENABLEUPLOADS", "value": "true"}}, "spec", "mattermostEnv")

	return features.New("Kinds").
		Setup(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			prepareInside(ctx, t, in)
			allow(ctx, t, in)
			objects := declared(t, in.xr.GetNamespace(), "team.yaml", "channel.yaml", "user.yaml", "teammember.yaml")
			for _, o := range append(objects, anotherTeam(t, in)) {
				mustApply(ctx, t, o)
				synced(ctx, t, o)
			}
			return ctx
		}).
		Assess("GoneIsUnderstood", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			goneIsUnderstood(ctx, t, in)
			return ctx
		}).
		Assess("ServerIsObserved", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			o := manages(in, "Server", "chat")
			now := synced(ctx, t, o)
			for field, want := range map[string]string{"version": version, "status": "OK", "databaseStatus": "OK", "filestoreStatus": "OK"} {
				if got := told(now, "atProvider", field); got != want {
					t.Errorf("status.atProvider.%s is %q, want %q", field, got, want)
				}
			}
			withdraw(ctx, t, o)
			healthy(ctx, t, in.xr)
			return ctx
		}).
		Assess("Lives", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			for kind, l := range lives() {
				t.Run(kind, func(t *testing.T) {
					t.Parallel()
					l.live(ctx, t, in)
				})
			}
			return ctx
		}).
		Assess("SettingsThatAreNamed", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			settings(ctx, t, in)
			return ctx
		}).
		Assess("NoLicenseOfAnyText", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			license(ctx, t, in)
			return ctx
		}).
		Assess("PluginRunsAndRests", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			plugin(ctx, t, in)
			return ctx
		}).
		Assess("GoneForGoodWhereAllowed", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			permanently(ctx, t, in)
			return ctx
		}).
		Assess("NothingIsSaid", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			discreet(ctx, t, in)
			return ctx
		}).
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			leave(ctx, t, in)
			return ctx
		})
}

// anotherTeam is one that nobody is a member of.
func anotherTeam(t *testing.T, in *inside) *unstructured.Unstructured {
	t.Helper()
	return life{manifest: "{kind: Team, metadata: {name: other}, spec: {forProvider: {name: other}}}"}.with(t, in, "{}")
}
