package dbtool_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"golang.org/x/sys/unix"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/local"
)

// disk of so many mebibytes, which every account may enter and nobody else fills.
func disk(t *testing.T, mebibytes int) string {
	t.Helper()
	// Others may not enter the test's own directory.
	dir, err := os.MkdirTemp("", "disk-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(dir) })
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, room(mebibytes)); err != nil {
		t.Skipf("NOTHING IS PROVED HERE: a file system cannot be mounted: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Errorf("cannot unmount %s: %v", dir, err)
		}
	})
	return dir
}

// grow a disk.
func grow(t *testing.T, dir string, mebibytes int) {
	t.Helper()
	if err := unix.Mount("tmpfs", dir, "tmpfs", unix.MS_REMOUNT, room(mebibytes)); err != nil {
		t.Fatal(err)
	}
}

func room(mebibytes int) string { return fmt.Sprintf("mode=755,size=%dm", mebibytes) }

// elsewhere has the rest of a test run with a server of its own on a disk of its own. The
// others are everybody's.
func elsewhere(t *testing.T, own *local.Servers, begin func(context.Context, *local.Servers) error) {
	t.Helper()
	everybodys := here
	t.Cleanup(func() {
		own.Stop()
		here = everybodys
	})
	if err := begin(t.Context(), own); err != nil {
		t.Fatal(err)
	}
	here = own
}

func unannounced(_ string, run func(context.Context) error) error { return run(context.Background()) }

// wantFull fails the test unless the program said that the disk is full, and that another
// attempt would not help.
func wantFull(t *testing.T, got outcome) {
	t.Helper()
	if got.code != job.CodeFinal || got.result.Reason != job.ReasonDiskFull || got.result.Message == "" {
		t.Errorf("code %d, result %+v, want %s\n%s", got.code, got.result, job.ReasonDiskFull, got.output)
	}
}

// TestFullDatabase proves that a restore for which the database has no room changes
// nothing, and that the server goes on.
func TestFullDatabase(t *testing.T) {
	source := newDatabase(t, mattermost(100, "new")+wide(100000))
	bucket := newBucket(t)
	must(t, run(t, backupEnv(source, bucket, "chat-1"), job.CommandBackup))

	dir := disk(t, 20)
	if _, err := local.Account(dir); err != nil {
		t.Fatal(err)
	}
	query(t, "postgres", "CREATE TABLESPACE small LOCATION '"+dir+"'")
	t.Cleanup(func() { forgotten(t, "DROP TABLESPACE small") })
	target := newDatabase(t, mattermost(100, "old"))
	query(t, "postgres", "ALTER DATABASE "+target+" SET TABLESPACE small")
	before := dumped(t, target)

	e := restoreEnv(t, target, bucket, "all/team/chat/chat-1", "uid")
	for range 2 {
		wantFull(t, run(t, e, job.CommandRestore))
		wantSame(t, "the data", before, dumped(t, target))
	}
	grow(t, dir, 200)
	must(t, run(t, e, job.CommandRestore))
	wantSame(t, "the data that was restored", dumped(t, source), dumped(t, target))
}

// forgotten as the superuser, after the test.
func forgotten(t *testing.T, sql string) {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), here.URL(local.Superuser, "postgres"))
	if err != nil {
		t.Error(err)
		return
	}
	if _, err := conn.Exec(context.Background(), sql); err != nil {
		t.Error(err)
	}
	_ = conn.Close(context.Background())
}

// TestFullDatabaseServer proves the same where the server's log of changes is on the full
// disk. The server then ends, and has to be given room before it starts again.
func TestFullDatabaseServer(t *testing.T) {
	source := newDatabase(t, mattermost(100, "new")+wide(100000))
	want := dumped(t, source)
	bucket := newBucket(t)
	must(t, run(t, backupEnv(source, bucket, "chat-1"), job.CommandBackup))

	dir := disk(t, 60)
	begin := func(ctx context.Context, own *local.Servers) error {
		// Nobody but the one who restores is to write to the log.
		return own.StartPostgres(ctx, unannounced, "fsync=off", "autovacuum=off", "wal_writer_delay=10s", "bgwriter_lru_maxpages=0")
	}
	elsewhere(t, &local.Servers{Dir: dir, Tool: here.Tool, Gateway: here.Gateway, Buckets: here.Buckets}, begin)
	target := newDatabase(t, mattermost(100, "old"))
	before := dumped(t, target)

	e := restoreEnv(t, target, bucket, "all/team/chat/chat-1", "uid")
	wantFull(t, run(t, e, job.CommandRestore))
	if err := local.Await(t.Context(), func() error { return stopped(t.Context()) }); err != nil {
		t.Fatal(err)
	}
	grow(t, dir, 300)
	if err := begin(t.Context(), here); err != nil {
		t.Fatal(err)
	}
	wantSame(t, "the data", before, dumped(t, target))
	must(t, run(t, e, job.CommandRestore))
	wantSame(t, "the data that was restored", want, dumped(t, target))
}

