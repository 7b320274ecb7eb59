package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	batchv1 "k8s.io/api/batch/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/installation"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

// TestRestoreServing restores an installation that somebody writes to. Nothing is taken
// from when the last server stopped to when the first one serves again, and the
// restore tells how long that was. It never runs again, whatever is forgotten.
func TestRestoreServing(t *testing.T) {
	takesTurns(t)
	xr := restorable(t, "restore-serving")
	set(t, xr, int64(2), "spec", "replicas")
	backup, restore := backupOf(t, xr, "first"), restoreOf(t, xr, "again", "first")
	var was *installation.Session

	environment.Test(t, features.New("Serving").
		Assess("RefusesWritesMeanwhile", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			session, content := prepareRestore(ctx, t, xr)
			backedUp(ctx, t, backup)
			writer := session.Write(ctx)
			t.Cleanup(func() { writer.Stop() })
			if err := kube.Until(ctx, changeLimit, func(context.Context) error {
				if len(writer.Taken()) < 20 {
					return errors.New("few messages were taken yet")
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			finished := restored(ctx, t, restore)
			taken := writer.Stop()
			becomes(ctx, t, live(xr), changeLimit, "RolloutComplete", "True")
			stopped, serving := toldTime(t, finished, "quiescedAt"), toldTime(t, finished, "servingAt")
			if told(finished, "downtime") == "" {
				t.Error("the restore does not tell how long the server was down")
			}
			undone := takenBefore(t, taken, stopped, serving)
			session = sameContent(ctx, t, xr, session, content, spoken)
			for _, m := range undone {
				missing, err := session.Missing(ctx, m.ID, m.Message)
				if err != nil {
					t.Fatal(err)
				}
				if !missing {
					t.Errorf("%q is from after the backup, and still there", m.Message)
				}
			}
			t.Logf("%d messages taken, %d of them before the restore", len(taken), len(undone))
			was = session
			return ctx
		}).
		Assess("NeverRunsAgain", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			id, err := was.Say(ctx, "from after the restore")
			if err != nil {
				t.Fatal(err)
			}
			pods := serverPods(ctx, t, xr)
			again := sameRequest(ctx, t, restore)
			forget(ctx, t, restore)
			becomesState(ctx, t, restore, "finished")
			mustApply(ctx, t, again)
			rested(ctx, t, restore)
			missing, err := was.Missing(ctx, id, "from after the restore")
			if err != nil {
				t.Fatal(err)
			}
			if missing {
				t.Error("what was posted after the restore is gone")
			}
			if diff := cmp.Diff(pods, serverPods(ctx, t, xr)); diff != "" {
				t.Errorf("the server was stopped, -before, +after:\n%s", diff)
			}
			return ctx
		}).
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			deleteObjects(ctx, t, restore, backup)
			uninstall(ctx, t, xr)
			return ctx
		}).
		Feature())
}

// spoken says whether a post is one of a writer's.
func spoken(p installation.Post) bool { return strings.HasPrefix(p.Message, "message ") }

// takenBefore a server stopped are the messages that must be gone. It fails when one was
// taken while no server was to run.
func takenBefore(t *testing.T, taken []installation.Taken, stopped, serving time.Time) []installation.Taken {
	t.Helper()
	var out []installation.Taken
	for _, m := range taken {
		switch {
		case m.At.Before(stopped):
			out = append(out, m)
		// Kubernetes tells times in whole seconds.
		case m.At.After(stopped.Add(time.Second)) && m.At.Before(serving):
			t.Errorf("%q was taken at %s, while no server was to run", m.Message, m.At)
		}
	}
	if len(out) == 0 {
		t.Error("nobody wrote before the restore: there is nothing to prove")
	}
	return out
}

// sameRequest is a Job that asks the tool once more for what a restore's own Job did.
func sameRequest(ctx context.Context, t *testing.T, restore *unstructured.Unstructured) *batchv1.Job {
	t.Helper()
	list := &batchv1.JobList{}
	of := client.MatchingLabels{"mattermost.crossplane.io/restore": restore.GetName()}
	if err := cluster.List(ctx, list, client.InNamespace(restore.GetNamespace()), of); err != nil {
		t.Fatal(err)
	}
	for _, j := range list.Items {
		if strings.Contains(j.Name, "-restore-") {
			template := j.Spec.Template.DeepCopy()
			template.Labels = nil
			return &batchv1.Job{
				ObjectMeta: metav1.ObjectMeta{Namespace: j.Namespace, Name: "same-request", Labels: of},
				Spec:       batchv1.JobSpec{Template: *template},
			}
		}
	}
	t.Fatal("the restore has no Job that replaced the data")
	return nil
}

// forget what is known of a restore: its status, and its Jobs.
func forget(ctx context.Context, t *testing.T, restore *unstructured.Unstructured) {
	t.Helper()
	if err := cluster.DeleteAllOf(ctx, &batchv1.Job{}, client.InNamespace(restore.GetNamespace()),
		client.MatchingLabels{"mattermost.crossplane.io/restore": restore.GetName()}, client.PropagationPolicy(metav1.DeletePropagationBackground)); err != nil {
		t.Fatal(err)
	}
	now := current(ctx, t, restore)
	now.Object["status"] = map[string]any{}
	if err := cluster.Status().Update(ctx, now); err != nil {
		t.Fatal(err)
	}
}

// rested waits until no Job of a restore is at work. One that is deleted while Crossplane
// still sees it may be made again: the database knows that its request was carried out.
func rested(ctx context.Context, t *testing.T, restore *unstructured.Unstructured) {
	t.Helper()
	if err := kube.Until(ctx, changeLimit, func(ctx context.Context) error {
		list := &batchv1.JobList{}
		if err := cluster.List(ctx, list, client.InNamespace(restore.GetNamespace()), client.MatchingLabels{"mattermost.crossplane.io/restore": restore.GetName()}); err != nil {
			return err
		}
		for _, j := range list.Items {
			if j.DeletionTimestamp != nil || j.Status.Succeeded == 0 {
				return errors.Errorf("Job %s is still at work", j.Name)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// toldTime of a status field.
func toldTime(t *testing.T, u *unstructured.Unstructured, field string) time.Time {
	t.Helper()
	out, err := time.Parse(time.RFC3339, told(u, field))
	if err != nil {
		t.Fatalf("status.%s: %v", field, err)
	}
	return out
}
