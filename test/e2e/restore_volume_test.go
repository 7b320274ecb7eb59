package e2e

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"
)

// filesOnVolume is where servers keep files that are not in a bucket.
const filesOnVolume = "/mattermost/data"

// TestRestoreVolume backs up an installation that keeps its files on a volume, while two
// replicas serve with it, destroys its data, and gets it back, on the same volume.
func TestRestoreVolume(t *testing.T) {
	xr := restorable(t, "restore-volume")
	stores := xr.DeepCopy()
	set(t, xr, map[string]any{"local": map[string]any{"enabled": true, "storageSize": "1Gi"}}, "spec", "fileStore")
	set(t, xr, int64(2), "spec", "replicas")
	backup, restore := backupOf(t, xr, "first"), restoreOf(t, xr, "again", "first")

	environment.Test(t, features.New("Volume").
		Assess("EveryFileIsBack", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			prepareStores(ctx, t, stores)
			session, content := populate(ctx, t, xr)
			before := onVolume(ctx, t, xr)
			if before == "" {
				t.Fatal("there are no files: there is nothing to prove")
			}
			elsewhere, err := storage.S3.Objects(ctx, xr.GetNamespace())
			if err != nil || len(elsewhere) > 0 {
				t.Fatalf("files are in a bucket: %v, %v", elsewhere, err)
			}
			backedUp(ctx, t, backup)

			destroyTables(ctx, t, xr)
			inPod(ctx, t, xr.GetNamespace(), serverPods(ctx, t, xr)[0], "find "+filesOnVolume+" -mindepth 1 -delete")
			if left := onVolume(ctx, t, xr); left != "" {
				t.Fatalf("files are left, so that there is nothing to prove:\n%s", left)
			}
			restored(ctx, t, restore)
			becomes(ctx, t, live(xr), changeLimit, "RolloutComplete", "True")
			if diff := cmp.Diff(before, onVolume(ctx, t, xr)); diff != "" {
				t.Errorf("files on the volume, -before, +after:\n%s", diff)
			}
			sameContent(ctx, t, xr, session, content)
			neverRestarted(ctx, t, xr)
			return ctx
		}).
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			deleteObjects(ctx, t, restore, backup)
			uninstall(ctx, t, xr)
			return ctx
		}).
		Feature())
}

// onVolume are the digests and names of all files that a server has on its volume.
func onVolume(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) string {
	t.Helper()
	return string(inPod(ctx, t, xr.GetNamespace(), serverPods(ctx, t, xr)[0],
		"find "+filesOnVolume+" -type f -print0 | sort -z | xargs -0 --no-run-if-empty sha256sum"))
}
