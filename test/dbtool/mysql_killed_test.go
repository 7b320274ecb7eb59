package dbtool_test

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/database"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// TestMySQLKilled kills restores at many points: the old data stays whole until the new
// is there, and the next try ends well.
func TestMySQLKilled(t *testing.T) {
	m, source := migratedMySQL(t)
	bucket := newBucket(t)
	dump := string(m.dump(t, source))
	rows := &strings.Builder{}
	const many = 60000
	rows.WriteString("LOCK TABLES `Posts` WRITE;\n")
	for i := range many {
		if i%500 == 0 {
			if i > 0 {
				rows.WriteString(";\n")
			}
			rows.WriteString("INSERT INTO `Posts` (`Id`, `CreateAt`, `Message`, `Props`) VALUES ")
		} else {
			rows.WriteString(",")
		}
		fmt.Fprintf(rows, "('%026d', %d, 'words %d of a message that is indexed', '{}')", i, i, i)
	}
	rows.WriteString(";\nUNLOCK TABLES;\n")
	end := strings.LastIndex(dump, "/*!40103 SET TIME_ZONE=@OLD")
	put(t, bucket, "dump", zstandard(t, []byte(dump[:end]+rows.String()+dump[end:])))

	t.Run("PostgreSQL", func(t *testing.T) {
		target := newDatabase(t, "")
		migrate(t, here.URL(target, target))
		load(t, target, "INSERT INTO systems VALUES ('Marker', 'old')")
		e := restoreEnv(t, target, bucket, "dump", "killed").with(env{"PATIENCE": "20s"})
		killed(t, e, func(t *testing.T) bool {
			t.Helper()
			got := query(t, target, "SELECT value || ' ' || (SELECT count(*) FROM posts) FROM systems WHERE name = 'Marker'")
			return whole(t, got, many)
		})
	})
	t.Run("MySQL", func(t *testing.T) {
		target := m.newDatabase(t)
		migrate(t, m.url(target))
		m.query(t, target, "INSERT INTO Systems VALUES ('Marker', 'old')")
		e := restoreEnv(t, "", bucket, "dump", "killed").with(env{job.EnvDatabaseURL: m.url(target), "PATIENCE": "20s"})
		killed(t, e, func(t *testing.T) bool {
			t.Helper()
			return whole(t, m.query(t, target, "SELECT concat(Value, ' ', (SELECT count(*) FROM Posts)) FROM Systems WHERE Name = 'Marker'"), many)
		})
		must(t, run(t, e, job.CommandForget))
		if got := m.query(t, "", "SELECT count(*) FROM information_schema.schemata WHERE schema_name IN ('"+database.Replaced("killed")+"', '"+database.Restoring("killed")+"')"); got != "0" {
			t.Errorf("%s databases are left behind", got)
		}
	})
}

// whole says whether the data is the new, and fails if it is neither that nor the old.
func whole(t *testing.T, data string, many int) bool {
	t.Helper()
	switch data {
	case "old 0":
		return false
	case fmt.Sprintf("new %d", many):
		return true
	}
	t.Fatalf("the data is neither old nor new: %s", data)
	return false
}

// killed after longer and longer, until the restore ends before.
func killed(t *testing.T, e env, isNew func(*testing.T) bool) {
	t.Helper()
	kills := 0
	for after := 100 * time.Millisecond; ; after = after * 8 / 5 {
		cmd, wait := start(t, e, job.CommandRestore)
		timer := time.AfterFunc(after, func() { _ = cmd.Process.Signal(syscall.SIGKILL) })
		o := wait()
		if timer.Stop() || o.code == job.CodeDone {
			must(t, o)
			break
		}
		kills++
		isNew(t)
	}
	if !isNew(t) {
		t.Error("the restore says that it is done, and the data is old")
	}
	if kills < 3 {
		t.Errorf("the restore was killed only %d times", kills)
	}
	t.Logf("killed %d times", kills)
	must(t, run(t, e, job.CommandRestore))
}
