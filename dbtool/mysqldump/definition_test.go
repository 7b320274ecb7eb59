package mysqldump

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// systemsTable is what makes a dump one of a server.
const systemsTable = "CREATE TABLE `Systems` (`Name` varchar(64) NOT NULL, `Value` text) ENGINE=InnoDB;\n"

// ran is what a server would be given of a dump, and what is wrong with the dump.
func ran(dump string) (got []string, err error) {
	_, err = Walk(NewReader(strings.NewReader(head+systemsTable+dump+"\n"+tail)), Visitor{Run: func(_ Kind, _, sql string) error {
		got = append(got, sql)
		return nil
	}})
	if len(got) > 0 {
		got = got[1:]
	}
	return got, err
}

func TestWhatIsRunIsWrittenAnew(t *testing.T) {
	for _, tc := range []struct{ reason, dump, want string }{
		{
			"a table of MySQL 8",
			"CREATE TABLE `Posts` (\n  `Id` varchar(26) NOT NULL,\n  `CreateAt` bigint DEFAULT NULL,\n  `IsPinned` tinyint(1) NOT NULL DEFAULT '0',\n  `Props` json DEFAULT NULL,\n  `Type` enum('O','it''s') COLLATE utf8mb4_bin DEFAULT 'O' COMMENT 'a, (b) `c` \\\\',\n" +
				"  PRIMARY KEY (`Id`),\n  UNIQUE KEY `u` (`CreateAt`,`Type`(10) DESC) USING BTREE,\n  FULLTEXT KEY `f` (`Type`) /*!50100 WITH PARSER `ngram` */ \n) ENGINE=InnoDB AUTO_INCREMENT=7 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_0900_ai_ci ROW_FORMAT=DYNAMIC COMMENT='x,`y`';",
			"CREATE TABLE `Posts`( `Id` varchar( 26 ) NOT NULL , `CreateAt` bigint DEFAULT NULL , `IsPinned` tinyint( 1 ) NOT NULL DEFAULT '0' , `Props` json DEFAULT NULL , `Type` enum( 'O' , 'it''s' ) COLLATE utf8mb4_bin DEFAULT 'O' COMMENT 'a, (b) `c` \\\\' ," +
				" PRIMARY KEY( `Id` ) , UNIQUE KEY `u`( `CreateAt` , `Type`( 10 ) DESC ) USING BTREE , FULLTEXT KEY `f`( `Type` ) WITH PARSER `ngram` ) ENGINE = InnoDB AUTO_INCREMENT = 7 DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_0900_ai_ci ROW_FORMAT = DYNAMIC COMMENT = 'x,`y`'",
		},
		{
			"a table of MariaDB", "CREATE TABLE IF NOT EXISTS `a` (`at` timestamp(6) NULL DEFAULT current_timestamp(6) ON UPDATE current_timestamp(6), `j` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`j`)), `b` bit(1) DEFAULT b'0', `n` decimal(10,2) unsigned DEFAULT (1 + 2));",
			"CREATE TABLE `a`( `at` timestamp( 6 ) NULL DEFAULT current_timestamp( 6 ) ON UPDATE current_timestamp( 6 ) , `j` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK( json_valid( `j` ) ) , `b` bit( 1 ) DEFAULT b'0' , `n` decimal( 10 , 2 ) unsigned DEFAULT( 1 + 2 ) ) ENGINE = InnoDB",
		},
		{
			"what only patterns escape", "CREATE TABLE `a` (`b` text CHECK (`b` like '50\\%\\_\\\\%'));",
			"CREATE TABLE `a`( `b` text CHECK( `b` like '50\\\\%\\\\_\\\\%' ) ) ENGINE = InnoDB",
		},
		{
			"keys and constraints that come later", "ALTER TABLE `Systems` ADD KEY `k` (`Value`(20)), ADD CONSTRAINT `f` FOREIGN KEY (`Name`) REFERENCES `o` (`Id`) ON DELETE CASCADE;",
			"ALTER TABLE `Systems` ADD KEY `k`( `Value`( 20 ) ) , ADD CONSTRAINT `f` FOREIGN KEY( `Name` ) REFERENCES `o`( `Id` ) ON DELETE CASCADE",
		},
		{
			"what is a comment to old servers", "CREATE TABLE `a` (`id` bigint unsigned NOT NULL AUTO_INCREMENT /*!80023 INVISIBLE */, KEY `k` (`id`) /*!80000 INVISIBLE */) ENGINE=InnoDB /*!80016 ENCRYPTION='N' */;",
			"CREATE TABLE `a`( `id` bigint unsigned NOT NULL AUTO_INCREMENT INVISIBLE , KEY `k`( `id` ) INVISIBLE ) ENGINE = InnoDB",
		},
		{"rows", "INSERT INTO `Systems` VALUES ('a',NULL),\n( 'it''s \\' \\\\', 0xff ),(-1.5e+3,_binary 'x\\0');", "INSERT INTO `Systems` VALUES ('a',NULL),('it''s \\' \\\\',0xff),(-1.5e+3,_binary 'x\\0')"},
		{"rows with columns", "REPLACE INTO Systems (`Value`, `Name`) VALUES (b'101',x'41');", "INSERT INTO `Systems` (`Value`,`Name`) VALUES (b'101',x'41')"},
		{"rows that a server would leave out without an error", "INSERT  IGNORE INTO `Systems` VALUES ('a','b');", "INSERT INTO `Systems` VALUES ('a','b')"},
	} {
		t.Run(tc.reason, func(t *testing.T) {
			got, err := ran(tc.dump)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{tc.want}, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			again, err := ran(strings.Replace(tc.want, "NOT EXISTS", "", 1) + ";")
			if diff := cmp.Diff(got, again); err != nil || diff != "" {
				t.Errorf("written again: %v, -want +got:\n%s", err, diff)
			}
		})
	}
}

