package dbtool_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/local"
)

// originEnv of a source that is a database.
func originEnv(t *testing.T, target, source, request string) env {
	t.Helper()
	e := restoreEnv(t, target, "", "", request).with(env{job.EnvSourceDatabaseURL: here.URL(source, source)})
	for name := range e {
		if strings.HasPrefix(name, "STORE_") {
			delete(e, name)
		}
	}
	return e
}

// TestOrigin restores another database, of which nothing was stored. What a restore of
// before left behind there does not come along.
func TestOrigin(t *testing.T) {
	source := newDatabase(t, mattermost(100, "new")+awkward+wide(2000)+"CREATE SCHEMA replaced_0a1b; CREATE TABLE replaced_0a1b.systems ();")
	want := dumped(t, source)
	target := newDatabase(t, mattermost(100, "old"))
	before := dumped(t, target)
	e := originEnv(t, target, source, "uid-1")

	checked := must(t, run(t, e, job.CommandCheck)).Restored
	if checked == nil || checked.Rows < 2000 || !checked.At.IsZero() {
		t.Errorf("check: %+v", checked)
	}
	wantSame(t, "the data", before, dumped(t, target))

	restored := must(t, run(t, e, job.CommandRestore)).Restored
	wantSame(t, "the data", want, dumped(t, target))
	if restored.Rows != checked.Rows || restored.Tables != checked.Tables || restored.At.IsZero() {
		t.Errorf("restored %+v, and check said %+v", restored, checked)
	}
	if got := query(t, target, "SELECT value FROM "+restored.Replaced+".systems"); got != "old" {
		t.Errorf("the replaced data is not in %s: %q", restored.Replaced, got)
	}
	if got := query(t, target, "SELECT count(*) FROM pg_namespace WHERE nspname = 'replaced_0a1b'"); got != "0" {
		t.Error("what the source had replaced was restored too")
	}
	wantConfiguration(t, target)
	wantSame(t, "the source", want, dumped(t, source))

	query(t, "postgres", "DROP DATABASE "+source)
	for _, reason := range []string{"when all is done", "when the end of the first was lost"} {
		again := must(t, run(t, e, job.CommandRestore)).Restored
		if diff := cmp.Diff(restored, again); diff != "" {
			t.Errorf("%s, a second run has another result: %s", reason, diff)
		}
		query(t, target, "UPDATE mattermost_dbtool.requests SET complete = false")
	}
	must(t, run(t, e, job.CommandForget))
}

// TestSourceGoneAfterwards tells that the data was replaced, though the files of its source
// are out of reach.
func TestSourceGoneAfterwards(t *testing.T) {
	bucket := newBucket(t)
	database := newDatabase(t, mattermost(100, "new"))
	e := restoreEnv(t, database, bucket, "all/team/chat/chat-1", "uid-1").with(env{job.EnvFilesDirectory: filesDirectory(t, 3)})
	must(t, run(t, backupEnv(database, bucket, "chat-1").with(env{job.EnvFilesDirectory: e[job.EnvFilesDirectory]}), job.CommandBackup))
	want := must(t, run(t, e, job.CommandRestore)).Restored
	query(t, database, "UPDATE mattermost_dbtool.requests SET complete = false")
	got := run(t, e.with(env{job.EnvStoreSecretKey: "wrong"}), job.CommandRestore)
	if diff := cmp.Diff(want, got.result.Restored); diff != "" || got.code != job.CodeRetry || got.result.Reason != job.ReasonAccessDenied {
		t.Errorf("code %d, result %+v, -want, +got restored:\n%s", got.code, got.result, diff)
	}
}

// newer has pg_dump say that a server is of a later version, whatever it is.
func newer(t *testing.T) env {
	t.Helper()
	dir := t.TempDir()
	version := query(t, "postgres", "SHOW server_version")
	script := fmt.Sprintf("#!/bin/sh\n'%s/pg_dump' \"$@\" | LC_ALL=C sed 's/%s/9%s/'\n", here.Programs, version, version[1:])
	if err := os.WriteFile(filepath.Join(dir, "pg_dump"), []byte(script), 0o700); err != nil { //nolint:gosec // A program.
		t.Fatal(err)
	}
	return env{"PATH": dir + ":" + here.Programs + ":" + os.Getenv("PATH")}
}

