package dbtool_test

import (
	"strings"
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/local"
)

// TestPowers asserts that users with rights beyond the database are refused, with the SQL
// that creates a role without such rights, unless the platform permits them.
func TestPowers(t *testing.T) {
	bucket := newBucket(t)
	put(t, bucket, "dump", pgDump(t, newDatabase(t, mattermost(100, "new")), "-Fc"))
	for _, of := range []struct {
		reason, grant string
	}{
		{"a superuser", "ALTER ROLE % SUPERUSER"},
		{"who may run programs", "GRANT pg_execute_server_program TO %"},
		{"who may read files", "GRANT pg_read_server_files TO %"},
		{"who may write files", "GRANT pg_write_server_files TO %"},
		{"who may by another role", "CREATE ROLE in_between; GRANT pg_read_server_files TO in_between; GRANT in_between TO %"},
		{"who may act as a superuser", "GRANT " + local.Superuser + " TO %"},
		{"who may without inheriting it", "ALTER ROLE % NOINHERIT; GRANT pg_write_server_files TO %"},
	} {
		t.Run(of.reason, func(t *testing.T) {
			target := newDatabase(t, mattermost(100, "old"))
			query(t, target, strings.ReplaceAll(of.grant, "%", target))
			e := restoreEnv(t, target, bucket, "dump", "uid-"+target)
			for _, command := range []string{job.CommandCheck, job.CommandRestore} {
				got := run(t, e, command)
				if got.code != job.CodeFinal || got.result.Reason != job.ReasonDatabaseDenied || !strings.Contains(got.result.Message, "CREATE ROLE") || !strings.Contains(got.result.Message, "tool.allowSuperuser") {
					t.Errorf("%s: code %d, result %+v", command, got.code, got.result)
				}
			}
			if got := query(t, target, "SELECT value FROM systems"); got != "old" {
				t.Errorf("marker %q", got)
			}
			e[job.EnvAllowSuperuser] = "true"
			must(t, run(t, e, job.CommandCheck))
			must(t, run(t, e, job.CommandRestore))
			if got := query(t, target, "SELECT value FROM systems"); got != "new" {
				t.Errorf("marker %q", got)
			}
		})
	}

	t.Run("the role that is proposed restores", func(t *testing.T) {
		target := newDatabase(t, mattermost(100, "old"))
		e := restoreEnv(t, target, bucket, "dump", "uid-"+target)
		got := run(t, e.with(env{job.EnvDatabaseUser: local.Superuser, job.EnvDatabasePassword: local.Password}), job.CommandCheck)
		_, sql, found := strings.Cut(got.result.Message, "no more: ")
		sql, _, ended := strings.Cut(sql, ". The platform")
		if !found || !ended {
			t.Fatalf("no SQL is in %s", got.result.Message)
		}
		query(t, target, strings.ReplaceAll(sql, "<password>", strings.ReplaceAll(local.Password, "'", "''")))
		defer query(t, "postgres", "DROP ROLE IF EXISTS mattermost_restore")
		e = e.with(env{job.EnvDatabaseUser: "mattermost_restore", job.EnvDatabasePassword: local.Password})
		must(t, run(t, e, job.CommandCheck))
		must(t, run(t, e, job.CommandRestore))
	})
}

// TestMySQLPowers asserts the same for MySQL. The dump is checked later.
func TestMySQLPowers(t *testing.T) {
	m := mariaDB(t)
	bucket := newBucket(t)
	for _, grant := range []string{"GRANT FILE ON *.* TO %", "GRANT SUPER ON *.* TO %", "GRANT ALL PRIVILEGES ON *.* TO %", "CREATE ROLE in_between; GRANT FILE ON *.* TO in_between; GRANT in_between TO %", ""} {
		target := m.newDatabase(t)
		put(t, bucket, "dump", m.dump(t, target))
		for sql := range strings.SplitSeq(strings.ReplaceAll(grant, "%", "'"+target+"'@'%'"), "; ") {
			if sql != "" {
				m.query(t, "", sql)
			}
		}
		e := restoreEnv(t, "", bucket, "dump", "powers-"+target).with(env{job.EnvDatabaseURL: m.url(target)})
		if grant != "" {
			refused(t, e, job.ReasonDatabaseDenied, "tool.allowSuperuser")
			e[job.EnvAllowSuperuser] = "true"
		}
		if got := run(t, e, job.CommandCheck); got.result.Reason != job.ReasonInvalid {
			t.Errorf("%s: the dump is not checked: %+v", grant, got.result)
		}
	}
}
