package e2e

import (
	"context"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/installation"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

// TestClaimsStandalone installs the quickstart in an empty namespace: its database and
// its bucket come by claim. What they hold survives the installation, unless its user
// says otherwise.
func TestClaimsStandalone(t *testing.T) {
	xr, err := installation.Example("quickstart.yaml", "claims")
	if err != nil {
		t.Fatal(err)
	}
	var was memory

	environment.Test(t, features.New("Standalone").
		Setup(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			if err := kube.Namespace(ctx, cluster, xr.GetNamespace()); err != nil {
				t.Fatal(err)
			}
			install(ctx, t, xr.DeepCopy())
			return ctx
		}).
		Assess("Serves", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			becomes(ctx, t, live(xr), changeLimit, "RolloutComplete", "True")
			if got := deployment(ctx, t, xr).Status.AvailableReplicas; got != 1 {
				t.Errorf("%d replicas are available without a license, want 1", got)
			}
			was = remember(ctx, t, xr)
			neverRestarted(ctx, t, xr)
			return ctx
		}).
		Assess("MayNotBeLeft", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			running := &untouched{}
			running.remember(ctx, t, xr)
			bad := xr.DeepCopy()
			set(t, bad, map[string]any{"external": map[string]any{"secret": "elsewhere"}}, "spec", "database")
			secret(ctx, t, xr, "elsewhere", map[string]string{"DB_CONNECTION_STRING": "postgres://elsewhere"})
			refused(ctx, t, bad, refusal{condition: "DatabaseReady", want: []string{"spec.database", "discardClaim"}})
			running.check(ctx, t, xr)
			mustApply(ctx, t, xr.DeepCopy())
			becomes(ctx, t, live(xr), changeLimit, "RolloutComplete", "True")
			return ctx
		}).
		Assess("DeletedOnConsentOnly", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			deletionRefused(ctx, t, xr)
			remove(ctx, t, xr)
			for _, name := range []string{"data-chat-postgres-0", "data-chat-s3-0"} {
				if err := cluster.Get(ctx, client.ObjectKey{Namespace: xr.GetNamespace(), Name: name}, &corev1.PersistentVolumeClaim{}); err != nil {
					t.Errorf("the data is not retained: %v", err)
				}
			}
			return ctx
		}).
		Assess("AdoptedAgain", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			again := xr.DeepCopy()
			set(t, again, "Delete", "spec", "database", "claim", "deletionPolicy")
			set(t, again, "Delete", "spec", "fileStore", "claim", "deletionPolicy")
			install(ctx, t, again)
			was.session = healthy(ctx, t, xr).Resume(was.session)
			was.check(ctx, t)
			return ctx
		}).
		Assess("DeletedWhenThePolicySaysSo", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			remove(ctx, t, xr)
			for _, name := range []string{"data-chat-postgres-0", "data-chat-s3-0"} {
				claim := &unstructured.Unstructured{}
				claim.SetAPIVersion("v1")
				claim.SetKind("PersistentVolumeClaim")
				claim.SetNamespace(xr.GetNamespace())
				claim.SetName(name)
				gone(ctx, t, claim)
			}
			return ctx
		}).
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			uninstall(ctx, t, xr)
			return ctx
		}).
		Feature())
}

// remove an installation, with its user's consent.
func remove(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) {
	t.Helper()
	unprotect(ctx, t, xr)
	composed, err := installation.Composed(ctx, cluster, current(ctx, t, xr))
	if err != nil {
		t.Fatal(err)
	}
	if err := cluster.Delete(ctx, live(xr)); err != nil {
		t.Fatal(err)
	}
	gone(ctx, t, xr)
	for _, o := range composed {
		gone(ctx, t, o)
	}
}

// current state of an installation.
func current(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) *unstructured.Unstructured {
	t.Helper()
	now := live(xr)
	if err := cluster.Get(ctx, client.ObjectKeyFromObject(xr), now); err != nil {
		t.Fatal(err)
	}
	return now
}
