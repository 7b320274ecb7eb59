package e2e

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"
)

const (
	controlPlane  = "crossplane-system"
	interruptions = 10
	// calm is at most between two interruptions.
	calm = 1500 * time.Millisecond
	// manyReplicas take long enough to be replaced for all of them.
	manyReplicas = 6
)

// TestUpgradeInterrupted kills what upgrades while it does. What was begun is
// finished, and nothing is done twice.
func TestUpgradeInterrupted(t *testing.T) {
	xr := upgradable(t, "upgrade-interrupted", versionBefore)
	set(t, xr, int64(manyReplicas), "spec", "replicas")
	var before memory

	environment.Test(t, features.New("Interrupted").
		Setup(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			before = installToUpgrade(ctx, t, xr)
			return ctx
		}).
		Assess("FinishesWhatWasBegun", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			prober := probe(ctx, t, xr, before)
			start := time.Now()
			set(t, xr, versionNow, "spec", "version")
			mustApply(ctx, t, xr)
			interrupt(ctx, t, xr)
			report := upgraded(ctx, t, xr, versionBefore)
			noticedNothing(ctx, t, xr, prober)
			migratedOnce(t, xr, start, report)
			return ctx
		}).
		Assess("NothingIsLost", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			before.check(ctx, t)
			healthy(ctx, t, xr)
			neverRestarted(ctx, t, xr)
			return ctx
		}).
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			uninstall(ctx, t, xr)
			return ctx
		}).
		Feature())
}

// victims are the parts of the control plane that upgrades depend on.
var victims = []client.MatchingLabels{
	{"pkg.crossplane.io/function": "crossplane-mattermost-function-mattermost"},
	{"app": "crossplane"},
}

// interrupt an upgrade at random moments: kill the function and Crossplane in turn,
// or whichever is there.
func interrupt(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) {
	t.Helper()
	for i := 0; i < interruptions; {
		select {
		case <-ctx.Done():
			t.Fatal(ctx.Err())
		case <-time.After(rand.N(calm)): //nolint:gosec // No secret depends on it.
		}
		now := live(xr)
		if err := cluster.Get(ctx, client.ObjectKeyFromObject(xr), now); err != nil {
			t.Fatal(err)
		}
		if phase := told(now, "upgrade", "phase"); phase == "Complete" {
			t.Fatalf("the upgrade is over after %d interruptions: %d are wanted", i, interruptions)
		}
		killed := kill(ctx, t, victims[i%len(victims)])
		if len(killed) == 0 {
			killed = kill(ctx, t, victims[(i+1)%len(victims)])
		}
		if len(killed) > 0 {
			t.Logf("killed %v in phase %q", killed, told(now, "upgrade", "phase"))
			i++
		}
	}
}

// kill the pods with these labels that run, without grace, and return their names.
func kill(ctx context.Context, t *testing.T, labels client.MatchingLabels) []string {
	t.Helper()
	list := &corev1.PodList{}
	if err := cluster.List(ctx, list, client.InNamespace(controlPlane), labels); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range list.Items {
		if !ready(p) {
			continue
		}
		err := cluster.Delete(ctx, &p, client.GracePeriodSeconds(0), client.Preconditions{UID: ptr.To(p.UID)})
		if client.IgnoreNotFound(err) != nil {
			t.Fatalf("cannot delete pod %s: %v", p.Name, err)
		}
		out = append(out, p.Name)
	}
	return out
}

func ready(p corev1.Pod) bool {
	for _, c := range p.Status.Conditions {
		if c.Type == corev1.PodReady {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}
