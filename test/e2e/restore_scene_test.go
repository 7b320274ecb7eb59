package e2e

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/installation"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

// restoreLimit is far above what a backup or a restore of the tests needs; how long it
// took is logged.
const restoreLimit = 6 * time.Minute

// backupStore keeps the backups of all tests, on the shared gateway, below backupPrefix.
const (
	backupStore  = "backups"
	backupPrefix = "e2e"
)

// restorable is the quickstart on the shared storage, with a database and a bucket
// that have the namespace's name.
func restorable(t *testing.T, namespace string) *unstructured.Unstructured {
	t.Helper()
	xr := upgradable(t, namespace, versionNow)
	set(t, xr, int64(1), "spec", "replicas")
	return xr
}

// prepareRestore installs an installation and fills it. What its users see is returned.
func prepareRestore(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) (*installation.Session, *installation.Content) {
	t.Helper()
	prepareStores(ctx, t, xr)
	return populate(ctx, t, xr)
}

// prepareStores of an installation and of its backups, which are empty.
func prepareStores(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) {
	t.Helper()
	if err := installation.Prepare(ctx, cluster, storage, xr); err != nil {
		t.Fatal(err)
	}
	if err := storage.S3.Bucket(ctx, backupStore); err != nil {
		t.Fatal(err)
	}
	// What another run left behind.
	if err := storage.S3.Empty(ctx, backupStore, backupPrefix+"/"+xr.GetNamespace()+"/"); err != nil {
		t.Fatal(err)
	}
}

