package mysqldump

import (
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

const (
	head = "-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)\n--\n-- Server version\t8.0.36\n"
	tail = "-- Dump completed on 2026-01-02  3:04:05\n"
)

// statements of a dump: their kinds, tables and texts.
func statements(t *testing.T, dump string) (got []string, err error) {
	t.Helper()
	d := NewReader(strings.NewReader(dump))
	kinds := map[Kind]string{Unknown: "unknown", Setting: "setting", Place: "place", CreateTable: "table", AlterTable: "alter", Insert: "insert", Program: "program"}
	for {
		st, err := d.Next()
		if err == io.EOF { //nolint:errorlint // The reader returns it as it is.
			return got, nil
		}
		if err != nil {
			return got, err
		}
		got = append(got, strings.Join([]string{kinds[st.Kind], st.Table, string(st.Text)}, "|"))
	}
}

func TestStatements(t *testing.T) {
	for _, tc := range []struct {
		reason string
		dump   string
		want   []string
	}{
		{"settings are comments to old servers", "/*!40101 SET NAMES utf8mb4 */;", []string{"setting||/*!40101 SET NAMES utf8mb4 */"}},
		{"the sandbox is no statement", "/*M!999999\\- enable the sandbox mode */ \nUSE `a;b`;", []string{"place||USE `a;b`"}},
		{"the sandbox of the first versions that had it", "/*!999999\\- enable the sandbox mode */ \n-- MariaDB dump\n/*!40101 SET NAMES utf8mb4 */;", []string{"setting||/*!40101 SET NAMES utf8mb4 */"}},
		{"comments are left out, and quotes in them mean nothing", "# it's\n/* it's; */\n-- it's;\nUNLOCK TABLES;", []string{"place||UNLOCK TABLES"}},
		{"two dashes without a space are no comment", "INSERT INTO a VALUES (1--1);", []string{"insert|a|INSERT INTO a VALUES (1--1)"}},
		{"quotes hide what ends statements", "INSERT INTO `a``;` VALUES ('\\';','\";','it'';s');", []string{"insert|a`;|INSERT INTO `a``;` VALUES ('\\';','\";','it'';s')"}},
		{"keys are no part of the data", "/*!40000 ALTER TABLE `a` DISABLE KEYS */;", []string{"place|a|/*!40000 ALTER TABLE `a` DISABLE KEYS */"}},
		{"constraints are", "ALTER TABLE `a` ADD CONSTRAINT b FOREIGN KEY (c) REFERENCES d (e);", []string{"alter|a|ALTER TABLE `a` ADD CONSTRAINT b FOREIGN KEY (c) REFERENCES d (e)"}},
		{
			"programs end as they say", "DELIMITER ;;\n/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`%`*/ /*!50003 TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET @a = 1; END */;;\nDELIMITER ;\nCOMMIT;",
			[]string{"program||/*!50003 CREATE*/ /*!50017 DEFINER=`a`@`%`*/ /*!50003 TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN SET @a = 1; END */", "place||COMMIT"},
		},
		{"what stands for a view is no table", "/*!50001 CREATE TABLE `v` (`a` tinyint) ENGINE=MyISAM */;", []string{"program|v|/*!50001 CREATE TABLE `v` (`a` tinyint) ENGINE=MyISAM */"}},
		{"a table of a name like a keyword", "CREATE TABLE IF NOT EXISTS `table` (`a` int);", []string{"table|table|CREATE TABLE IF NOT EXISTS `table` (`a` int)"}},
		{"rows replace others", "REPLACE INTO `a` VALUES (1);", []string{"insert|a|REPLACE INTO `a` VALUES (1)"}},
	} {
		t.Run(tc.reason, func(t *testing.T) {
			got, err := statements(t, head+tc.dump+"\n"+tail)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	for _, tc := range []struct {
		reason string
		dump   string
		want   job.Reason
	}{
		{"nothing is no dump", "", job.ReasonUnknownFormat},
		{"a statement that does not end", head + "INSERT INTO a VALUES (1", job.ReasonCorrupt},
		{"a quote that does not end", head + "INSERT INTO a VALUES ('1);" + tail, job.ReasonCorrupt},
		{"a backslash at the end", head + `INSERT INTO a VALUES ('\`, job.ReasonCorrupt},
		{"a comment that does not end", head + "/* comment", job.ReasonCorrupt},
		{"a dump that ends between two statements", head + "COMMIT;\n", job.ReasonCorrupt},
		{"something after the end", head + tail + "COMMIT;\n", job.ReasonCorrupt},
		{"another character set", head + "/*!40101 SET NAMES latin1 */;\n" + tail, job.ReasonInvalid},
		{"several databases", head + "USE `a`;\nUSE `b`;\n" + tail, job.ReasonInvalid},
		{"what is in no dump", head + "GRANT ALL ON *.* TO a;\n" + tail, job.ReasonInvalid},
		{"SQL of somebody else's", "GRANT ALL ON *.* TO a;\n", job.ReasonUnknownFormat},
		{"a delimiter of nothing", head + "DELIMITER  \nCOMMIT;\n" + tail, job.ReasonCorrupt},
	} {
		t.Run(tc.reason, func(t *testing.T) {
			_, err := statements(t, tc.dump)
			if got := failure.Reason(err); err == nil || got != tc.want {
				t.Errorf("want %s, got %s: %v", tc.want, got, err)
			}
		})
	}
}

func TestWalk(t *testing.T) {
	dump := head + "CREATE TABLE `Systems` (`Name` varchar(64), `Value` text);\nINSERT INTO `Systems` VALUES ('a','b'),('c',NULL);\n" +
		"CREATE TABLE `db_migrations` (`Version` bigint, `Name` varchar(64));\nINSERT INTO `db_migrations` (`Name`,`Version`) VALUES ('x',7),('y',121),('z',8);\n" + tail
	var rows []string
	got, err := Walk(NewReader(strings.NewReader(dump)), Visitor{Row: func(table string, columns []string, values [][]byte) error {
		row := table
		for i, v := range values {
			row += " " + columns[i] + "=" + string(v)
		}
		rows = append(rows, row)
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Summary{Server: "8.0.36", Tables: 2, Rows: 5, Migration: 121}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Systems Name=a Value=b", "Systems Name=c Value=", "db_migrations Name=x Version=7", "db_migrations Name=y Version=121", "db_migrations Name=z Version=8"}, rows); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestWalkRefuses(t *testing.T) {
	const systems = "CREATE TABLE `Systems` (`Name` varchar(64), `Value` text);\n"
	for _, tc := range []struct {
		reason string
		dump   string
		want   job.Reason
	}{
		{"another program's database", "CREATE TABLE `a` (`b` int);\n", job.ReasonInvalid},
		{"rows without a table", systems + "INSERT INTO `a` VALUES (1);\n", job.ReasonCorrupt},
		{"a value too few", systems + "INSERT INTO `Systems` VALUES ('a');\n", job.ReasonCorrupt},
		{"a table twice", systems + systems, job.ReasonInvalid},
		{"a table without columns", "CREATE TABLE `Systems` (PRIMARY KEY (`a`));\n", job.ReasonCorrupt},
	} {
		t.Run(tc.reason, func(t *testing.T) {
			_, err := Walk(NewReader(strings.NewReader(head+tc.dump+tail)), Visitor{})
			if got := failure.Reason(err); err == nil || got != tc.want {
				t.Errorf("want %s, got %s: %v", tc.want, got, err)
			}
		})
	}
}
