package e2e

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"
)

// replicated has CloudNativePG make databases, of the version that there is an image of.
const replicated = `
cloudNativePG:
  version: "VERSION"
  storageSize: 1Gi
`

// TestClaimsCloudNativePG serves an installation from replicated servers, and takes the
// one that is written to away while users post: asked to stop, killed, and lost for
// good. No post is lost that the server has acknowledged.
func TestClaimsCloudNativePG(t *testing.T) {
	_, major, err := artifact.PostgreSQL()
	if err != nil {
		t.Fatal(err)
	}
	composition := offering(t, "cloudnativepg", strings.ReplaceAll(replicated, "VERSION", major))
	xr := claiming(t, "cloudnativepg", "cloudnativepg")
	// Three servers, all of which may become the one that is written to.
	set(t, xr, int64(2), "spec", "database", "claim", "instances")
	set(t, xr, int64(1), "spec", "database", "claim", "readReplicas")
	database := &servers{claim: claimOf(xr), count: 3}
	running := &untouched{}
	var was memory

	environment.Test(t, features.New("CloudNativePG").
		Setup(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			prepareFiles(ctx, t, xr)
			mustApply(ctx, t, composition.DeepCopy())
			return ctx
		}).
		Assess("RetainsNothingWithoutBackups", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			refused(ctx, t, xr.DeepCopy(), refusal{condition: "DatabaseReady", want: []string{"spec.deletionPolicy", "Delete", "consent"}})
			gone(ctx, t, database.cluster())
			return ctx
		}).
		Assess("Serves", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			set(t, xr, "Delete", "spec", "database", "claim", "deletionPolicy")
			install(ctx, t, xr.DeepCopy())
			becomes(ctx, t, live(xr), changeLimit, "RolloutComplete", "True")
			was = remember(ctx, t, xr)
			neverRestarted(ctx, t, xr)
			chose(ctx, t, database.claim, composition.GetName())
			database.settled(ctx, t)
			running.remember(ctx, t, xr)
			return ctx
		}).
		Assess("ConnectionsAreEncrypted", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			database.encrypt(ctx, t)
			return ctx
		}).
		Assess("ReadsFromReplicas", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			const host = "chat-pg-ro.cloudnativepg.svc"
			if diff := cmp.Diff(host, told(current(ctx, t, database.claim), "connection", "values", "readerHost")); diff != "" {
				t.Errorf("host to read from, -want, +got:\n%s", diff)
			}
			secret := &corev1.Secret{}
			if err := cluster.Get(ctx, client.ObjectKey{Namespace: xr.GetNamespace(), Name: "chat-connection"}, secret); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(secret.Data["MM_SQLSETTINGS_DATASOURCEREPLICAS"]), "@"+host+":5432/") {
				t.Errorf("the server is not told to read from %s", host)
			}
			for service, want := range map[string]bool{"ro": true, "rw": false} {
				var replica bool
				if database.ask(ctx, t, service, "SELECT pg_is_in_recovery()", &replica); replica != want {
					t.Errorf("behind Service chat-pg-%s is a replica: %t, want %t", service, replica, want)
				}
			}
			return ctx
		}).
		Assess("LosesNothingWhenStopped", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			failedOver(ctx, t, xr, was, database, func(primary string) {
				database.delete(ctx, t, primary)
			})
			running.check(ctx, t, xr)
			return ctx
		}).
		Assess("LosesNothingWhenKilled", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			volume := database.volume(ctx, t, database.primary(ctx, t))
			failedOver(ctx, t, xr, was, database, func(primary string) {
				database.delete(ctx, t, primary, client.GracePeriodSeconds(0))
			})
			if database.volume(ctx, t, volume.GetName()).GetUID() != volume.GetUID() {
				t.Errorf("%s has another volume than before", volume.GetName())
			}
			running.check(ctx, t, xr)
			return ctx
		}).
		Assess("LosesNothingWhenLostWithItsVolume", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			volume := database.volume(ctx, t, database.primary(ctx, t))
			failedOver(ctx, t, xr, was, database, func(primary string) {
				if err := cluster.Delete(ctx, volume.DeepCopy()); err != nil {
					t.Fatal(err)
				}
				database.delete(ctx, t, primary, client.GracePeriodSeconds(0))
			})
			// The operator gives the name to the next server.
			if database.volume(ctx, t, volume.GetName()).GetUID() == volume.GetUID() {
				t.Errorf("%s has the volume of before: nothing was lost", volume.GetName())
			}
			running.check(ctx, t, xr)
			return ctx
		}).
		Assess("NothingIsLost", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			was.check(ctx, t)
			neverRestarted(ctx, t, xr)
			database.encrypt(ctx, t)
			database.uncontested(ctx, t)
			return ctx
		}).
		Assess("DeletedWhenThePolicySaysSo", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			volumes := database.volumes(ctx, t)
			remove(ctx, t, xr)
			for _, o := range append(volumes, database.cluster(), database.secret()) {
				gone(ctx, t, o)
			}
			return ctx
		}).
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			uninstall(ctx, t, xr)
			if err := cluster.Delete(ctx, composition.DeepCopy()); client.IgnoreNotFound(err) != nil {
				t.Errorf("cannot delete the Composition: %v", err)
			}
			return ctx
		}).
		Feature())
}
