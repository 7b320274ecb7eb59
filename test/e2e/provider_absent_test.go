package e2e

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/installation"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/provider"
)

// TestProviderAbsent deletes an installation with a bootstrap while the provider does not
// run: what is declared of the inside of the server waits for the provider, and nothing
// else does.
func TestProviderAbsent(t *testing.T) {
	xr, err := installation.Example("quickstart.yaml", "provider-absent")
	if err != nil {
		t.Fatal(err)
	}
	set(t, xr, "Delete", "spec", "database", "claim", "deletionPolicy")
	set(t, xr, "Delete", "spec", "fileStore", "claim", "deletionPolicy")
	set(t, xr, map[string]any{"team": map[string]any{"name": "engineering"}}, "spec", "bootstrap")

	var left []*unstructured.Unstructured
	environment.Test(t, features.New("Absent").
		Setup(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			if err := kube.Namespace(ctx, cluster, xr.GetNamespace()); err != nil {
				t.Fatal(err)
			}
			install(ctx, t, xr.DeepCopy())
			return ctx
		}).
		Assess("OnlyTheInsideWaits", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			composed, err := installation.Composed(ctx, cluster, current(ctx, t, xr))
			if err != nil {
				t.Fatal(err)
			}
			providerRuns(ctx, t, 0)
			unprotect(ctx, t, xr)
			if err := cluster.Delete(ctx, live(xr)); err != nil {
				t.Fatal(err)
			}
			gone(ctx, t, xr)
			var kinds []string
			for _, o := range composed {
				if o.GetAPIVersion() != serverGroup {
					gone(ctx, t, o)
					continue
				}
				left = append(left, o)
				if current(ctx, t, o).GetDeletionTimestamp() != nil {
					kinds = append(kinds, o.GetKind())
				}
			}
			slices.Sort(kinds)
			if diff := cmp.Diff([]string{"ProviderConfig", "Server", "Team"}, kinds); diff != "" {
				t.Errorf("what waits for the provider: -want, +got:\n%s", diff)
			}
			return ctx
		}).
		Assess("TheProviderLetsGo", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			providerRuns(ctx, t, 1)
			for _, o := range left {
				gone(ctx, t, o)
			}
			return ctx
		}).
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			providerRuns(ctx, t, 1)
			uninstall(ctx, t, xr)
			return ctx
		}).
		Feature())
}

// providerRuns with so many replicas, and no others.
func providerRuns(ctx context.Context, t *testing.T, replicas int) {
	t.Helper()
	config := &unstructured.Unstructured{}
	config.SetGroupVersionKind(schema.GroupVersionKind{Group: "pkg.crossplane.io", Version: "v1beta1", Kind: "DeploymentRuntimeConfig"})
	config.SetName("provider-mattermost")
	patch := []byte(`{"spec": {"deploymentTemplate": {"spec": {"replicas": null}}}}`)
	if replicas == 0 {
		patch = []byte(`{"spec": {"deploymentTemplate": {"spec": {"replicas": 0}}}}`)
	}
	if err := cluster.Patch(ctx, config, client.RawPatch(types.MergePatchType, patch)); err != nil {
		t.Fatalf("cannot say how often the provider runs: %v", err)
	}
	if err := kube.Until(ctx, changeLimit, func(ctx context.Context) error {
		pods, err := provider.AllPods(ctx, cluster)
		if err != nil {
			return err
		}
		if len(pods) != replicas {
			return errors.Errorf("the provider has %d pods, want %d", len(pods), replicas)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
