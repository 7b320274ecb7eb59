package dbtool_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/database"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// TestMySQL backs up what a server of Mattermost keeps in MySQL, restores it there, and
// then to PostgreSQL, and asks servers for it.
func TestMySQL(t *testing.T) {
	m := mariaDB(t)
	source, bucket := m.newDatabase(t), newBucket(t)
	client, stop := serve(t, m.url(source))
	populate(t, client)
	want := told(t, client)
	stop()
	before := m.data(t, source)
	e := mysqlEnv(m, source, bucket, "chat-1")
	made := must(t, run(t, e, job.CommandBackup))
	if len(made.Backups) != 1 || made.Backups[0].Bytes == 0 {
		t.Fatalf("backups: %+v", made.Backups)
	}

	t.Run("ToMySQL", func(t *testing.T) {
		m.query(t, source, "UPDATE Posts SET Message = 'lost'", "DELETE FROM Reactions", "DROP TABLE Preferences")
		e := e.with(env{job.EnvSource: "all/team/chat/chat-1", job.EnvRequest: "uid-1", job.EnvSiteURL: "https://chat.example.com", "PATIENCE": "5s"})
		checked := must(t, run(t, e, job.CommandCheck)).Restored
		restored := must(t, run(t, e, job.CommandRestore)).Restored
		if diff := cmp.Diff(before, m.data(t, source)); diff != "" {
			t.Errorf("restored: -want +got:\n%s", diff)
		}
		if restored.Rows != checked.Rows || restored.Tables != checked.Tables || restored.At.IsZero() {
			t.Errorf("restored %+v, and check said %+v", restored, checked)
		}
		if got := m.query(t, restored.Replaced, "SELECT count(*) FROM Posts WHERE Message = 'lost'"); got == "0" {
			t.Error("the replaced data is not kept")
		}
		if got := m.query(t, source, "SELECT json_value(Value, '$.ServiceSettings.SiteURL') FROM Configurations WHERE Active"); got != "https://chat.example.com" {
			t.Errorf("the site's URL is %q", got)
		}
		if diff := cmp.Diff(restored, must(t, run(t, e, job.CommandRestore)).Restored); diff != "" {
			t.Errorf("a second run has another result: %s", diff)
		}
		for range 2 {
			must(t, run(t, e, job.CommandForget))
		}
		if got := m.query(t, "", "SELECT count(*) FROM information_schema.schemata WHERE schema_name IN ('"+restored.Replaced+"', '"+database.Restoring("uid-1")+"')"); got != "0" {
			t.Errorf("%s databases are left behind", got)
		}
		again, stop := serve(t, m.url(source))
		defer stop()
		if diff := cmp.Diff(want, told(t, again)); diff != "" {
			t.Errorf("the server tells: -want +got:\n%s", diff)
		}
	})

	t.Run("ToPostgreSQL", func(t *testing.T) {
		target := newDatabase(t, "")
		migrate(t, here.URL(target, target))
		structure := string(pgDump(t, target, "--schema-only", "--schema=public"))
		e := restoreEnv(t, target, bucket, "all/team/chat/chat-1", "uid-2")
		checked := must(t, run(t, e, job.CommandCheck)).Restored
		if got := query(t, target, "SELECT count(*) FROM users"); got != "0" {
			t.Errorf("check changed the data: %s users", got)
		}
		restored := must(t, run(t, e, job.CommandRestore)).Restored
		if checked.Rows == 0 || restored.At.IsZero() || restored.Replaced == "" || len(restored.LeftOut) != 0 {
			t.Errorf("restored %+v, and check said %+v", restored, checked)
		}
		if diff := cmp.Diff(unrestricted(structure), unrestricted(string(pgDump(t, target, "--schema-only", "--schema=public")))); diff != "" {
			t.Errorf("the structure is another one: -before +after:\n%s", diff)
		}
		if got := query(t, target, "SELECT value::jsonb #>> '{SqlSettings,DriverName}' FROM configurations WHERE active"); got != "postgres" {
			t.Errorf("the configuration's driver is %q", got)
		}
		if diff := cmp.Diff(restored, must(t, run(t, e, job.CommandRestore)).Restored); diff != "" {
			t.Errorf("a second run has another result: %s", diff)
		}
		again, stop := serve(t, here.URL(target, target))
		defer stop()
		if diff := cmp.Diff(want, told(t, again)); diff != "" {
			t.Errorf("the server tells: -want +got:\n%s", diff)
		}
		must(t, run(t, e, job.CommandForget))
	})
}

// unrestricted is a dump without the lines that differ each time.
func unrestricted(dump string) string {
	var lines []string
	for line := range strings.Lines(dump) {
		if !strings.HasPrefix(line, `\restrict`) && !strings.HasPrefix(line, `\unrestrict`) {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}
