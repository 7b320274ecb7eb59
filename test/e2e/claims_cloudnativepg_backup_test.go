package e2e

import (
	"context"
	"fmt"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"
)

// TestClaimsCloudNativePGBackup keeps a database's archive with the plugin Barman Cloud:
// every change, and backups by the platform's schedule and by its user's. What is wrong
// with the archive is told, and what is in it outlives the database.
func TestClaimsCloudNativePGBackup(t *testing.T) {
	composition, _ := archiving(t)
	xr := claiming(t, "archived", "archived")
	set(t, xr, int64(1), "spec", "replicas")
	database := &servers{claim: claimOf(xr), count: 1}
	once, nightly := nativeOf(t, xr, "once"), nativeOf(t, xr, "nightly")
	denied, after := nativeOf(t, xr, "denied"), nativeOf(t, xr, "after")
	set(t, nightly, "* * * * *", "spec", "schedule")
	running := &untouched{}

	environment.Test(t, features.New("CloudNativePGBackup").
		Setup(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			prepareFiles(ctx, t, xr)
			prepareArchive(ctx, t, xr)
			mustApply(ctx, t, composition.DeepCopy())
			return ctx
		}).
		Assess("ArchivesFromTheFirst", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			install(ctx, t, xr.DeepCopy())
			becomes(ctx, t, live(xr), changeLimit, "RolloutComplete", "True")
			database.archives(ctx, t)
			database.settled(ctx, t)
			running.remember(ctx, t, xr)
			return ctx
		}).
		Assess("BacksUpOnce", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			database.stored(ctx, t, fmt.Sprint(backedUp(ctx, t, once)["name"]))
			return ctx
		}).
		Assess("BacksUpOnASchedule", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			mustApply(ctx, t, nightly)
			first := onlyBackup(ctx, t, nightly, "")
			database.stored(ctx, t, first)
			becomes(ctx, t, live(nightly), changeLimit, "BackupComplete", "True")
			set(t, nightly, true, "spec", "suspend")
			mustApply(ctx, t, nightly)
			becomesState(ctx, t, nightly, "suspended")
			return ctx
		}).
		Assess("TellsThatItIsDenied", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			openArchive(ctx, t, xr, "wrong")
			database.denied(ctx, t)
			tells(ctx, t, database.claim, "ArchiveReady", "ArchiveFailing", `Secret "chat-backup"`, "ACCESS_SECRET_KEY", "s3://"+archiveStore)
			mustApply(ctx, t, denied)
			tells(ctx, t, denied, "BackupComplete", "NativeFailed", "exit status", "ArchiveReady")
			becomes(ctx, t, live(xr), changeLimit, "Ready", "True")
			running.check(ctx, t, xr)
			return ctx
		}).
		Assess("GoesOnOnceItIsAllowed", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			openArchive(ctx, t, xr, storage.S3.SecretKey)
			// The backup that failed is told until another one succeeds.
			tells(ctx, t, database.claim, "ArchiveReady", "BackupFailed", "MattermostBackup", "Native")
			database.stored(ctx, t, fmt.Sprint(backedUp(ctx, t, after)["name"]))
			database.archives(ctx, t)
			running.check(ctx, t, xr)
			neverRestarted(ctx, t, xr)
			return ctx
		}).
		Assess("OutlivesTheDatabase", func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			before, volumes := archivedObjects(ctx, t), database.volumes(ctx, t)
			remove(ctx, t, xr)
			for _, o := range append(volumes, database.cluster()) {
				gone(ctx, t, o)
			}
			left := archivedObjects(ctx, t)
			for key, digest := range before {
				if left[key] != digest {
					t.Errorf("%s is lost, or another", key)
				}
			}
			t.Logf("%d objects were archived, and %d are", len(before), len(left))
			return ctx
		}).
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			deleteObjects(ctx, t, once, nightly, denied, after)
			uninstall(ctx, t, xr)
			if err := cluster.Delete(ctx, composition.DeepCopy()); client.IgnoreNotFound(err) != nil {
				t.Errorf("cannot delete the Composition: %v", err)
			}
			return ctx
		}).
		Feature())
}
