package dbtool_test

import (
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/local"
)

const kills = 10

// duration of a run that nobody interrupts.
func duration(run func()) time.Duration {
	begin := time.Now()
	run()
	return time.Since(begin)
}

// TestKilledRestore kills the program wherever it is. What is there then is the old data
// or the new, and another run brings the request to its end.
func TestKilledRestore(t *testing.T) {
	source := newDatabase(t, mattermost(100, "new")+wide(20000))
	want := dumped(t, source)
	bucket := newBucket(t)
	must(t, run(t, backupEnv(source, bucket, "chat-1"), job.CommandBackup))
	const key = "all/team/chat/chat-1"

	first := newDatabase(t, mattermost(100, "old"))
	whole := duration(func() { must(t, run(t, restoreEnv(t, first, bucket, key, "uid"), job.CommandRestore)) })

	for i := range kills {
		target := newDatabase(t, mattermost(100, "old"))
		before := dumped(t, target)
		e := restoreEnv(t, target, bucket, key, "uid").with(env{"PATIENCE": "30s"})
		cmd, wait := start(t, e, job.CommandRestore)
		after := time.Duration(i)*whole/kills + rand.N(whole/kills) //nolint:gosec // Any moment will do.
		timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
		killed := wait()
		timer.Stop()

		replaced := query(t, target, "SELECT value FROM systems") == "new"
		if replaced {
			wantSame(t, "the new data", want, dumped(t, target))
		} else {
			wantSame(t, "the old data", before, dumped(t, target))
		}
		second := must(t, run(t, e, job.CommandRestore)).Restored
		wantSame(t, "the data after a second run", want, dumped(t, target))
		third := must(t, run(t, e, job.CommandRestore)).Restored
		if diff := cmp.Diff(second, third); diff != "" {
			t.Errorf("the third run has another result: %s", diff)
		}
		if old := query(t, target, "SELECT value FROM "+second.Replaced+".systems"); old != "old" {
			t.Errorf("the replaced data is %q", old)
		}
		t.Logf("killed after %s of %s (code %d): replaced %t", after, whole, killed.code, replaced)
	}
}

// TestKilledBackup kills the program at any point. Afterwards there is a whole backup or
// none, and nothing is left of interrupted ones once their leases have ended.
func TestKilledBackup(t *testing.T) {
	source := newDatabase(t, mattermost(100, "new")+wide(100000))
	bucket := newBucket(t)
	e := backupEnv(source, bucket, "whole").with(env{job.EnvFilesDirectory: filesDirectory(t, 200), "LEASE": "3s", "GRACE": "0s"})
	whole := duration(func() { must(t, run(t, e, job.CommandBackup)) })
	for i := range kills {
		name := "killed-" + string(rune('a'+i))
		e := e.with(env{job.EnvBackupName: name, job.EnvStorePrefix: "prefix/" + name})
		cmd, wait := start(t, e, job.CommandBackup)
		timer := time.AfterFunc(time.Duration(i)*whole/kills, func() { _ = cmd.Process.Kill() })
		wait()
		timer.Stop()
		made := must(t, run(t, e, job.CommandBackup)).Backups
		if len(made) != 1 || made[0].Name != name || made[0].Files != 200 {
			t.Errorf("backups: %+v", made)
		}
		must(t, run(t, e, "verify", name))
		pruneWhenAlone(t, e)
		for upload := range here.Buckets.ListIncompleteUploads(t.Context(), bucket, "prefix/"+name, true) {
			t.Errorf("an upload was left: %s", upload.Key)
		}
		// The objects are a manifest, a dump, a list, an identity, and the files' contents.
		if left := keys(t, bucket, "prefix/"+name); len(left) != 4+len(keys(t, bucket, "all/team/chat/files/")) {
			t.Errorf("killed after %d of %d: left are %v", i, kills, left)
		}
	}
}

// pruneWhenAlone waits until the leases of killed backups have ended.
func pruneWhenAlone(t *testing.T, e env) job.Result {
	t.Helper()
	result := job.Result{}
	err := local.Await(t.Context(), func() error {
		o := run(t, e, "prune")
		if o.code == job.CodeRetry {
			return errors.New(o.output)
		}
		result = must(t, o)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// TestSessionOfAKilledRestore proves that a restore does not wait for what the server
// still does for a predecessor that was killed.
func TestSessionOfAKilledRestore(t *testing.T) {
	bucket := newBucket(t)
	database := newDatabase(t, mattermost(100, "old"))
	put(t, bucket, "custom", pgDump(t, database, "-Fc"))
	config, err := pgconn.ParseConfig(here.URL(database, database))
	if err != nil {
		t.Fatal(err)
	}
	config.RuntimeParams["application_name"] = "mattermost-dbtool restore"
	conn, err := pgconn.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), "BEGIN; DROP TABLE systems").ReadAll(); err != nil {
		t.Fatal(err)
	}
	must(t, run(t, restoreEnv(t, database, bucket, "custom", "uid-1"), job.CommandRestore))
	_, err = conn.Exec(t.Context(), "COMMIT").ReadAll()
	if answer := (*pgconn.PgError)(nil); err == nil || errors.As(err, &answer) && !strings.HasPrefix(answer.Code, "57") {
		t.Errorf("the predecessor's session was not ended: %v", err)
	}
}
