package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/location"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/installation"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/provider"
)

// TestProviderAbsent deletes two installations with a bootstrap while the provider does not
// run: what is declared of the inside of the servers waits for the provider, and nothing
// else does. One is let go by hand, the other by the provider.
func TestProviderAbsent(t *testing.T) {
	xr := bootstrappedAbsent(t, "quickstart")
	byHand := bootstrappedAbsent(t, "by-hand")

	var left, leftByHand []*unstructured.Unstructured
	environment.Test(t, features.New("Absent").
		Setup(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			if err := kube.Namespace(ctx, cluster, xr.GetNamespace()); err != nil {
				t.Fatal(err)
			}
			mustApply(ctx, t, byHand.DeepCopy())
			install(ctx, t, xr.DeepCopy())
			becomes(ctx, t, byHand, readyLimit, "Ready", "True")
			return ctx
		}).
		Assess("OnlyTheInsideWaits", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			providerRuns(ctx, t, 0)
			left = deletedAbsent(ctx, t, xr)
			leftByHand = deletedAbsent(ctx, t, byHand)
			return ctx
		}).
		Assess("LetGoByHand", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			loop := strings.NewReplacer("NAMESPACE", byHand.GetNamespace(), "NAME", byHand.GetName()).
				Replace(fenced(t, "installation.md", `{"metadata": {"finalizers": null}}`))
			shell := exec.CommandContext(ctx, "sh", "-euc", loop) //nolint:gosec // What the documentation says.
			shell.Env = append(os.Environ(), "KUBECONFIG="+location.Kubeconfig(),
				"PATH="+filepath.Dir(location.Kubectl())+string(os.PathListSeparator)+os.Getenv("PATH"))
			if out, err := shell.CombinedOutput(); err != nil {
				t.Fatalf("cannot let go of what is left: %v: %s", err, out)
			}
			for _, o := range leftByHand {
				gone(ctx, t, o)
			}
			return ctx
		}).
		Assess("TheProviderLetsGo", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			for _, o := range left {
				if current(ctx, t, o).GetDeletionTimestamp() == nil {
					t.Errorf("%s %s does not wait", o.GetKind(), o.GetName())
				}
			}
			providerRuns(ctx, t, 1)
			for _, o := range left {
				gone(ctx, t, o)
			}
			return ctx
		}).
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			providerRuns(ctx, t, 1)
			unprotect(ctx, t, byHand)
			withdraw(ctx, t, byHand)
			uninstall(ctx, t, xr)
			return ctx
		}).
		Feature())
}

// bootstrappedAbsent is an installation with a bootstrap, of which nothing is kept.
func bootstrappedAbsent(t *testing.T, name string) *unstructured.Unstructured {
	t.Helper()
	xr := fleeting(t, "provider-absent")
	xr.SetName(name)
	set(t, xr, map[string]any{"team": map[string]any{"name": "engineering"}}, "spec", "bootstrap")
	return xr
}

// deletedAbsent deletes an installation, and returns what is left of it.
func deletedAbsent(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) []*unstructured.Unstructured {
	t.Helper()
	composed, err := installation.Composed(ctx, cluster, current(ctx, t, xr))
	if err != nil {
		t.Fatal(err)
	}
	unprotect(ctx, t, xr)
	if err := cluster.Delete(ctx, live(xr)); err != nil {
		t.Fatal(err)
	}
	gone(ctx, t, xr)
	var left []*unstructured.Unstructured
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
	return left
}

// fenced is the code block of a page of the documentation that has this text.
func fenced(t *testing.T, page, text string) string {
	t.Helper()
	root, err := location.Repository()
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(root, "docs", filepath.Base(page))) //nolint:gosec // A file of this repository.
	if err != nil {
		t.Fatal(err)
	}
	for i, block := range strings.Split(string(content), "```") {
		if i%2 == 1 && strings.Contains(block, text) {
			_, code, _ := strings.Cut(block, "\n")
			return code
		}
	}
	t.Fatalf("%s has no code with %s", page, text)
	return ""
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
