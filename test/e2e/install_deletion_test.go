package e2e

import (
	"context"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/installation"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

// TestInstallDeletion deletes installations with claims in every way that Kubernetes has.
// Their claims cannot be deleted alone, and are deleted with them.
func TestInstallDeletion(t *testing.T) {
	for _, policy := range []metav1.DeletionPropagation{metav1.DeletePropagationForeground, metav1.DeletePropagationBackground} {
		xr := fleeting(t, "install-deletion-"+strings.ToLower(string(policy)))
		environment.Test(t, features.New(string(policy)).
			Setup(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
				installClaimed(ctx, t, xr)
				return ctx
			}).
			Assess("ClaimsAreProtected", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
				for _, kind := range []string{"MattermostDatabase", "MattermostBucket"} {
					claimProtected(ctx, t, xr, kind)
				}
				return ctx
			}).
			Assess("EverythingGoes", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
				composed, err := installation.Composed(ctx, cluster, current(ctx, t, xr))
				if err != nil {
					t.Fatal(err)
				}
				unprotect(ctx, t, xr)
				if err := cluster.Delete(ctx, live(xr), client.PropagationPolicy(policy)); err != nil {
					t.Fatal(err)
				}
				gone(ctx, t, xr)
				for _, o := range composed {
					gone(ctx, t, o)
				}
				return ctx
			}).
			Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
				uninstall(ctx, t, xr)
				return ctx
			}).
			Feature())
	}
}

// TestInstallDeletionWithNamespace deletes the namespace of a protected installation. The
// Usages in it are deleted with it, so that they do not block the deletion.
func TestInstallDeletionWithNamespace(t *testing.T) {
	xr := fleeting(t, "install-deletion-namespace")

	environment.Test(t, features.New("Namespace").
		Setup(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			installClaimed(ctx, t, xr)
			return ctx
		}).
		Assess("NamespaceGoes", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			namespace := &unstructured.Unstructured{}
			namespace.SetAPIVersion("v1")
			namespace.SetKind("Namespace")
			namespace.SetName(xr.GetNamespace())
			learnTokens(ctx, t, xr)
			if err := cluster.Delete(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: xr.GetNamespace()}}); err != nil {
				t.Fatal(err)
			}
			gone(ctx, t, namespace)
			return ctx
		}).
		Feature())
}

// TestInstallDeletionWhileWaiting deletes an installation with a claim that is never
// fulfilled.
func TestInstallDeletionWhileWaiting(t *testing.T) {
	xr := fleeting(t, "install-deletion-waiting")
	set(t, xr, "absent", "spec", "database", "claim", "class")

	environment.Test(t, features.New("Waiting").
		Setup(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			if err := kube.Namespace(ctx, cluster, xr.GetNamespace()); err != nil {
				t.Fatal(err)
			}
			mustApply(ctx, t, xr.DeepCopy())
			becomes(ctx, t, live(xr), changeLimit, "DatabaseReady", "False")
			return ctx
		}).
		Assess("MayBeDeleted", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			remove(ctx, t, xr)
			return ctx
		}).
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			uninstall(ctx, t, xr)
			return ctx
		}).
		Feature())
}

// TestInstallDiscardsClaim moves an installation to another file store. With the user's
// consent the bucket is deleted, though it was protected.
func TestInstallDiscardsClaim(t *testing.T) {
	xr := fleeting(t, "install-discards")

	environment.Test(t, features.New("Discard").
		Setup(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			installClaimed(ctx, t, xr)
			return ctx
		}).
		Assess("BucketGoes", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			now := xr.DeepCopy()
			set(t, now, map[string]any{"discardClaim": true, "local": map[string]any{"enabled": true, "storageSize": "1Gi"}}, "spec", "fileStore")
			mustApply(ctx, t, now)
			gone(ctx, t, claimOfKind(xr, "MattermostBucket"))
			becomes(ctx, t, live(xr), changeLimit, "RolloutComplete", "True")
			healthy(ctx, t, xr)
			claimProtected(ctx, t, xr, "MattermostDatabase")
			return ctx
		}).
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			uninstall(ctx, t, xr)
			return ctx
		}).
		Feature())
}

func installClaimed(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) {
	t.Helper()
	if err := kube.Namespace(ctx, cluster, xr.GetNamespace()); err != nil {
		t.Fatal(err)
	}
	install(ctx, t, xr.DeepCopy())
	becomes(ctx, t, live(xr), changeLimit, "RolloutComplete", "True")
}

// claimProtected asserts that the deletion of a claim is refused, with the remedy.
func claimProtected(ctx context.Context, t *testing.T, xr *unstructured.Unstructured, kind string) {
	t.Helper()
	protects(ctx, t, protection(xr, map[string]string{"MattermostDatabase": "-database", "MattermostBucket": "-bucket"}[kind]))
	err := cluster.Delete(ctx, claimOfKind(xr, kind))
	if err == nil {
		t.Fatalf("the %s of a running server can be deleted", kind)
	}
	if missing := unsaid(err.Error(), []string{"MattermostInstallation", "discardClaim"}); len(missing) > 0 {
		t.Errorf("the refusal does not say %q: %v", missing, err)
	}
}
