package e2e

import (
	"context"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/location"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/installation"
)

// TestInstall takes the quickstart through its life: installed, used, resized,
// left alone, deleted.
func TestInstall(t *testing.T) {
	xr, err := installation.Example("external.yaml", "install")
	if err != nil {
		t.Fatal(err)
	}
	set(t, xr, "install", "spec", "fileStore", "external", "bucket")
	set(t, xr, int64(2), "spec", "replicas")

	environment.Test(t, features.New("Quickstart").
		Setup(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			if err := installation.Prepare(ctx, cluster, storage, xr); err != nil {
				t.Fatal(err)
			}
			install(ctx, t, xr.DeepCopy())
			return ctx
		}).
		Assess("TwoReplicasServe", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			becomes(ctx, t, live(xr), changeLimit, "RolloutComplete", "True")
			if got := deployment(ctx, t, xr).Status.AvailableReplicas; got != 2 {
				t.Errorf("%d replicas are available, want 2", got)
			}
			healthy(ctx, t, xr)
			neverRestarted(ctx, t, xr)
			return ctx
		}).
		Assess("PostsAndFilesAreKept", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			session, err := healthy(ctx, t, xr).FirstSession(ctx)
			if err != nil {
				t.Fatal(err)
			}
			id, err := session.Post(ctx, "hello", "content of a file")
			if err != nil {
				t.Fatal(err)
			}
			message, file, err := session.Read(ctx, id)
			if err != nil {
				t.Fatal(err)
			}
			if message != "hello" || file != "content of a file" {
				t.Errorf("read %q and %q", message, file)
			}
			return ctx
		}).
		Assess("KubectlShowsIt", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			out, err := exec.CommandContext(ctx, location.Kubectl(), "--kubeconfig", location.Kubeconfig(), "-n", "install", "get", "mmi").Output() //nolint:gosec // The cluster's own kubectl.
			if err != nil {
				t.Fatalf("cannot run kubectl: %v", err)
			}
			lines := strings.Split(strings.TrimSpace(string(out)), "\n")
			header, row := strings.Fields(lines[0]), strings.Fields(lines[1])
			if diff := cmp.Diff([]string{"NAME", "STATE", "VERSION", "REPLICAS", "ENDPOINT"}, header[:5]); diff != "" {
				t.Errorf("-want, +got columns:\n%s", diff)
			}
			if diff := cmp.Diff([]string{"chat", "stable", "11.4.0", "2", "chat.install.svc:8065"}, row[:5]); diff != "" {
				t.Errorf("-want, +got row:\n%s", diff)
			}
			return ctx
		}).
		// Before the changes, so that Crossplane, which meters how often an
		// installation wakes it, has rested when they come.
		Assess("StableMeansNoWrites", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			becomes(ctx, t, live(xr), changeLimit, "RolloutComplete", "True")
			// While Crossplane passes over what wakes an installation too often, which one that
			// is being made may, it is looked at, and applied, by the clock.
			becomes(ctx, t, live(xr), restedLimit, "Responsive", "True")
			lookedAtAgain(ctx, t, xr)
			crossplaneWritesNothing(ctx, t, xr)
			return ctx
		}).
		Assess("SizeChangesReplicasAndResourcesOnly", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			sizeChangesOnlySizing(ctx, t, xr)
			return ctx
		}).
		Assess("ScaleSubresource", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			scale(ctx, t, xr, 2)
			return ctx
		}).
		Assess("DeletionLeavesNothing", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			deletionLeavesNothing(ctx, t, xr)
			return ctx
		}).
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			uninstall(ctx, t, xr)
			return ctx
		}).
		Feature())
}

// live is an empty view of an installation, to be read from the cluster.
func live(xr *unstructured.Unstructured) *unstructured.Unstructured {
	u := &unstructured.Unstructured{}
	u.SetGroupVersionKind(xr.GroupVersionKind())
	u.SetNamespace(xr.GetNamespace())
	u.SetName(xr.GetName())
	return u
}

