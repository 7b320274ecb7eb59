package e2e

import (
	"context"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

// TestProviderBootstrap installs a server that has an administrator, a team and a channel
// when it is Ready, and deletes it: nothing waits for a server that goes.
func TestProviderBootstrap(t *testing.T) {
	xr := fleeting(t, "provider-bootstrap")
	set(t, xr, map[string]any{
		"team":     map[string]any{"name": "engineering", "displayName": "Engineering"},
		"channels": []any{map[string]any{"name": "alerts", "displayName": "Alerts", "type": "P"}},
	}, "spec", "bootstrap")

	environment.Test(t, features.New("Bootstrap").
		Assess("HasWhatIsDeclared", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			if err := kube.Namespace(ctx, cluster, xr.GetNamespace()); err != nil {
				t.Fatal(err)
			}
			install(ctx, t, xr.DeepCopy())
			becomes(ctx, t, live(xr), changeLimit, "ServerHealthy", "True")
			login := &corev1.Secret{}
			name := told(current(ctx, t, xr), "administrator", "secretName")
			if err := cluster.Get(ctx, client.ObjectKey{Namespace: xr.GetNamespace(), Name: name}, login); err != nil {
				t.Fatal(err)
			}
			admin, err := healthy(ctx, t, xr).Client(ctx, string(login.Data["username"]), string(login.Data["password"]))
			if err != nil {
				t.Fatal(err)
			}
			for _, channel := range []string{"alerts", "town-square"} {
				if _, _, err := admin.GetChannelByNameForTeamName(ctx, channel, "engineering", ""); err != nil {
					t.Errorf("cannot find channel %s: %v", channel, err)
				}
			}
			neverRestarted(ctx, t, xr)
			return ctx
		}).
		Assess("DeletionWaitsForNothing", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			remove(ctx, t, xr)
			return ctx
		}).
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			uninstall(ctx, t, xr)
			return ctx
		}).
		Feature())
}
