package dbtool_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/local"
)

// ofMySQL is a database of Mattermost's, without a server's content, that is there for
// all tests.
var ofMySQL = sync.OnceValues(func() (string, error) {
	m, err := startMariaDB()
	if err != nil {
		return "", err
	}
	const name = "mattermost"
	_, err = m.exec(context.Background(), "", "CREATE DATABASE "+name, "CREATE USER "+name+" IDENTIFIED BY '"+strings.ReplaceAll(local.Password, "'", "''")+"'", "GRANT ALL ON "+name+".* TO "+name)
	return name, err
})

// migratedMySQL is the same database in each test, which must not change it.
func migratedMySQL(t *testing.T) (m *mariadb, database string) {
	t.Helper()
	m = mariaDB(t)
	database, err := ofMySQL()
	if err != nil {
		t.Fatal(err)
	}
	if m.query(t, "", "SELECT count(*) FROM information_schema.tables WHERE table_schema = '"+database+"'") == "0" {
		migrate(t, m.url(database))
		m.query(t, database, "INSERT INTO Systems VALUES ('Marker', 'new')", "INSERT INTO Audits (Id, Action) VALUES ('1', 'it''s; done')")
	}
	return m, database
}

// TestMySQLDumps are restored to both engines, however they were made.
func TestMySQLDumps(t *testing.T) {
	m, source := migratedMySQL(t)
	plain := m.dump(t, source)
	bucket := newBucket(t)
	toPostgres := newDatabase(t, "")
	migrate(t, here.URL(toPostgres, toPostgres))
	toMySQL := m.newDatabase(t)

	for n, tc := range []struct {
		name string
		dump []byte
	}{
		{"Plain", plain},
		{"Gzip", gzipped(t, plain)},
		{"Zstd", zstandard(t, plain)},
		{"WithDatabase", m.dump(t, "--databases", source)},
		{"Complete", m.dump(t, "--complete-insert", "--hex-blob", "--skip-extended-insert", "--replace", source)},
		{"WithoutComments", append([]byte("-- MariaDB dump\n"), m.dump(t, "--skip-comments", "--skip-add-locks", "--skip-disable-keys", source)...)},
		{"Binary", m.dump(t, "--default-character-set=binary", source)},
		{"OfMySQL8", bytes.ReplaceAll(plain, []byte("utf8mb4_general_ci"), []byte("utf8mb4_0900_ai_ci"))},
		{"WithView", append(bytes.TrimSuffix(bytes.Clone(plain), []byte("-- Dump completed\n")), `
/*!50001 CREATE TABLE `+"`v`"+` (`+"`a`"+` tinyint NOT NULL) ENGINE=MyISAM */;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=`+"`root`@`localhost`"+`*/ /*!50003 TRIGGER t BEFORE INSERT ON Posts FOR EACH ROW BEGIN SET NEW.Type = ''; END */;;
DELIMITER ;
/*!50001 CREATE ALGORITHM=UNDEFINED */
/*!50013 DEFINER=`+"`root`@`localhost`"+` SQL SECURITY DEFINER */
/*!50001 VIEW v AS SELECT 1 AS a */;
-- Dump completed
`...)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			key := fmt.Sprintf("dump-%d", n)
			put(t, bucket, key, tc.dump)
			e := restoreEnv(t, toPostgres, bucket, key, fmt.Sprintf("postgres-%d", n))
			load(t, toPostgres, "TRUNCATE systems, audits")
			must(t, run(t, e, job.CommandRestore))
			must(t, run(t, e, job.CommandForget))
			if got := query(t, toPostgres, "SELECT value || (SELECT action FROM audits) FROM systems WHERE name = 'Marker'"); got != "newit's; done" {
				t.Errorf("marker %q", got)
			}
			e = e.with(env{job.EnvDatabaseURL: m.url(toMySQL), job.EnvRequest: fmt.Sprintf("mysql-%d", n)})
			must(t, run(t, e, job.CommandRestore))
			must(t, run(t, e, job.CommandForget))
			if diff := cmp.Diff(m.data(t, source), m.data(t, toMySQL)); diff != "" && tc.name != "OfMySQL8" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if got := m.query(t, toMySQL, "SELECT Value FROM Systems WHERE Name = 'Marker'"); got != "new" {
				t.Errorf("marker %q", got)
			}
			m.query(t, toMySQL, "DELETE FROM Systems", "DELETE FROM Audits")
		})
	}
}

