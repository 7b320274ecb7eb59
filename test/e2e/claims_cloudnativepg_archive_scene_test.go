package e2e

import (
	"context"
	"fmt"
	"path"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

// archiveStore keeps the archives of databases, on the shared gateway.
const archiveStore = "archives"

// archived has CloudNativePG make databases, and keep backups and every change of them on
// the shared gateway.
const archived = `
cloudNativePG:
  version: "VERSION"
  instances: 1
  storageSize: 1Gi
  backup:
    destinationPath: s3://STORE
    endpointURL: http://GATEWAY
    secretName: $(name)-backup
    retentionDays: 7
`

// archiving is the Composition of that, with the version of PostgreSQL that there is an
// image of.
func archiving(t *testing.T) (composition *unstructured.Unstructured, major string) {
	t.Helper()
	_, major, err := artifact.PostgreSQL()
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("VERSION", major, "STORE", archiveStore, "GATEWAY", storage.S3.Endpoint).Replace(archived)
	return offering(t, "archived", text), major
}

// prepareArchive makes the store of archives, with nothing of another run in it, and what
// opens it.
func prepareArchive(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) {
	t.Helper()
	if err := storage.S3.Bucket(ctx, archiveStore); err != nil {
		t.Fatal(err)
	}
	if err := storage.S3.Empty(ctx, archiveStore, xr.GetNamespace()+"/"); err != nil {
		t.Fatal(err)
	}
	openArchive(ctx, t, xr, storage.S3.SecretKey)
}

// openArchive of a database with a key, which may be wrong.
func openArchive(ctx context.Context, t *testing.T, xr *unstructured.Unstructured, key string) {
	t.Helper()
	secret(ctx, t, xr, xr.GetName()+"-backup", map[string]string{"ACCESS_KEY_ID": storage.S3.AccessKey, "ACCESS_SECRET_KEY": key})
}

// nativeOf an installation is a backup that the operator of its database makes, to be
// applied.
func nativeOf(t *testing.T, xr *unstructured.Unstructured, name string) *unstructured.Unstructured {
	t.Helper()
	return parsed(t, fmt.Sprintf(`
apiVersion: mattermost.crossplane.io/v1alpha1
kind: MattermostBackup
metadata: {name: %s, namespace: %s}
spec:
  installation: %s
  method: Native
  files: false
`, name, xr.GetNamespace(), xr.GetName()))[0]
}

// folder of the database in the store of archives.
func (s *servers) folder(ctx context.Context, t *testing.T) string {
	t.Helper()
	plugins, _, _ := unstructured.NestedSlice(current(ctx, t, s.cluster()).Object, "spec", "plugins")
	if len(plugins) != 1 {
		t.Fatalf("the operator's cluster has %d plugins, want 1", len(plugins))
	}
	server, _, _ := unstructured.NestedString(plugins[0].(map[string]any), "parameters", "serverName") //nolint:forcetypeassert // A panic fails the test.
	return path.Join(s.claim.GetNamespace(), server)
}

// archivedObjects are those of the store of archives, digested by key.
func archivedObjects(ctx context.Context, t *testing.T) map[string]string {
	t.Helper()
	out, err := storage.S3.Objects(ctx, archiveStore)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// archives waits until all that is needed to recover the database is archived, and fails
// unless the plugin keeps it for as long as the platform says.
func (s *servers) archives(ctx context.Context, t *testing.T) {
	t.Helper()
	start := time.Now()
	if err := kube.Until(ctx, restoreLimit, func(ctx context.Context) error {
		return conditionOf(ctx, s.claim, "ArchiveReady")
	}); err != nil {
		explain(ctx, t, current(ctx, t, s.claim))
		t.Fatal(err)
	}
	t.Logf("archived: %.1f s", time.Since(start).Seconds())
	store := current(ctx, t, s.object("barmancloud.cnpg.io/v1", "ObjectStore", "-pg"))
	if policy, _, _ := unstructured.NestedString(store.Object, "spec", "retentionPolicy"); policy != "7d" {
		t.Errorf("the plugin keeps backups for %q, want 7d", policy)
	}
	if point := told(store, "serverRecoveryWindow", path.Base(s.folder(ctx, t)), "firstRecoverabilityPoint"); point == "" {
		t.Errorf("the plugin knows no moment to recover: %v", store.Object["status"])
	}
}

// stored fails unless a backup that is listed is in the store.
func (s *servers) stored(ctx context.Context, t *testing.T, name string) {
	t.Helper()
	backup := s.object("postgresql.cnpg.io/v1", "Backup", "")
	backup.SetName(name)
	base := path.Join(s.folder(ctx, t), "base", told(current(ctx, t, backup), "backupId"))
	objects := archivedObjects(ctx, t)
	for _, file := range []string{"backup.info", "data.tar.gz"} {
		if _, is := objects[path.Join(base, file)]; !is {
			t.Errorf("%s/%s is not in the store", base, file)
		}
	}
}

// denied changes the database until a change cannot be archived: the plugin knows a key
// for a few seconds after it was changed.
func (s *servers) denied(ctx context.Context, t *testing.T) {
	t.Helper()
	if err := kube.Until(ctx, changeLimit, func(ctx context.Context) error {
		inPod(ctx, t, s.claim.GetNamespace(), s.primary(ctx, t), "psql --quiet --command 'CHECKPOINT' --command 'SELECT pg_switch_wal()'")
		if conditionOf(ctx, s.cluster(), "ContinuousArchiving") == nil {
			return errors.New("changes are archived")
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
