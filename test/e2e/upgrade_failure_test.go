package e2e

import (
	"context"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/image"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/installation"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

const (
	// versionMissing is one that there is no image of.
	versionMissing = "11.3.99"
	// imageWithout is an image of the cluster that holds no server.
	imageWithout, versionWithout = "test/pause", image.PauseVersion

	// tellingLimit is how long the installation may take to tell of a migration that
	// failed.
	tellingLimit = 30 * time.Second
)

// TestUpgradeFailure wishes for versions that cannot be had. Each time it is told
// why and what to do, while the version before serves, until a version is wished for
// that can.
func TestUpgradeFailure(t *testing.T) {
	xr := upgradable(t, "upgrade-failure", versionBefore)
	set(t, xr, int64(1), "spec", "updateJob", "retries")
	var before memory
	var prober *installation.Prober
	running := &untouched{}

	environment.Test(t, features.New("Failure").
		Setup(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			before = installToUpgrade(ctx, t, xr)
			running.remember(ctx, t, xr)
			prober = probe(ctx, t, xr, before)
			return ctx
		}).
		Assess("MissingImageIsTold", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			set(t, xr, versionMissing, "spec", "version")
			mustApply(ctx, t, xr)
			now := tells(ctx, t, xr, "MigrationComplete", "Pending", "spec.version", versionMissing)
			imageIsMissing(ctx, t, xr, told(now, "upgrade", "jobName"))
			tells(ctx, t, xr, "MigrationComplete", "Pending", "spec.version", versionMissing)
			running.check(ctx, t, xr)
			return ctx
		}).
		Assess("FailedMigrationIsTold", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			set(t, xr, imageWithout, "spec", "image")
			set(t, xr, versionWithout, "spec", "version")
			mustApply(ctx, t, xr)
			failureIsToldSoon(ctx, t, xr)
			running.check(ctx, t, xr)
			return ctx
		}).
		Assess("CorrectedVersionCompletes", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			start := time.Now()
			unstructured.RemoveNestedField(xr.Object, "spec", "image")
			set(t, xr, versionNow, "spec", "version")
			// PostgreSQL may end a migration that deadlocks with the servers, as it did twice.
			set(t, xr, int64(10), "spec", "updateJob", "retries")
			mustApply(ctx, t, xr)
			report := upgraded(ctx, t, xr, versionBefore)
			noticedNothing(ctx, t, xr, prober)
			migratedOnce(t, xr, start, report)
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

// imageIsMissing waits until the node looked in vain for the image of a Job.
func imageIsMissing(ctx context.Context, t *testing.T, xr *unstructured.Unstructured, job string) {
	t.Helper()
	if err := kube.Until(ctx, changeLimit, func(ctx context.Context) error {
		pods := &corev1.PodList{}
		if err := cluster.List(ctx, pods, client.InNamespace(xr.GetNamespace()), client.MatchingLabels{batchv1.JobNameLabel: job}); err != nil {
			return err
		}
		for _, p := range pods.Items {
			for _, s := range p.Status.ContainerStatuses {
				if w := s.State.Waiting; w != nil && (w.Reason == "ErrImagePull" || w.Reason == "ImagePullBackOff") {
					return nil
				}
			}
		}
		return errors.Errorf("no pod of Job %q misses its image", job)
	}); err != nil {
		t.Fatal(err)
	}
}

// failureIsToldSoon compares when the Job failed with when the installation told so,
// by their own clocks.
func failureIsToldSoon(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) {
	t.Helper()
	now := tells(ctx, t, xr, "MigrationComplete", "Failed", imageWithout+":"+versionWithout, "spec.version")
	name := told(now, "upgrade", "jobName")
	if _, _, message := kube.Condition(now, "MigrationComplete"); name == "" || len(unsaid(message, []string{name})) > 0 {
		t.Errorf("the condition does not name Job %q: %s", name, message)
	}
	if phase := told(now, "upgrade", "phase"); phase != "Failed" {
		t.Errorf("the upgrade's phase is %q, want Failed", phase)
	}
	job := &batchv1.Job{}
	if err := cluster.Get(ctx, client.ObjectKey{Namespace: xr.GetNamespace(), Name: name}, job); err != nil {
		t.Fatalf("cannot read the Job that failed: %v", err)
	}
	failed := time.Time{}
	for _, c := range job.Status.Conditions {
		if c.Type == batchv1.JobFailed && c.Status == corev1.ConditionTrue {
			failed = c.LastTransitionTime.Time
		}
	}
	if failed.IsZero() {
		t.Fatalf("Job %s did not fail", name)
	}
	took := since(t, now, "MigrationComplete").Sub(failed)
	t.Logf("the Job's failure was told after %.0f s", took.Seconds())
	if took > tellingLimit {
		t.Errorf("the Job's failure was told after %s, want at most %s", took, tellingLimit)
	}
}

// since is when a condition last became what it is.
func since(t *testing.T, u *unstructured.Unstructured, kind string) time.Time {
	t.Helper()
	conditions, _, _ := unstructured.NestedSlice(u.Object, "status", "conditions")
	for _, c := range conditions {
		m, ok := c.(map[string]any)
		if !ok || m["type"] != kind {
			continue
		}
		text, _ := m["lastTransitionTime"].(string)
		out, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatalf("cannot read when condition %s became what it is: %v", kind, err)
		}
		return out
	}
	t.Fatalf("%s has no condition %s", u.GetName(), kind)
	return time.Time{}
}
