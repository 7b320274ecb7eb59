package e2e

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"
)

// TestRestoreVolume backs up an installation that keeps its files on a volume, while two
// replicas serve with it, destroys its data, and gets it back, on the same volume.
func TestRestoreVolume(t *testing.T) {
	takesTurns(t)
	xr := restorable(t, "restore-volume")
	stores := xr.DeepCopy()
	set(t, xr, map[string]any{"local": map[string]any{"enabled": true, "storageSize": "1Gi"}}, "spec", "fileStore")
	set(t, xr, int64(2), "spec", "replicas")
	backup, restore := backupOf(t, xr, "first"), restoreOf(t, xr, "again", "first")

	environment.Test(t, features.New("Volume").
		Assess("EveryFileIsBack", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			prepareStores(ctx, t, stores)
			session, content := populate(ctx, t, xr)
			dir := volumeOf(ctx, t, xr)
			before := filesIn(t, dir)
			if len(before) == 0 {
				t.Fatal("there are no files: there is nothing to prove")
			}
			elsewhere, err := storage.S3.Objects(ctx, xr.GetNamespace())
			if err != nil || len(elsewhere) > 0 {
				t.Fatalf("files are in a bucket: %v, %v", elsewhere, err)
			}
			backedUp(ctx, t, backup)

			destroyTables(ctx, t, xr)
			emptied(t, dir)
			restored(ctx, t, restore)
			becomes(ctx, t, live(xr), changeLimit, "RolloutComplete", "True")
			if diff := cmp.Diff(before, filesIn(t, dir)); diff != "" {
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

// volumeOf an installation is the directory of this machine that it keeps its files in.
func volumeOf(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) string {
	t.Helper()
	claims := &corev1.PersistentVolumeClaimList{}
	if err := cluster.List(ctx, claims, client.InNamespace(xr.GetNamespace())); err != nil {
		t.Fatal(err)
	}
	if len(claims.Items) != 1 {
		t.Fatalf("there are %d claims of volumes, want one for files", len(claims.Items))
	}
	volume := &corev1.PersistentVolume{}
	if err := cluster.Get(ctx, client.ObjectKey{Name: claims.Items[0].Spec.VolumeName}, volume); err != nil {
		t.Fatal(err)
	}
	if volume.Spec.HostPath == nil {
		t.Fatalf("volume %s is not a directory of this machine", volume.Name)
	}
	return volume.Spec.HostPath.Path
}

// filesIn a directory are the digests of their content by name.
func filesIn(t *testing.T, dir string) map[string]string {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = root.Close() }()
	out := map[string]string{}
	if err := fs.WalkDir(root.FS(), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := fs.ReadFile(root.FS(), path)
		out[path] = fmt.Sprintf("%x", sha256.Sum256(content))
		return err
	}); err != nil {
		t.Fatalf("cannot read the files on the volume: %v", err)
	}
	return out
}

// emptied of everything that is in it, a directory stays.
func emptied(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
}