// TestHostileStatements reach other tables, other databases, other servers, or run what
// definitions of Mattermost's tables do not have.
func TestHostileStatements(t *testing.T) {
	for _, sql := range []string{
		"ALTER TABLE `Systems` EXCHANGE PARTITION p0 WITH TABLE `mattermost`.`Posts`", "ALTER TABLE `Systems` ADD COLUMN x int, RENAME TO `mattermost_of_b`.`Systems2`",
		"ALTER TABLE `Systems` ADD KEY `k` (`Name`), RENAME TO `other`.`t`", "ALTER TABLE `Systems` ADD KEY `k` (`Name`) ALGORITHM=COPY", "ALTER TABLE `Systems` ADD COLUMN `x` int", "ALTER TABLE `Systems` ADD `x` int",
		"ALTER TABLE `Systems` ENGINE = FEDERATED", "ALTER TABLE `Systems` DROP KEYS, RENAME TO o.t", "ALTER TABLE `Systems` ADD PARTITION (PARTITION p1 VALUES LESS THAN (1))", "ALTER TABLE `Systems` DISCARD PARTITION p0 TABLESPACE",
		"ALTER TABLE `Others` ADD KEY `k` (`Name`)", "ALTER TABLE `mattermost`.`Posts` ADD KEY `k` (`Name`)", "ALTER TABLE `Systems` ADD CONSTRAINT `f` FOREIGN KEY (`Name`) REFERENCES `mattermost`.`Posts` (`Id`)",
		"/*!40000 ALTER TABLE `Systems` ADD KEY `k` (`Name`) */ , RENAME TO `other`.`t`", "ALTER TABLE `Systems` ADD KEY `k` (`Name`) /*!50000 , RENAME TO `other`.`t` */", "ALTER TABLE `Systems` ADD KEY `k` (`Name`),",
		"CREATE TABLE `a` (`b` text) ENGINE=InnoDB AS SELECT Password AS b FROM `mattermost_of_b`.`Users`", "CREATE TABLE `a` (`b` text) SELECT 'LIT' AS b", "CREATE TABLE `a` (`b` text) ENGINE=InnoDB IGNORE SELECT 1 AS b",
		"CREATE TABLE `a` (LIKE `mattermost`.`Users`)", "CREATE TABLE `a` (`b` text) ENGINE=FEDERATED CONNECTION='mysql://u:LIT@10.0.0.1/d/t'", "CREATE TABLE `a` (`b` text) ENGINE=InnoDB CONNECTION='LIT'",
		"CREATE TABLE `a` (`b` text) ENGINE=MRG_MyISAM UNION=(`mattermost`.`Posts`) INSERT_METHOD=LAST", "CREATE TABLE `a` (`b` text) ENGINE=MyISAM", "CREATE TABLE `a` (`b` text) ENGINE=CSV", "CREATE TABLE `a` (`b` text) ENGINE='InnoDB LIT'",
		"CREATE TABLE `a` (`b` text) DATA DIRECTORY='/LIT'", "CREATE TABLE `a` (`b` text) ENGINE=InnoDB INDEX DIRECTORY='/LIT'", "CREATE TABLE `a` (`b` text) TABLESPACE `t`", "CREATE TABLE `a` (`b` text) ENGINE=InnoDB /*!50100 TABLESPACE t */",
		"CREATE TABLE `a` (`b` text) PARTITION BY HASH(1)", "CREATE TABLE `a` (`b` text) /*!50100 PARTITION BY RANGE (`b`) (PARTITION p0 VALUES LESS THAN (1) DATA DIRECTORY='/LIT') */", "CREATE TABLE `a` (`b` text /*!50000 , `c` int */)",
		"CREATE TABLE `a` (`b` text /*M!100000 COMMENT 'LIT' */)", "CREATE TABLE `a` (`b` text GENERATED ALWAYS AS (load_file('/etc/LIT')) VIRTUAL)", "CREATE TABLE `a` (`b` int DEFAULT (sleep(100)))", "CREATE TABLE `a` (`b` int DEFAULT (`o`.`f`()))",
		"CREATE TABLE `a` (`b` int DEFAULT (`f`('LIT')))", "CREATE TABLE `a` (`b` int DEFAULT ((SELECT 1)))", "CREATE TABLE `a` (`b` int DEFAULT nextval(`o`.`s`))", "CREATE TABLE `a` (`b` int DEFAULT (next value for `o`.`s`))", "CREATE TABLE `a` (`b` int DEFAULT (@@datadir))",
		"CREATE TABLE `a` (`b` int DEFAULT (user()))", "CREATE TABLE `a` (`b` int DEFAULT (benchmark(1000000000, sha2('LIT', 512))))", "CREATE TABLE `a` (`b` int, CONSTRAINT `c` CHECK (get_lock('LIT', 1)))", "CREATE TABLE `a` (`b` int, KEY `k` ((`o`.`f`(`b`))))",
		"CREATE TABLE `a` (`b` int, CONSTRAINT `f` FOREIGN KEY (`b`) REFERENCES `o`.`t` (`b`))", "CREATE TABLE `a` (`b` int, CONSTRAINT `f` FOREIGN KEY (`b`) REFERENCES `#mysql50#../o/t` (`b`))", "CREATE TABLE `a` (`b` int REFERENCES `o`.`t` (`b`))", "CREATE TABLE `a` (`b` int, `B` int)", "CREATE TABLE `a` (`b` int, FULLTEXT KEY `k` (`b`) WITH PARSER `LIT`)",
		"CREATE TABLE `a` (`b` geometry)", "CREATE TABLE `a` (`b` int) ENGINE=InnoDB WITH SYSTEM VERSIONING", "CREATE TABLE `a` (`b` int) ENCRYPTION='LIT'", "CREATE TABLE `#mysql50#../o/t` (`b` int)", "CREATE TABLE `../o/t` (`b` int)", "CREATE TABLE `o`.`t` (`b` int)",
		"CREATE TEMPORARY TABLE `a` (`b` int)", "CREATE OR REPLACE TABLE `o`.`a` (`b` int); INSERT INTO `a` VALUES (1)", "CREATE TABLE `a` (`b` int) ENGINE=InnoDB, (`c` int)", "CREATE TABLE `a` (`b` int COMMENT \"LIT\")",
		"REPLACE INTO `mattermost`.`Users` SELECT * FROM `mattermost_of_b`.`Users`", "INSERT INTO `mattermost`.`Users` VALUES ('LIT')", "INSERT INTO `Systems` SELECT 'LIT', Password FROM `o`.`Users`", "INSERT INTO `Systems` VALUES ('LIT', (SELECT 1))",
		"INSERT INTO `Systems` VALUES ('LIT', 1) ON DUPLICATE KEY UPDATE `Value` = load_file('/LIT')", "INSERT INTO `Systems` VALUES ('LIT', 1) RETURNING sleep(1)", "INSERT INTO `Systems` PARTITION (p0) VALUES ('LIT', 1)", "INSERT INTO `Systems` SET `Name` = 'LIT'",
		"INSERT INTO `Systems` VALUES ('LIT', 1-Name)", "INSERT INTO `Systems` VALUES ('LIT', 1--1)", "INSERT INTO `Systems` VALUES ('LIT', @@datadir)", "INSERT INTO `Systems` VALUES ('LIT', _sjis 'x')", "INSERT INTO `Systems` VALUES ('LIT' 'LIT', 1)",
		"INSERT INTO `Systems` VALUES ('LIT', /*!50000 sleep(1) */)", "/*!50000 INSERT INTO `Systems` VALUES ('LIT', sleep(1)) */", "INSERT INTO `Systems` VALUES ('LIT', 1) /*!50000 , ('LIT', sleep(1)) */", "INSERT INTO `Systems` VALUES ('LIT', x'4\\1')",
		"INSERT INTO `Others` VALUES ('LIT')", "UPDATE `Systems` SET `Value` = 'LIT'", "DELETE FROM `Systems`", "SELECT 'LIT' INTO OUTFILE '/LIT'", "LOAD DATA INFILE '/LIT' INTO TABLE `Systems`", "HANDLER `o`.`t` OPEN", "CALL `LIT`()", "RENAME TABLE `o`.`a` TO `b`",
		"LIT 'LIT'", "INSERT INTO `LIT ` VALUES (1)", "CREATE TABLE `LIT ` (`b` int)",
	} {
		sql = strings.ReplaceAll(sql, "LIT", "literal-of-the-dump")
		got, err := ran(sql + ";")
		if reason := failure.Reason(err); reason != job.ReasonInvalid && reason != job.ReasonCorrupt || err == nil {
			t.Errorf("%s: %v, and runs %q", sql, err, got)
			continue
		}
		if strings.Contains(err.Error(), "literal") {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

// FuzzRun finds dumps of which a server is given what would be read in another way.
func FuzzRun(f *testing.F) {
	for _, seed := range []string{
		"CREATE TABLE `a` (`b` enum('x','''y') DEFAULT '\\\\' COMMENT 'it\\'s', `c` int DEFAULT (1 - -1), KEY `k` (`b`(3)) /*!50100 WITH PARSER `ngram` */) ENGINE=InnoDB COMMENT='x';",
		"INSERT INTO `Systems` VALUES ('\\'',NULL),(0xff,_binary 'a'),(-1.5e+3,b'1');", "REPLACE INTO Systems (`Name`) VALUES ('''x');", "ALTER TABLE `Systems` ADD CONSTRAINT `c` CHECK (json_valid(`Value`));",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, dump string) {
		first, err := ran(dump)
		if err != nil || len(first) == 0 {
			return
		}
		again, err := ran(strings.Join(first, ";\n") + ";")
		if diff := cmp.Diff(first, again); err != nil || diff != "" {
			t.Errorf("run again: %v, -first +again:\n%s", err, diff)
		}
	})
}