// TestMySQLRefusals are found by check, and nothing changes.
func TestMySQLRefusals(t *testing.T) {
	m, source := migratedMySQL(t)
	plain := string(m.dump(t, source))
	bucket := newBucket(t)
	toPostgres := newDatabase(t, "")
	migrate(t, here.URL(toPostgres, toPostgres))
	load(t, toPostgres, "INSERT INTO systems VALUES ('Marker', 'old')")
	toMySQL := m.newDatabase(t)
	must(t, run(t, restored(t, m, toMySQL, bucket, plain), job.CommandRestore))
	m.query(t, toMySQL, "UPDATE Systems SET Value = 'old' WHERE Name = 'Marker'")

	posts := "\nUNLOCK TABLES;\nINSERT INTO `Audits` (`Id`, `Action`) VALUES "
	with := func(row string) string {
		return strings.Replace(plain, "\nUNLOCK TABLES;", posts+row+";", 1)
	}
	for n, tc := range []struct {
		name     string
		dump     string
		mysql    job.Reason
		postgres job.Reason
		says     string
	}{
		{"Truncated", plain[:len(plain)/2], job.ReasonCorrupt, job.ReasonCorrupt, "the dump ends"},
		{"WithoutEnd", plain[:strings.LastIndex(plain, "/*!40111")], job.ReasonCorrupt, job.ReasonCorrupt, "the dump ends before mysqldump says that it is complete"},
		{"ZippedTruncated", string(gzipped(t, []byte(plain))[:1000]), job.ReasonCorrupt, job.ReasonCorrupt, ""},
		{"Latin1", strings.Replace(plain, "SET NAMES utf8mb4", "SET NAMES latin1", 1), job.ReasonInvalid, job.ReasonInvalid, "--default-character-set=utf8mb4"},
		{"Several", strings.Replace(plain, "\nUNLOCK TABLES;", "\nUSE `a`;\nUSE `b`;\nUNLOCK TABLES;", 1), job.ReasonInvalid, job.ReasonInvalid, "several databases"},
		{"Unknown", strings.Replace(plain, "\nUNLOCK TABLES;", "\nGRANT ALL ON *.* TO a;\nUNLOCK TABLES;", 1), job.ReasonInvalid, job.ReasonInvalid, "GRANT ALL ON"},
		{"NotMattermost", strings.ReplaceAll(plain, "`Systems`", "`Other`"), job.ReasonInvalid, job.ReasonInvalid, "not of a Mattermost server"},
		{"Later", strings.Replace(plain, "(121,'", "(999,'", 1), job.ReasonTooNew, job.ReasonTooNew, "999"},
		{"Earlier", strings.Replace(plain, ",\n(121,'remove_true_up_review_history')", "", 1), "", job.ReasonInvalid, "earlier version"},
		{"OtherColumn", strings.Replace(plain, "  `Hashtags` text", "  `Added` text DEFAULT NULL,\n  `Hashtags` text", 1), "", job.ReasonMismatch, `column "Added"`},
		{"TooLong", with("('x', '" + strings.Repeat("x", 600) + "'), ('y', '" + strings.Repeat("ü", 512) + "')"), "", job.ReasonMismatch, "audits.action is longer than PostgreSQL's column takes (values: 1)"},
		{"NotUTF8", with("('x', '\xff')"), "", job.ReasonMismatch, "audits.action is not in UTF-8"},
		{"Malformed", with("('x', nonsense)"), job.ReasonCorrupt, job.ReasonCorrupt, `table "Audits"`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			key := fmt.Sprintf("refused-%d", n)
			put(t, bucket, key, []byte(tc.dump))
			e := restoreEnv(t, toPostgres, bucket, key, fmt.Sprintf("refused-%d", n))
			refused(t, e, tc.postgres, tc.says)
			if got := query(t, toPostgres, "SELECT value || (SELECT count(*) FROM pg_namespace WHERE nspname LIKE 're%ed\\_%') FROM systems WHERE name = 'Marker'"); got != "old0" {
				t.Errorf("PostgreSQL has changed: %s", got)
			}
			if tc.mysql == "" {
				return
			}
			refused(t, e.with(env{job.EnvDatabaseURL: m.url(toMySQL)}), tc.mysql, tc.says)
			if got := m.query(t, toMySQL, "SELECT Value FROM Systems WHERE Name = 'Marker'"); got != "old" {
				t.Errorf("MySQL has changed: %s", got)
			}
		})
	}
}

