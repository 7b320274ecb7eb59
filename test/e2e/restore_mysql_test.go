package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/backends"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/installation"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

const guideMySQL = `
apiVersion: mattermost.crossplane.io/v1alpha1
kind: MattermostRestore
metadata: {name: from-mysql, namespace: %s}
spec:
  mattermostClusterName: %s
  initBucketURL: s3://%s/mysql/mattermost.sql.gz
  restoreSecret: test-restore
`

// TestRestoreMySQL takes a server of before PostgreSQL to the present: what was written
// on MariaDB is dumped, restored to a new installation on PostgreSQL, and upgraded.
func TestRestoreMySQL(t *testing.T) {
	takesTurns(t)
	from, to := restorable(t, "restore-mysql-from"), restorable(t, "restore-mysql-to")
	set(t, from, versionPast, "spec", "version")
	set(t, to, versionPast, "spec", "version")
	var session *installation.Session
	var content *installation.Content

	environment.Test(t, features.New("MySQL").
		Assess("ServesFromMariaDB", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			mariadb := prepareMariaDB(ctx, t, from)
			session, content = populate(ctx, t, from)
			scaleTo(ctx, t, from, 0)
			uploaded(ctx, t, "mysql/mattermost.sql.gz", inPod(ctx, t, "storage", "mariadb-0", mariadb.DumpCommand(from.GetNamespace())))
			return ctx
		}).
		Assess("RestoredToPostgreSQL", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			prepareEmpty(ctx, t, to)
			openedBy(ctx, t, to)
			copyFiles(ctx, t, from, to)
			restored(ctx, t, parsed(t, fmt.Sprintf(guideMySQL, to.GetNamespace(), to.GetName(), backupStore))[0])
			becomes(ctx, t, live(to), changeLimit, "RolloutComplete", "True")
			session = sameContent(ctx, t, to, session, content)
			return ctx
		}).
		Assess("Upgraded", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			set(t, to, versionNow, "spec", "version")
			set(t, to, []any{map[string]any{"rule": "SkipESR", "reason": "The test's platform has no release in between."}}, "spec", "upgrade", "allow")
			mustApply(ctx, t, to.DeepCopy())
			becomes(ctx, t, live(to), upgradeLimit, "RolloutComplete", "True")
			// A server of 9.10 that still ends cannot read what 11.4 made of the schema.
			endedButOne(ctx, t, to)
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

// prepareMariaDB makes what an installation refers to, with its database on MariaDB.
func prepareMariaDB(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) *backends.MariaDB {
	t.Helper()
	mariadb, err := backends.RunMariaDB(ctx, cluster, "storage")
	if err != nil {
		t.Fatal(err)
	}
	if err := installation.Prepare(ctx, cluster, storage, xr); err != nil {
		t.Fatal(err)
	}
	url, err := mariadb.Database(ctx, xr.GetNamespace())
	if err != nil {
		t.Fatal(err)
	}
	if err := kube.Secret(ctx, cluster, xr.GetNamespace(), "mattermost-database", map[string]string{
		"DB_CONNECTION_STRING": url, "MM_SQLSETTINGS_DATASOURCE": strings.TrimPrefix(url, "mysql://"),
	}); err != nil {
		t.Fatal(err)
	}
	if err := storage.S3.Bucket(ctx, backupStore); err != nil {
		t.Fatal(err)
	}
	return mariadb
}
