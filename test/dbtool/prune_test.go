package dbtool_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/minio/minio-go/v7"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

var removal = minio.RemoveObjectOptions{}

func TestPrune(t *testing.T) {
	database, bucket, s := newDatabase(t, mattermost(100, "new")), newBucket(t), directoryStore(t)
	s.put("always", []byte("always"))
	var made []job.Backup
	for _, name := range []string{"chat-1", "chat-2", "chat-3"} {
		s.put("only/one", []byte("of "+name))
		e := backupEnv(database, bucket, name).with(s.env).with(env{job.EnvKeepCount: "2", job.EnvKeepDays: "", "GRACE": "0s"})
		made = must(t, run(t, e, job.CommandBackup)).Backups
	}
	if len(made) != 2 || made[0].Name != "chat-3" || made[1].Name != "chat-2" {
		t.Errorf("backups: %+v", made)
	}
	e := backupEnv(database, bucket, "chat-3")
	if left := keys(t, bucket, "all/team/chat/chat-1/"); len(left) != 0 {
		t.Errorf("left of a backup that is not kept: %v", left)
	}
	// One content that both have, and one of each.
	if pool := keys(t, bucket, "all/team/chat/files/"); len(pool) != 3 {
		t.Errorf("contents of files: %v", pool)
	}
	put(t, bucket, "all/team/chat/files/"+strings.Repeat("0", 64), []byte("of an interrupted backup"))
	put(t, bucket, "all/team/chat/interrupted/database.dump.zst", []byte("x"))
	must(t, run(t, e.with(env{job.EnvKeepCount: "1"}), "prune"))
	if all := keys(t, bucket, ""); !slices.Contains(all, "all/team/chat/interrupted/database.dump.zst") || len(keys(t, bucket, "all/team/chat/files/")) != 4 {
		t.Errorf("what may belong to a backup under way was deleted: %v", all)
	}
	must(t, run(t, e.with(env{job.EnvKeepCount: "1", "GRACE": "0s"}), "prune"))
	if pool := keys(t, bucket, "all/team/chat/files/"); len(pool) != 2 {
		t.Errorf("contents of files: %v", pool)
	}
	if left := keys(t, bucket, "all/team/chat/interrupted/"); len(left) != 0 {
		t.Errorf("left of an interrupted backup: %v", left)
	}
	must(t, run(t, e, "verify", "chat-3"))
	listed := run(t, e, "list")
	must(t, listed)
	if !strings.Contains(listed.output, "chat-3") || strings.Contains(listed.output, "chat-2") {
		t.Errorf("list says:\n%s", listed.output)
	}
}
