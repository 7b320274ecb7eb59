package dbtool_test

import (
	"strings"
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// TestBucketIsMade where the one who asks says that it may be.
func TestBucketIsMade(t *testing.T) {
	database := newDatabase(t, mattermost(120, "made"))
	bucket := "made-" + strings.ToLower(strings.ReplaceAll(t.Name(), "/", "-"))
	e := backupEnv(database, bucket, "first")
	if o := run(t, e, job.CommandBackup); o.code != job.CodeFinal || o.result.Reason != job.ReasonNotFound {
		t.Errorf("a bucket that is not there: code %d, reason %q", o.code, o.result.Reason)
	}
	e = e.with(env{job.EnvStoreCreate: "true"})
	must(t, run(t, e, job.CommandBackup))
	e[job.EnvBackupName] = "second"
	if got := must(t, run(t, e, job.CommandBackup)); len(got.Backups) != 2 {
		t.Errorf("backups in the bucket that was made: %v", got.Backups)
	}
}