func TestBadOrigin(t *testing.T) {
	source := newDatabase(t, mattermost(100, "new"))
	target := newDatabase(t, mattermost(100, "old"))
	other := newDatabase(t, "CREATE TABLE users (id int)")
	later := newDatabase(t, mattermost(101, "later"))
	private := newDatabase(t, mattermost(100, "new"))
	query(t, private, "CREATE TABLE private (id int)")
	as := func(user, password string) env {
		return env{job.EnvSourceDatabaseURL: "postgresql://" + user + ":" + password + "@" + here.Postgres + "/" + source + "?sslmode=disable"}
	}
	before := dumped(t, target)
	for _, of := range []struct {
		reason string
		env    env
		code   int
		want   job.Reason
	}{
		{"a wrong password", as(source, "wrong"), job.CodeRetry, job.ReasonAccessDenied},
		{"an unknown user", as("nobody", "wrong"), job.CodeRetry, job.ReasonAccessDenied},
		{"a table of somebody else's", env{job.EnvSourceDatabaseURL: here.URL(private, private)}, job.CodeRetry, job.ReasonAccessDenied},
		{"no such database", env{job.EnvSourceDatabaseURL: here.URL(source, "there_is_none")}, job.CodeFinal, job.ReasonInvalid},
		{"nobody there", env{job.EnvSourceDatabaseURL: "postgres://127.0.0.1:1/db?sslmode=disable"}, job.CodeRetry, job.ReasonUnavailable},
		{"no URL", env{job.EnvSourceDatabaseURL: "a database"}, job.CodeFinal, job.ReasonInvalid},
		{"a database of MySQL", env{job.EnvSourceDatabaseURL: "mysql://tcp(127.0.0.1:1)/db"}, job.CodeFinal, job.ReasonInvalid},
		{"a database of something else", env{job.EnvSourceDatabaseURL: here.URL(other, other)}, job.CodeFinal, job.ReasonInvalid},
		{"a later Mattermost", env{job.EnvSourceDatabaseURL: here.URL(later, later)}, job.CodeFinal, job.ReasonTooNew},
		{"a later PostgreSQL", newer(t), job.CodeFinal, job.ReasonTooNew},
		{"an object too", env{job.EnvStoreBucket: "b", job.EnvSource: "o"}, job.CodeFinal, job.ReasonInvalid},
		{"a wrong password of the target", env{job.EnvDatabasePassword: "wrong"}, job.CodeFinal, job.ReasonDatabaseDenied},
	} {
		for _, command := range []string{job.CommandCheck, job.CommandRestore} {
			t.Run(command+" "+of.reason, func(t *testing.T) {
				got := run(t, originEnv(t, target, source, "uid").with(of.env), command)
				if got.code != of.code || got.result.Reason != of.want || got.result.Message == "" || got.result.Restored != nil {
					t.Errorf("code %d, result %+v, want %s\n%s", got.code, got.result, of.want, got.output)
				}
				wantSame(t, "the data", before, dumped(t, target))
			})
		}
	}
}

// TestOriginGoesAway ends the source's sessions while its largest table is read. Nothing
// is replaced, and another try succeeds.
func TestOriginGoesAway(t *testing.T) {
	source := newDatabase(t, mattermost(100, "new")+wide(200000))
	want := dumped(t, source)
	target := newDatabase(t, mattermost(100, "old"))
	before := dumped(t, target)
	for _, command := range []string{job.CommandCheck, job.CommandRestore} {
		e := originEnv(t, target, source, "uid")
		_, wait := start(t, e, command)
		endReading(t, source, "posts")
		got := wait()
		if got.code != job.CodeRetry || got.result.Reason != job.ReasonUnavailable || got.result.Restored != nil {
			t.Errorf("%s: code %d, result %+v\n%s", command, got.code, got.result, got.output)
		}
		wantSame(t, "the data", before, dumped(t, target))
		must(t, run(t, e, command))
	}
	wantSame(t, "the data", want, dumped(t, target))
}

// endReading of a table of a database, once it has begun.
func endReading(t *testing.T, database, table string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), here.URL(local.Superuser, "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for ended := int64(0); ended == 0; {
		if err := conn.QueryRow(ctx, "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = $1 AND state = 'active' AND query LIKE 'COPY public.' || $2 || ' %'",
			database, table).Scan(&ended); err != nil {
			t.Fatalf("nobody reads table %s of database %s: %v", table, database, err)
		}
	}
}
