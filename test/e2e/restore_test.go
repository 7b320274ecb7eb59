package e2e

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

// TestRestoreBackup backs up an installation that is stopped, so that nobody changes
// anything, destroys its data, and gets it back: every row and every file.
func TestRestoreBackup(t *testing.T) {
	takesTurns(t)
	xr := restorable(t, "restore-backup")
	backup, restore := backupOf(t, xr, "first"), restoreOf(t, xr, "again", "first")

	environment.Test(t, features.New("Backup").
		Assess("EveryRowAndEveryFile", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			session, content := prepareRestore(ctx, t, xr)
			scaleTo(ctx, t, xr, 0)
			before := dataOf(ctx, t, xr)
			if len(before.Files) == 0 {
				t.Fatal("there are no files: there is nothing to prove")
			}
			report := backedUp(ctx, t, backup)
			if report["version"] != versionNow || !strings.HasPrefix(report["checksum"].(string), "sha256:") { //nolint:forcetypeassert // A panic fails the test.
				t.Errorf("the backup is told as %v", report)
			}
			destroy(ctx, t, xr)
			if cmp.Equal(before, dataOf(ctx, t, xr)) {
				t.Fatal("nothing was destroyed: there is nothing to prove")
			}
			finished := restored(ctx, t, restore)
			if diff := cmp.Diff(before, dataOf(ctx, t, xr)); diff != "" {
				t.Errorf("tables and files, -before, +after:\n%s", diff)
			}
			keptAside(ctx, t, xr, finished, true)
			scaleTo(ctx, t, xr, 1)
			sameContent(ctx, t, xr, session, content)
			neverRestarted(ctx, t, xr)
			return ctx
		}).
		Assess("ReplacedDataIsDeletedOnConsent", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			set(t, restore, "Delete", "spec", "replacedData")
			mustApply(ctx, t, restore)
			if err := kube.Until(ctx, restoreLimit, func(ctx context.Context) error {
				now := live(restore)
				if err := cluster.Get(ctx, client.ObjectKeyFromObject(restore), now); err != nil {
					return err
				}
				if left := told(now, "replaced"); left != "" {
					return errors.Errorf("%s is not deleted", left)
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			keptAside(ctx, t, xr, current(ctx, t, restore), false)
			return ctx
		}).
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			deleteObjects(ctx, t, restore, backup)
			uninstall(ctx, t, xr)
			return ctx
		}).
		Feature())
}

// keptAside fails unless the data that a restore replaced is, or is not, there.
func keptAside(ctx context.Context, t *testing.T, xr, restore *unstructured.Unstructured, want bool) {
	t.Helper()
	replaced := told(restore, "replaced")
	if (replaced != "") != want {
		t.Errorf("status.replaced is %q", replaced)
	}
	schemas, err := storage.Postgres.Schemas(ctx, xr.GetNamespace())
	if err != nil {
		t.Fatal(err)
	}
	found := ""
	for _, s := range schemas {
		if strings.HasPrefix(s, "replaced_") {
			found = s
		}
	}
	if found != replaced {
		t.Errorf("schemas are %v, and status.replaced is %q", schemas, replaced)
	}
}
