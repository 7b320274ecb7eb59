package e2e

import (
	"context"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

// TestRestoreServing restores an installation that somebody writes to. Nothing is taken
// from when the last server stopped to when the first one serves again, and the
// restore tells how long that was. It never runs again, whatever is forgotten.
func TestRestoreServing(t *testing.T) {
	xr := restorable(t, "restore-serving")
	set(t, xr, int64(2), "spec", "replicas")
	backup, restore := backupOf(t, xr, "first"), restoreOf(t, xr, "again", "first")

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
			lost := 0
			for _, m := range taken {
				// Kubernetes tells times in whole seconds.
				if m.At.After(stopped.Add(time.Second)) && m.At.Before(serving) {
					t.Errorf("%q was taken at %s, while no server was to run", m.Message, m.At)
				}
				if m.At.Before(stopped) {
					lost++
				}
			}
			if lost == 0 {
				t.Error("nobody wrote before the restore: there is nothing to prove")
			}
			t.Logf("%d messages taken, %d of them before the restore", len(taken), lost)
			sameContent(ctx, t, xr, session, content)
			return ctx
		}).
		Assess("NeverRunsAgain", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			session, err := healthy(ctx, t, xr).FirstSession(ctx)
			if err == nil {
				t.Fatal("the server has no first user: it is not the one that was restored")
			}
			_ = session
			return ctx
		}).
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			deleteObjects(ctx, t, restore, backup)
			uninstall(ctx, t, xr)
			return ctx
		}).
		Feature())
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
