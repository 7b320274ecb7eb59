package dbtool_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// hostileToMySQL are statements for a dump that is otherwise right. VICTIM is a database that
// the user may change, and LIT a literal.
var hostileToMySQL = []struct{ reason, sql string }{
	{"a table of others in the place of a partition", "CREATE TABLE `a` (`b` int) ENGINE=InnoDB; ALTER TABLE `a` EXCHANGE PARTITION p0 WITH TABLE `VICTIM`.`Posts`"},
	{"a table that moves away", "ALTER TABLE `Systems` ADD KEY `k` (`Name`), RENAME TO `VICTIM`.`Systems2`"},
	{"a table that is a query", "CREATE TABLE `a` (`b` text) ENGINE=InnoDB AS SELECT Message AS b FROM `VICTIM`.`Posts`"},
	{"a table on another server", "CREATE TABLE `a` (`b` text) ENGINE=FEDERATED CONNECTION='mysql://u:LIT@10.0.0.1/d/t'"},
	{"a table of tables", "CREATE TABLE `a` (`Message` text) ENGINE=MRG_MyISAM UNION=(`VICTIM`.`Posts`) INSERT_METHOD=LAST"},
	{"a table in a file", "CREATE TABLE `a` (`b` text NOT NULL) ENGINE=InnoDB DATA DIRECTORY='/tmp/LIT'"},
	{"a comment that is carried out", "CREATE TABLE `a` (`b` text) ENGINE=InnoDB /*!50100 AS SELECT Message AS b FROM `VICTIM`.`Posts` */"},
	{"a column that waits", "CREATE TABLE `a` (`b` int DEFAULT (sleep(100)), `c` int); INSERT INTO `a` (`c`) VALUES (1)"},
	{"a column that reads a file", "CREATE TABLE `a` (`b` text DEFAULT (load_file('/LIT')), `c` int); INSERT INTO `a` (`c`) VALUES (1)"},
	{"a reference to a table of others", "CREATE TABLE `a` (`b` int, CONSTRAINT `f` FOREIGN KEY (`b`) REFERENCES `VICTIM`.`Posts` (`Id`))"},
	{"rows of others", "REPLACE INTO `Systems` SELECT 'LIT', Message FROM `VICTIM`.`Posts`"},
	{"rows for others", "REPLACE INTO `VICTIM`.`Posts` VALUES (1, 'LIT')"},
	{"rows that are computed", "REPLACE INTO `Systems` VALUES ('LIT', (SELECT Message FROM `VICTIM`.`Posts`))"},
	{"rows with something after them", "INSERT INTO `Systems` VALUES ('Marker', 'LIT') ON DUPLICATE KEY UPDATE `Value` = load_file('/LIT')"},
	{"a file that rows go to", "SELECT 'LIT' INTO OUTFILE '/tmp/LIT'"},
	{"rows that are deleted", "DELETE FROM `VICTIM`.`Posts`"},
}

// TestHostileDumpsOfMySQL are refused by check, and by a restore that reads something else
// than check did, and change nothing.
func TestHostileDumpsOfMySQL(t *testing.T) {
	m, bucket := mariaDB(t), newBucket(t)
	target := m.newDatabase(t)
	victim := target + "_victim"
	m.query(t, "", "CREATE DATABASE "+victim, "CREATE TABLE "+victim+".Posts (Id int PRIMARY KEY, Message text)", "INSERT INTO "+victim+".Posts VALUES (1, 'secret of others')",
		fmt.Sprintf("GRANT ALL ON `%s`.* TO `%s`@`%%`", victim, target))
	defer m.query(t, "", "DROP DATABASE "+victim)
	must(t, run(t, restored(t, m, target, bucket, ofMariaDB), job.CommandRestore))
	m.query(t, target, "UPDATE Systems SET Value = 'old'")
	databases := "SELECT group_concat(table_schema, '.', table_name ORDER BY 1) FROM information_schema.tables WHERE table_schema NOT IN ('mysql', 'sys', 'performance_schema', 'information_schema')"
	before := m.query(t, "", "SET group_concat_max_len = 1000000", databases)
	for n, h := range hostileToMySQL {
		key := fmt.Sprintf("hostile-to-mysql-%d", n)
		sql := strings.NewReplacer("LIT", marked, "VICTIM", victim).Replace(h.sql)
		put(t, bucket, key, []byte(strings.Replace(ofMariaDB, "-- Dump completed", sql+";\n-- Dump completed", 1)))
		for _, command := range []string{job.CommandCheck, job.CommandRestore} {
			t.Run(h.reason+", "+command, func(t *testing.T) {
				got := run(t, restoreEnv(t, "", bucket, key, "uid-of-"+key).with(env{job.EnvDatabaseURL: m.url(target)}), command)
				if got.code != job.CodeFinal || got.result.Reason != job.ReasonInvalid && got.result.Reason != job.ReasonCorrupt || got.result.Restored != nil {
					t.Errorf("code %d, result %+v\n%s", got.code, got.result, got.output)
				}
				for _, never := range []string{marked, "secret of others"} {
					if strings.Contains(got.output, never) {
						t.Errorf("%q is shown: %s", never, got.output)
					}
				}
			})
		}
	}
	if got := m.query(t, "", "SELECT concat(s.Value, p.Message) FROM "+target+".Systems s, "+victim+".Posts p"); got != "oldsecret of others" {
		t.Errorf("rows have changed: %s", got)
	}
	wantSame(t, "all tables", before, m.query(t, "", "SET group_concat_max_len = 1000000", databases))
}
