package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"
)

const guideClone = `
apiVersion: mattermost.crossplane.io/v1alpha1
kind: MattermostRestore
metadata: {name: clone, namespace: %s}
spec:
  mattermostClusterName: %s
  initBucketURL: s3://%s/%s
  restoreSecret: test-restore
`

// TestRestoreClone makes a second installation of another's backup, in a namespace of
// its own. Its configuration names its own site and its own database.
func TestRestoreClone(t *testing.T) {
	takesTurns(t)
	from, to := restorable(t, "restore-clone-from"), restorable(t, "restore-clone-to")
	set(t, from, map[string]any{"enabled": true, "host": "from.example.com"}, "spec", "ingress")
	set(t, to, map[string]any{"enabled": true, "host": "to.example.com"}, "spec", "ingress")
	backup := backupOf(t, from, "first")

	environment.Test(t, features.New("Clone").
		Assess("HasTheDataAndItsOwnName", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			session, content := prepareRestore(ctx, t, from)
			name := backedUp(ctx, t, backup)["name"]
			files := dataOf(ctx, t, from).Files

			prepareEmpty(ctx, t, to)
			openedBy(ctx, t, to)
			restored(ctx, t, parsed(t, fmt.Sprintf(guideClone, to.GetNamespace(), to.GetName(), backupStore,
				fmt.Sprintf(backupPrefix+"/%s/%s/%s", from.GetNamespace(), backup.GetName(), name)))[0])
			becomes(ctx, t, live(to), changeLimit, "RolloutComplete", "True")
			sameContent(ctx, t, to, session, content)
			if diff := missingIn(files, dataOf(ctx, t, to).Files); diff != "" {
				t.Errorf("files that the clone lacks:\n%s", diff)
			}
			config, err := storage.Postgres.Text(ctx, to.GetNamespace(), "SELECT value FROM configurations WHERE active")
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(config, "from.example.com") || strings.Contains(config, "/"+from.GetNamespace()+"?") {
				t.Error("the stored configuration still names the site or the database that the backup is of")
			}
			sameContent(ctx, t, from, session, content)
			return ctx
		}).
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			deleteObjects(ctx, t, backup)
			uninstall(ctx, t, to)
			uninstall(ctx, t, from)
			return ctx
		}).
		Feature())
}

// missingIn what is there of what is wanted, empty for nothing.
func missingIn(want, got map[string]string) string {
	common := map[string]string{}
	for k := range want {
		if v, ok := got[k]; ok {
			common[k] = v
		}
	}
	return cmp.Diff(want, common)
}