func sizeChangesOnlySizing(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) {
	t.Helper()
	before := deployment(ctx, t, xr)

	unstructured.RemoveNestedField(xr.Object, "spec", "replicas")
	set(t, xr, "100users", "spec", "size")
	mustApply(ctx, t, xr)
	now := live(xr)
	becomes(ctx, t, now, changeLimit, "RolloutComplete", "True")

	after := deployment(ctx, t, xr)
	if got := *after.Spec.Replicas; got != 1 {
		t.Errorf("%d replicas, want 1", got)
	}
	if got := server(t, after).Resources.Requests.Cpu().String(); got != "100m" {
		t.Errorf("requests %s cpu, want 100m", got)
	}
	for _, d := range []*appsv1.Deployment{before, after} {
		d.Spec.Replicas = nil
		server(t, d).Resources = corev1.ResourceRequirements{}
	}
	if diff := cmp.Diff(before.Spec, after.Spec); diff != "" {
		t.Errorf("more than replicas and resources changed, -before, +after:\n%s", diff)
	}
	size, _, _ := unstructured.NestedString(now.Object, "status", "sizing", "size")
	replicas, _, _ := unstructured.NestedInt64(now.Object, "status", "sizing", "replicas")
	if size != "100users" || replicas != 1 {
		t.Errorf("status.sizing tells %q with %d replicas", size, replicas)
	}
	healthy(ctx, t, xr)
	neverRestarted(ctx, t, xr)
}

func server(t *testing.T, d *appsv1.Deployment) *corev1.Container {
	t.Helper()
	for i := range d.Spec.Template.Spec.Containers {
		if c := &d.Spec.Template.Spec.Containers[i]; c.Name == "mattermost" {
			return c
		}
	}
	t.Fatal("the Deployment has no server container")
	return nil
}

// scale the installation as `kubectl scale` and autoscalers do.
func scale(ctx context.Context, t *testing.T, xr *unstructured.Unstructured, replicas int64) {
	t.Helper()
	subresource := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "autoscaling/v1", "kind": "Scale",
		"metadata": map[string]any{"name": xr.GetName(), "namespace": xr.GetNamespace()},
		"spec":     map[string]any{"replicas": replicas},
	}}
	if err := cluster.SubResource("scale").Update(ctx, live(xr), client.WithSubResourceBody(subresource)); err != nil {
		t.Fatalf("cannot scale: %v", err)
	}
	becomes(ctx, t, live(xr), changeLimit, "RolloutComplete", "True")
	if got := deployment(ctx, t, xr).Status.AvailableReplicas; int64(got) != replicas {
		t.Errorf("%d replicas are available, want %d", got, replicas)
	}
}

func deletionLeavesNothing(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) {
	t.Helper()
	now := live(xr)
	if err := cluster.Get(ctx, client.ObjectKeyFromObject(xr), now); err != nil {
		t.Fatal(err)
	}
	composed, err := installation.Composed(ctx, cluster, now)
	if err != nil {
		t.Fatal(err)
	}
	if len(composed) == 0 {
		t.Fatal("nothing is composed: there is nothing to prove")
	}
	deletionRefused(ctx, t, now)
	unprotect(ctx, t, now)
	if err := cluster.Delete(ctx, now); err != nil {
		t.Fatal(err)
	}
	gone(ctx, t, now)
	for _, o := range composed {
		gone(ctx, t, o)
	}
}

// deletionRefused fails unless the deletion of an installation is refused, with the
// remedy.
func deletionRefused(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) {
	t.Helper()
	protects(ctx, t, protection(xr, ""))
	err := cluster.Delete(ctx, live(xr))
	if err == nil {
		t.Fatal("a protected installation can be deleted")
	}
	if missing := unsaid(err.Error(), []string{"spec.deletionProtection", "false"}); len(missing) > 0 {
		t.Errorf("the refusal does not say %q: %v", missing, err)
	}
}
