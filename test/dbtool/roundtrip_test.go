package dbtool_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

func TestRoundTrip(t *testing.T) {
	source := newDatabase(t, mattermost(100, "new")+awkward)
	want := dumped(t, source)
	bucket := newBucket(t)

	made := must(t, run(t, backupEnv(source, bucket, "chat-1"), job.CommandBackup))
	if len(made.Backups) != 1 || made.Backups[0].Name != "chat-1" || made.Backups[0].Version != "11.4.0" || !strings.HasPrefix(made.Backups[0].Checksum, "sha256:") {
		t.Errorf("backups: %+v", made.Backups)
	}

	target := newDatabase(t, mattermost(100, "old"))
	before := dumped(t, target)
	e := restoreEnv(t, target, bucket, "all/team/chat/chat-1", "uid-1")

	checked := must(t, run(t, e, job.CommandCheck))
	if checked.Restored == nil || checked.Restored.Tables == 0 || checked.Restored.Version != "11.4.0" || !checked.Restored.At.IsZero() {
		t.Errorf("check: %+v", checked.Restored)
	}
	wantSame(t, "the data", before, dumped(t, target))

	restored := must(t, run(t, e, job.CommandRestore)).Restored
	wantSame(t, "the data", want, dumped(t, target))
	if restored.Rows != checked.Restored.Rows || restored.Tables != checked.Restored.Tables || restored.At.IsZero() {
		t.Errorf("restored %+v, and check said %+v", restored, checked.Restored)
	}
	if got := query(t, target, "SELECT value FROM "+restored.Replaced+".systems"); got != "old" {
		t.Errorf("the replaced data is not in %s: %q", restored.Replaced, got)
	}
	wantConfiguration(t, target)

	again := must(t, run(t, e, job.CommandRestore)).Restored
	if diff := cmp.Diff(restored, again); diff != "" {
		t.Errorf("a second run has another result: %s", diff)
	}

	must(t, run(t, e, job.CommandForget))
	must(t, run(t, e, job.CommandForget))
	if got := query(t, target, "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'replaced%'"); got != "0" {
		t.Errorf("the replaced data is still there")
	}
	after := must(t, run(t, e, job.CommandRestore)).Restored
	if diff := cmp.Diff(restored, after); diff != "" {
		t.Errorf("a run after all was forgotten has another result: %s", diff)
	}
	wantSame(t, "the data", want, dumped(t, target))
}

// wantConfiguration of the place that the data was restored to.
func wantConfiguration(t *testing.T, database string) {
	t.Helper()
	got := map[string]map[string]any{}
	if err := json.Unmarshal([]byte(query(t, database, "SELECT value FROM configurations WHERE active")), &got); err != nil {
		t.Fatal(err)
	}
	sql := got["SqlSettings"]
	if sql["DataSource"] != here.URL(database, database) || len(sql["DataSourceReplicas"].([]any)) != 0 || sql["MaxOpenConns"] != 300.0 {
		t.Errorf("SqlSettings: %v", sql)
	}
	if got["ServiceSettings"]["SiteURL"] != "https://chat.example.com" || got["Unknown"]["a<b"] != "c&d" {
		t.Errorf("configuration: %v", got)
	}
	if big := query(t, database, "SELECT value::jsonb->'ServiceSettings'->>'Big' FROM configurations WHERE active"); big != "9007199254740993" {
		t.Errorf("a large number became %s", big)
	}
	if sum := query(t, database, "SELECT sha = encode(sha256(value::bytea), 'hex') FROM configurations WHERE active"); sum != "t" {
		t.Error("the configuration's checksum is not its own")
	}
	if servers := query(t, database, "SELECT count(*) FROM clusterdiscovery"); servers != "0" {
		t.Error("servers of elsewhere are still listed")
	}
}

func TestRestoreBackupOfRestored(t *testing.T) {
	database := newDatabase(t, mattermost(100, "first"))
	bucket := newBucket(t)
	must(t, run(t, backupEnv(database, bucket, "chat-1"), job.CommandBackup))
	load(t, database, "UPDATE systems SET value = 'second'")
	must(t, run(t, restoreEnv(t, database, bucket, "all/team/chat/chat-1", "uid-1"), job.CommandRestore))
	// What the first restore left behind is neither in the backup nor in the way.
	must(t, run(t, backupEnv(database, bucket, "chat-2"), job.CommandBackup))
	load(t, database, "UPDATE systems SET value = 'third'")
	must(t, run(t, restoreEnv(t, database, bucket, "all/team/chat/chat-2", "uid-2"), job.CommandRestore))
	if got := query(t, database, "SELECT value FROM systems"); got != "first" {
		t.Errorf("marker %q", got)
	}
	if got := query(t, database, "SELECT count(*) FROM mattermost_dbtool.requests"); got != "2" {
		t.Errorf("%s requests are recorded", got)
	}
}
