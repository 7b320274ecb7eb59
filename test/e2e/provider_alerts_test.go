package e2e

import (
	"context"
	"slices"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

// TestProviderAlerts does what docs/alerts.md says: from nothing to a channel for alerts
// and the URL that they are posted to.
func TestProviderAlerts(t *testing.T) {
	xr := fleeting(t, "provider-alerts")
	in := &inside{xr: xr}

	environment.Test(t, features.New("Alerts").
		Setup(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			if err := kube.Namespace(ctx, cluster, xr.GetNamespace()); err != nil {
				t.Fatal(err)
			}
			return ctx
		}).
		// The server comes up while the provider asks for it.
		Assess("AppliedAtOnce", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			mustApply(ctx, t, xr.DeepCopy())
			administer(ctx, t, in, declared(t, xr.GetNamespace(), "alerts.yaml"))
			becomes(ctx, t, live(xr), readyLimit, "Ready", "True")
			return ctx
		}).
		Assess("AnAlertIsRead", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			hook := synced(ctx, t, manages(in, "IncomingWebhook", "alerts"))
			const alert = "disk full on node-1"
			if err := healthy(ctx, t, xr).PostJSON(ctx, string(connectionSecret(ctx, t, hook)["url"]), `{"text": "`+alert+`"}`); err != nil {
				t.Fatal(err)
			}
			channel := synced(ctx, t, manages(in, "Channel", "alerts"))
			if said := messages(ctx, t, in, channel); !slices.Contains(said, alert) {
				t.Errorf("the channel has the messages %q, want %q among them", said, alert)
			}
			return ctx
		}).
		Assess("SharedAndSelected", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			sharedAndSelected(ctx, t, in)
			return ctx
		}).
		Assess("StatesAreCounted", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			counted(ctx, t, in, "IncomingWebhook")
			return ctx
		}).
		Assess("NothingIsSaid", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			discreet(ctx, t, in)
			return ctx
		}).
		// Without any order: the team may be gone before the channel is.
		Assess("TakenAway", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			kubectl(ctx, t, "-n", xr.GetNamespace(), "delete", "managed", "--all", "--timeout=2m")
			for _, kind := range []string{"Team", "Channel", "IncomingWebhook", "Server"} {
				if left := all(ctx, t, in, kind); len(left) > 0 {
					t.Errorf("%d objects of kind %s are left", len(left), kind)
				}
			}
			return ctx
		}).
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			leave(ctx, t, in)
			return ctx
		}).
		Feature())
}

// messages in a channel.
func messages(ctx context.Context, t *testing.T, in *inside, channel *unstructured.Unstructured) []string {
	t.Helper()
	list, _, err := in.admin.GetPostsForChannel(ctx, channel.GetAnnotations()[externalName], 0, 60, "", false, false)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range list.Posts {
		if p.Type == model.PostTypeDefault || p.Type == model.PostTypeSlackAttachment {
			out = append(out, p.Message)
		}
	}
	return out
}
