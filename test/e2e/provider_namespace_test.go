package e2e

import (
	"context"
	"testing"

	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"
)

// TestProviderNamespaceDeleted deletes namespaces with a resource of every kind in several
// situations: the server is up, the Secret was deleted first, the provider was restarted,
// the server is gone. Each namespace is deleted. Objects that can be deleted on the server
// are, and events report the others.
func TestProviderNamespaceDeleted(t *testing.T) {
	in := &inside{xr: restorable(t, "provider-namespace")}
	// Plugin uploads can only be allowed in the server's environment.
	set(t, in.xr, []any{map[string]any{"name": "MM_PLUGINSETTINGS_ENABLEUPLOADS", "value": "true"}}, "spec", "mattermostEnv")
	up, secretFirst, restarted, away := lodgerOf(t, in, "up"), lodgerOf(t, in, "secret"), lodgerOf(t, in, "restarted"), lodgerOf(t, in, "away")

	environment.Test(t, features.New("NamespaceDeleted").
		Setup(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			prepareInside(ctx, t, in)
			allow(ctx, t, in)
			lodgers := []*lodger{up, secretFirst, restarted, away}
			for _, of := range lodgers {
				of.settle(ctx, t)
			}
			for _, of := range lodgers {
				of.settled(ctx, t)
			}
			return ctx
		}).
		Assess("ServerIsUp", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			up.delete(ctx, t)
			up.gone(ctx, t)
			up.ended(ctx, t)
			return ctx
		}).
		Assess("SecretIsDeletedFirst", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			secretFirst.deleteSecret(ctx, t)
			secretFirst.delete(ctx, t)
			secretFirst.gone(ctx, t)
			secretFirst.ended(ctx, t)
			return ctx
		}).
		Assess("ProviderIsRestartedAndServerIsAway", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			providerRuns(ctx, t, 0)
			restarted.delete(ctx, t)
			restarted.secretIsGone(ctx, t)
			providerRuns(ctx, t, 1)
			scaleTo(ctx, t, in.xr, 0)
			away.delete(ctx, t)
			restarted.gone(ctx, t)
			away.gone(ctx, t)
			restarted.left(ctx, t)
			away.left(ctx, t)
			scaleTo(ctx, t, in.xr, 1)
			restarted.stayed(ctx, t)
			away.stayed(ctx, t)
			return ctx
		}).
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			providerRuns(ctx, t, 1)
			leave(ctx, t, in)
			return ctx
		}).
		Feature())
}
