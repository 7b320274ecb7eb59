package e2e

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/backends"
)

// ballast makes a restore last long enough to be killed many times.
const ballast = "CREATE TABLE ballast AS SELECT n, md5(n::text) AS a, repeat(md5((n * 7)::text), 8) AS b FROM generate_series(1, 600000) n; " +
	"CREATE INDEX ON ballast (a); ALTER TABLE ballast OWNER TO %q"

// TestRestoreInterrupted kills what restores while it does, ten times in as many restores
// as that takes. The data is that of before or that of the backup, never a mixture, and in
// the end it is that of the backup.
func TestRestoreInterrupted(t *testing.T) {
	takesTurns(t)
	xr := restorable(t, "restore-interrupted")
	bucket := parsed(t, fmt.Sprintf("apiVersion: mattermost.crossplane.io/v1alpha1\nkind: MattermostBucket\nmetadata: {name: backups, namespace: %s}\nspec: {deletionPolicy: Delete}\n", xr.GetNamespace()))[0]
	backup := backupOf(t, xr, "first")
	var restores []*unstructured.Unstructured
	set(t, backup, map[string]any{"bucket": bucket.GetName()}, "spec", "store")

	environment.Test(t, features.New("Interrupted").
		Assess("OldOrNew", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			session, content := prepareRestore(ctx, t, xr)
			scaleTo(ctx, t, xr, 0)
			if err := storage.Postgres.Do(ctx, xr.GetNamespace(), fmt.Sprintf(ballast, xr.GetNamespace())); err != nil {
				t.Fatal(err)
			}
			mustApply(ctx, t, bucket)
			backedUp(ctx, t, backup)
			wanted := dataOf(ctx, t, xr).Tables
			for killed := 0; killed < interruptions; {
				destroy(ctx, t, xr)
				old := dataOf(ctx, t, xr).Tables
				if cmp.Equal(old, wanted) {
					t.Fatal("nothing was destroyed: there is nothing to prove")
				}
				restore := restoreOf(t, xr, fmt.Sprintf("again-%d", len(restores)+1), "first")
				restores = append(restores, restore)
				mustApply(ctx, t, restore)
				more := interruptRestore(ctx, t, restore, killed, old, wanted)
				if more == 0 {
					t.Fatal("the restore was over before it was interrupted: there is nothing to prove")
				}
				killed += more
				becomesState(ctx, t, restore, "finished")
				if diff := cmp.Diff(wanted, dataOf(ctx, t, xr).Tables); diff != "" {
					t.Errorf("tables, -backed up, +restored:\n%s", diff)
				}
			}
			scaleTo(ctx, t, xr, 1)
			sameContent(ctx, t, xr, session, content)
			return ctx
		}).
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			deleteObjects(ctx, t, append(restores, backup, bucket)...)
			uninstall(ctx, t, xr)
			return ctx
		}).
		Feature())
}

// interruptRestore kills, at random moments and in turn, the Job's pod, the function,
// Crossplane, and the gateway that the backup is read from, until there were enough
// interruptions with those before, or the restore is over. In between the data must be old
// or new. It returns the number of interruptions.
func interruptRestore(ctx context.Context, t *testing.T, restore *unstructured.Unstructured, before int, old, wanted map[string]string) (killed int) {
	t.Helper()
	namespace := restore.GetNamespace()
	parts := []struct {
		namespace string
		labels    client.MatchingLabels
	}{
		{namespace, client.MatchingLabels{"mattermost.crossplane.io/restore": restore.GetName()}},
		{controlPlane, victims[0]},
		{controlPlane, victims[1]},
		{namespace, client.MatchingLabels{"app.kubernetes.io/instance": "backups"}},
	}
	for i := before; before+killed < interruptions; i++ {
		select {
		case <-ctx.Done():
			t.Fatal(ctx.Err())
		case <-time.After(rand.N(calm)): //nolint:gosec // No secret depends on it.
		}
		now := current(ctx, t, restore)
		if state := told(now, "state"); state != "" && state != "restoring" {
			t.Logf("the restore is %s after %d interruptions", state, killed)
			break
		}
		part := parts[i%len(parts)]
		killed += len(killRunning(ctx, t, part.namespace, part.labels, told(now, "step")))
		tables, err := storage.Postgres.Rows(ctx, namespace)
		if errors.Is(err, backends.ErrBusy) {
			// The one transaction is under way.
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if !cmp.Equal(tables, old) && !cmp.Equal(tables, wanted) {
			t.Errorf("the data is neither old nor new, -new, +now:\n%s", cmp.Diff(wanted, tables))
		}
	}
	return killed
}

// killRunning pods with these labels, without grace, and return their names.
func killRunning(ctx context.Context, t *testing.T, namespace string, labels client.MatchingLabels, step string) []string {
	t.Helper()
	list := &corev1.PodList{}
	if err := cluster.List(ctx, list, client.InNamespace(namespace), labels); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, p := range list.Items {
		if p.Status.Phase != corev1.PodRunning || p.DeletionTimestamp != nil {
			continue
		}
		if err := cluster.Delete(ctx, &p, client.GracePeriodSeconds(0)); client.IgnoreNotFound(err) != nil {
			t.Fatalf("cannot delete pod %s: %v", p.Name, err)
		}
		t.Logf("killed %s in step %q", p.Name, step)
		out = append(out, p.Name)
	}
	return out
}
