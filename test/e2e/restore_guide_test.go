package e2e

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"
)

// guideRestore is the user guide's restore manifest, with only apiVersion, kind and
// the blanks changed.
const guideRestore = `
apiVersion: mattermost.crossplane.io/v1alpha1
kind: MattermostRestore
metadata:
  name: example-mattermostrestoredb
  namespace: %s
spec:
  initBucketURL: s3://%s/%s
  mattermostClusterName: %s
  mattermostDBName: %s
  mattermostDBPassword: %q
  mattermostDBUser: %s
  restoreSecret: test-restore
`

// TestRestoreGuide follows the user guide: a dump that somebody made by hand and put
// into a bucket becomes the data of a new installation.
func TestRestoreGuide(t *testing.T) {
	takesTurns(t)
	from, to := restorable(t, "restore-guide-from"), restorable(t, "restore-guide-to")

	environment.Test(t, features.New("Guide").
		Assess("NewInstallationHasTheData", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			session, content := prepareRestore(ctx, t, from)
			scaleTo(ctx, t, from, 0)
			rows := dataOf(ctx, t, from).Tables
			uploaded(ctx, t, "guide/my-backup.gz", inPod(ctx, t, "storage", "postgres-0",
				fmt.Sprintf("PGPASSWORD=$POSTGRES_PASSWORD pg_dump --host=127.0.0.1 --username=postgres %q | gzip", from.GetNamespace())))

			prepareEmpty(ctx, t, to)
			owner := databaseOwner(ctx, t, to)
			openedBy(ctx, t, to)
			copyFiles(ctx, t, from, to)
			scaleTo(ctx, t, to, 0)
			restored(ctx, t, parsed(t, fmt.Sprintf(guideRestore,
				to.GetNamespace(), backupStore, "guide/my-backup.gz", to.GetName(), to.GetNamespace(), owner.Password, owner.Username))[0])
			got := dataOf(ctx, t, to).Tables
			// It says how to reach the database, which is another one.
			delete(rows, "configurations")
			delete(got, "configurations")
			if diff := cmp.Diff(rows, got); diff != "" {
				t.Errorf("tables, -dumped, +restored:\n%s", diff)
			}
			scaleTo(ctx, t, to, 1)
			sameContent(ctx, t, to, session, content)
			return ctx
		}).
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			uninstall(ctx, t, to)
			uninstall(ctx, t, from)
			return ctx
		}).
		Feature())
}