// stopped says, as an error, that the database's server listens.
func stopped(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, here.URL(local.Superuser, "postgres"))
	if errors.Is(err, syscall.ECONNREFUSED) {
		return nil
	}
	if err == nil {
		err = conn.Close(ctx)
	}
	return errors.Join(errors.New("the server still listens"), err)
}

// TestFullBucket proves that a backup for which the bucket has no room is none, leaves
// those that are there, and takes what it stored with it. The gateway says no more than
// that it failed.
func TestFullBucket(t *testing.T) {
	for name, of := range map[string]struct {
		database string
		files    int
	}{
		"Database": {database: wide(200000)},
		"Files":    {files: 40},
	} {
		t.Run(name, func(t *testing.T) {
			source := newDatabase(t, mattermost(100, "new"))
			dir := disk(t, 4)
			elsewhere(t, &local.Servers{Dir: dir, Tool: here.Tool, Programs: here.Programs, Postgres: here.Postgres}, func(ctx context.Context, own *local.Servers) error {
				return own.StartGateway(ctx, unannounced)
			})
			bucket := newBucket(t)
			must(t, run(t, backupEnv(source, bucket, "first").with(env{job.EnvFilesDirectory: incompressible(t, 2)}), job.CommandBackup))
			before := keys(t, bucket, "")

			load(t, source, of.database)
			// Retention would not keep the first, if there were a second.
			e := backupEnv(source, bucket, "second").with(env{job.EnvFilesDirectory: incompressible(t, of.files), job.EnvKeepCount: "1", "GRACE": "0s"})
			got := run(t, e, job.CommandBackup)
			if got.code != job.CodeRetry || got.result.Reason != job.ReasonUnavailable || len(got.result.Backups) != 0 {
				t.Errorf("code %d, result %+v, want %s\n%s", got.code, got.result, job.ReasonUnavailable, got.output)
			}
			if diff := cmp.Diff(before, keys(t, bucket, "")); diff != "" {
				t.Errorf("objects after a backup that failed: -before, +after:\n%s", diff)
			}
			must(t, run(t, e, "verify", "first"))

			grow(t, dir, 100)
			made := must(t, run(t, e.with(env{job.EnvKeepCount: "2"}), job.CommandBackup)).Backups
			if len(made) != 2 || made[0].Name != "second" || made[0].Files != int64(of.files) {
				t.Errorf("backups once there is room: %+v", made)
			}
		})
	}
}

// TestFullScratch proves that a dump for which a Job's node has no room is not restored.
func TestFullScratch(t *testing.T) {
	bucket, database := newBucket(t), newDatabase(t, mattermost(100, "old"))
	out := filepath.Join(t.TempDir(), "dump")
	pgDump(t, newDatabase(t, mattermost(100, "new")+wide(100000)), "-Fd", "-f", out)
	entries, err := os.ReadDir(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(out, entry.Name())) //nolint:gosec // Just written.
		if err != nil {
			t.Fatal(err)
		}
		put(t, bucket, "directory/"+entry.Name(), content)
	}
	before := dumped(t, database)
	e := restoreEnv(t, database, bucket, "directory", "uid")
	scratch := disk(t, 2)
	for _, command := range []string{job.CommandCheck, job.CommandRestore} {
		wantFull(t, run(t, e.with(env{job.EnvScratch: scratch}), command))
		wantSame(t, "the data", before, dumped(t, database))
	}
	if left, err := os.ReadDir(scratch); err != nil || len(left) > 0 {
		t.Errorf("left in the scratch directory: %v, %v", left, err)
	}
	must(t, run(t, e, job.CommandRestore))
}

// TestFullFileStore proves that a restore whose files have no room does not touch the
// database.
func TestFullFileStore(t *testing.T) {
	bucket, source := newBucket(t), newDatabase(t, mattermost(100, "new"))
	e := backupEnv(source, bucket, "chat-1").with(env{job.EnvFilesDirectory: incompressible(t, 40)})
	must(t, run(t, e, job.CommandBackup))
	target := newDatabase(t, mattermost(100, "old"))
	before, store := dumped(t, target), disk(t, 2)
	restore := restoreEnv(t, target, bucket, "all/team/chat/chat-1", "uid").with(env{job.EnvFilesDirectory: store})
	wantFull(t, run(t, restore, job.CommandRestore))
	wantSame(t, "the data", before, dumped(t, target))
	grow(t, store, 20)
	must(t, run(t, restore, job.CommandRestore))
}

// incompressible files of 128 KiB each.
func incompressible(t *testing.T, count int) string {
	t.Helper()
	dir := t.TempDir()
	for i := range count {
		content := make([]byte, 128<<10)
		_, _ = rand.Read(content)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.bin", i)), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