// restored is the environment to restore a dump to MySQL.
func restored(t *testing.T, m *mariadb, database, bucket, dump string) env {
	t.Helper()
	put(t, bucket, "first", []byte(dump))
	return restoreEnv(t, "", bucket, "first", "first-of-"+database).with(env{job.EnvDatabaseURL: m.url(database)})
}

// refused by check, and by restore if it comes to that.
func refused(t *testing.T, e env, reason job.Reason, says string) {
	t.Helper()
	for _, command := range []string{job.CommandCheck, job.CommandRestore} {
		o := run(t, e, command)
		if o.code != job.CodeFinal || o.result.Reason != reason || !strings.Contains(o.result.Message, says) {
			// The second pass ends with what it meets first.
			if command == job.CommandRestore && o.code == job.CodeFinal && says != "" {
				continue
			}
			t.Errorf("%s: code %d, reason %q, message %q; want %q, %q", command, o.code, o.result.Reason, o.result.Message, reason, says)
		}
	}
}

// TestMySQLIntoNothing is refused: only a server knows what its tables are.
func TestMySQLIntoNothing(t *testing.T) {
	m, source := migratedMySQL(t)
	bucket := newBucket(t)
	put(t, bucket, "dump", m.dump(t, source))
	refused(t, restoreEnv(t, newDatabase(t, ""), bucket, "dump", "nothing"), job.ReasonInvalid, "let the installation start once")
}

// TestMySQLWithoutRights is refused with what is missing.
func TestMySQLWithoutRights(t *testing.T) {
	m, source := migratedMySQL(t)
	bucket := newBucket(t)
	put(t, bucket, "dump", m.dump(t, source))
	refused(t, restoreEnv(t, "", bucket, "dump", "denied").with(env{job.EnvDatabaseURL: m.url(source)}), job.ReasonDatabaseDenied, "GRANT ALL ON `restoring\\_%`.*")
}

// TestMySQLLeavesOut what has no place: tables of plugins, and what old servers left
// behind. It says so.
func TestMySQLLeavesOut(t *testing.T) {
	m, source := migratedMySQL(t)
	bucket := newBucket(t)
	more := "CREATE TABLE `IR_Playbook` (\n  `ID` varchar(26) NOT NULL\n);\nINSERT INTO `IR_Playbook` VALUES ('a');\nCREATE TABLE `schema_migrations` (`version` bigint);\n" +
		"CREATE TABLE `somebodys` (`a` int);\nUNLOCK TABLES;\nLOCK TABLES"
	dump := strings.Replace(string(m.dump(t, source)), "LOCK TABLES", more, 1)
	dump = strings.Replace(dump, "CREATE TABLE `SharedChannelRemotes` (\n", "CREATE TABLE `SharedChannelRemotes` (\n  `NextSyncAt` bigint(20) DEFAULT NULL,\n", 1)
	put(t, bucket, "dump", []byte(dump))
	target := newDatabase(t, "")
	migrate(t, here.URL(target, target))
	load(t, target, "CREATE TABLE ir_playbook (id text); INSERT INTO ir_playbook VALUES ('own'); CREATE TABLE numbered (id serial)")
	got := must(t, run(t, restoreEnv(t, target, bucket, "dump", "left-out"), job.CommandRestore)).Restored
	if diff := cmp.Diff([]string{"IR_Playbook", "somebodys"}, got.LeftOut); diff != "" {
		t.Errorf("left out: -want +got:\n%s", diff)
	}
	if tables := query(t, target, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename IN ('ir_playbook', 'schema_migrations', 'somebodys')"); tables != "0" {
		t.Errorf("%s of the tables that are left out are there", tables)
	}
	if rows := query(t, target, "SELECT count(*) FROM "+got.Replaced+".ir_playbook"); rows != "1" {
		t.Error("the plugin's own table is not kept with the data that was replaced")
	}
}