// populate an installation that is prepared.
func populate(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) (*installation.Session, *installation.Content) {
	t.Helper()
	install(ctx, t, xr.DeepCopy())
	becomes(ctx, t, live(xr), changeLimit, "RolloutComplete", "True")
	session, err := healthy(ctx, t, xr).FirstSession(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := session.Populate(ctx); err != nil {
		t.Fatal(err)
	}
	return session, contentOf(ctx, t, session)
}

func contentOf(ctx context.Context, t *testing.T, session *installation.Session) *installation.Content {
	t.Helper()
	out, err := session.Content(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// sameContent fails unless a user can log in and sees what was there before, and nothing
// else but posts that are to be ignored.
func sameContent(ctx context.Context, t *testing.T, xr *unstructured.Unstructured, was *installation.Session, want *installation.Content, ignored ...func(installation.Post) bool) *installation.Session {
	t.Helper()
	session, err := healthy(ctx, t, xr).LogIn(ctx, was)
	if err != nil {
		t.Fatal(err)
	}
	got := contentOf(ctx, t, session)
	maps.DeleteFunc(got.Posts, func(_ string, p installation.Post) bool {
		return slices.ContainsFunc(ignored, func(ignore func(installation.Post) bool) bool { return ignore(p) })
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what users see, -before, +after:\n%s", diff)
	}
	return session
}

// data of an installation on the shared storage.
type data struct {
	Tables, Files map[string]string
}

func dataOf(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) data {
	t.Helper()
	tables, err := storage.Postgres.Rows(ctx, xr.GetNamespace())
	if err != nil {
		t.Fatal(err)
	}
	files, err := storage.S3.Objects(ctx, xr.GetNamespace())
	if err != nil {
		t.Fatal(err)
	}
	return data{Tables: tables, Files: files}
}

// destroy much of an installation's data.
func destroy(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) {
	t.Helper()
	destroyTables(ctx, t, xr)
	if err := storage.S3.Empty(ctx, xr.GetNamespace(), ""); err != nil {
		t.Fatal(err)
	}
}

func destroyTables(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) {
	t.Helper()
	if err := storage.Postgres.Do(ctx, xr.GetNamespace(),
		"TRUNCATE posts, fileinfo", "DROP TABLE reactions", "DELETE FROM users", "UPDATE channels SET displayname = 'destroyed'",
		"ALTER TABLE teams DROP COLUMN description"); err != nil {
		t.Fatal(err)
	}
}

// scaleTo an installation, and wait until it is done.
func scaleTo(ctx context.Context, t *testing.T, xr *unstructured.Unstructured, replicas int64) {
	t.Helper()
	set(t, xr, replicas, "spec", "replicas")
	mustApply(ctx, t, xr.DeepCopy())
	becomes(ctx, t, live(xr), changeLimit, "RolloutComplete", "True")
	if replicas > 0 {
		return
	}
	if err := kube.Until(ctx, changeLimit, func(ctx context.Context) error {
		pods, err := installation.Pods(ctx, cluster, xr)
		for _, p := range pods {
			if p.Labels["app"] == "mattermost" {
				return errors.Errorf("pod %s still runs", p.Name)
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// backupOf an installation, to be applied: once, to the shared gateway.
func backupOf(t *testing.T, xr *unstructured.Unstructured, name string) *unstructured.Unstructured {
	t.Helper()
	return parsed(t, fmt.Sprintf(`
apiVersion: mattermost.crossplane.io/v1alpha1
kind: MattermostBackup
metadata: {name: %s, namespace: %s}
spec:
  installation: %s
  store:
    external:
      url: http://%s
      bucket: %s
      secret: mattermost-files
    prefix: %s
`, name, xr.GetNamespace(), xr.GetName(), storage.S3.Endpoint, backupStore, backupPrefix))[0]
}

// restoreOf an installation from one of its backups, to be applied.
func restoreOf(t *testing.T, xr *unstructured.Unstructured, name, backup string) *unstructured.Unstructured {
	t.Helper()
	return parsed(t, fmt.Sprintf(`
apiVersion: mattermost.crossplane.io/v1alpha1
kind: MattermostRestore
metadata: {name: %s, namespace: %s}
spec:
  mattermostClusterName: %s
  from: {backup: %s}
`, name, xr.GetNamespace(), xr.GetName(), backup))[0]
}

// backedUp applies a backup, waits until it is complete, and returns what its status
// says of it.
func backedUp(ctx context.Context, t *testing.T, backup *unstructured.Unstructured) map[string]any {
	t.Helper()
	start := time.Now()
	mustApply(ctx, t, backup)
	becomesState(ctx, t, backup, "complete")
	list, _, _ := unstructured.NestedSlice(current(ctx, t, backup).Object, "status", "backups")
	if len(list) != 1 {
		t.Fatalf("status.backups lists %d backups, want the one that was made", len(list))
	}
	out, _ := list[0].(map[string]any)
	t.Logf("backup: %.1f s: %v", time.Since(start).Seconds(), out)
	return out
}

// becomesState waits for a backup or a restore to be in a state.
func becomesState(ctx context.Context, t *testing.T, u *unstructured.Unstructured, want string) *unstructured.Unstructured {
	t.Helper()
	now := live(u)
	if err := kube.Until(ctx, restoreLimit, func(ctx context.Context) error {
		if err := cluster.Get(ctx, client.ObjectKeyFromObject(u), now); err != nil {
			return err
		}
		if got := told(now, "state"); got != want {
			return errors.Errorf("%s %s is %q in step %q, want %q", u.GetKind(), u.GetName(), got, told(now, "step"), want)
		}
		return nil
	}); err != nil {
		explain(ctx, t, now)
		t.Fatal(err)
	}
	return now
}

// restored applies a restore and waits until it is finished.
func restored(ctx context.Context, t *testing.T, restore *unstructured.Unstructured) *unstructured.Unstructured {
	t.Helper()
	start := time.Now()
	mustApply(ctx, t, restore)
	now := becomesState(ctx, t, restore, "finished")
	t.Logf("restore: %.1f s, downtime %q: %v", time.Since(start).Seconds(), told(now, "downtime"), now.Object["status"])
	return now
}

// deleteObjects that a test made beside its installation, with what they composed.
func deleteObjects(ctx context.Context, t *testing.T, objects ...*unstructured.Unstructured) {
	t.Helper()
	for _, o := range objects {
		if t.Failed() {
			if err := cluster.Get(ctx, client.ObjectKeyFromObject(o), o); err == nil {
				explain(ctx, t, o)
			}
		}
		if err := cluster.Delete(ctx, o.DeepCopy()); client.IgnoreNotFound(err) != nil {
			t.Errorf("cannot delete %s %s: %v", o.GetKind(), o.GetName(), err)
		}
		gone(ctx, t, o)
	}
}
