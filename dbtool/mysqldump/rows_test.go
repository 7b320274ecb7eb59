package mysqldump

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// rowsOf an Insert, with NULL as nil.
func rowsOf(text string) (columns []string, rows [][]*string, err error) {
	err = judge([]byte(text)).Rows(func(named []string, values [][]byte) error {
		columns = named
		row := make([]*string, len(values))
		for i, v := range values {
			if v != nil {
				s := string(v)
				row[i] = &s
			}
		}
		rows = append(rows, row)
		return nil
	})
	return columns, rows, err
}

func TestRows(t *testing.T) {
	s := func(text string) *string { return &text }
	for _, tc := range []struct {
		reason  string
		values  string
		columns []string
		want    [][]*string
	}{
		{"NULL is no text", "VALUES (NULL,'NULL','')", nil, [][]*string{{nil, s("NULL"), s("")}}},
		{"numbers stay as they are", "VALUES (-1,1.50,1e+10,.5)", nil, [][]*string{{s("-1"), s("1.50"), s("1e+10"), s(".5")}}},
		{"escapes", `VALUES ('\0\n\r\t\b\Z\\\'\"\q','it''s')`, nil, [][]*string{{s("\x00\n\r\t\b\x1a\\'\"q"), s("it's")}}},
		{"what only patterns escape keeps its backslash", `VALUES ('\%\_\\%','a\%')`, nil, [][]*string{{s(`\%\_\%`), s(`a\%`)}}},
		{"bytes", "VALUES (0x00fF,x'41',b'101',_binary '\\0a',_utf8mb4'ü')", nil, [][]*string{{s("\x00\xff"), s("A"), s("\x05"), s("\x00a"), s("ü")}}},
		{"rows", "VALUES\n('),('),\n(  2 )", nil, [][]*string{{s("),(")}, {s("2")}}},
		{"columns", "(`a`, `b``c`) VALUES (1,2)", []string{"a", "b`c"}, [][]*string{{s("1"), s("2")}}},
	} {
		t.Run(tc.reason, func(t *testing.T) {
			columns, rows, err := rowsOf("INSERT INTO `t` " + tc.values)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.columns, columns); diff != "" {
				t.Errorf("columns: -want +got:\n%s", diff)
			}
			if diff := cmp.Diff(tc.want, rows); diff != "" {
				t.Errorf("rows: -want +got:\n%s", diff)
			}
		})
	}
}

func TestRowsRefuse(t *testing.T) {
	for _, values := range []string{
		"", "VALUES", "VALUES (", "VALUES (1", "VALUES (1) (2)", "VALUES (1),", "VALUES ('a)", "VALUES (now())", "VALUES (SELECT 1)",
		"VALUES (0xzz)", "VALUES (b'2')", "VALUES ()", "(a) VALUES (1)", "(`a` VALUES (1)", "SELECT 1", `VALUES ('\`,
		"VALUES (1" + strings.Repeat(",1", maxColumns) + ")",
	} {
		if _, rows, err := rowsOf("INSERT INTO `t` " + values); err == nil {
			t.Errorf("%.99s was read as %d rows", values, len(rows))
		}
	}
}

func TestColumns(t *testing.T) {
	const table = "CREATE TABLE `t` (\n  `Id` varchar(26) NOT NULL COMMENT 'a, (b) `c`',\n  `Price` decimal(10,2) DEFAULT (1 + 2),\n  `Kind` enum('a,b','c)') DEFAULT NULL,\n" +
		"  `Json` longtext CHECK (json_valid(`Json`)),\n  PRIMARY KEY (`Id`,`Price`),\n  KEY `k` (`Kind`),\n  CONSTRAINT `f` FOREIGN KEY (`Id`) REFERENCES `o` (`Id`)\n) ENGINE=InnoDB COMMENT='x,`y`'"
	got, err := judge([]byte(table)).Columns()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"Id", "Price", "Kind", "Json"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestLongDefinitions have more columns than any table.
func TestLongDefinitions(t *testing.T) {
	if got, err := judge([]byte("CREATE TABLE `t` (" + strings.Repeat("`a` int,", maxDefinition/8) + "`b` int)")).Columns(); err == nil {
		t.Errorf("%d columns", len(got))
	}
}

// FuzzReader finds dumps that make the reader panic, or never end.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{
		head + "CREATE TABLE `Systems` (`a` int);\nINSERT INTO `Systems` VALUES (1),('\\'',NULL,0xff,_binary 'a');\n" + tail,
		"/*!40101 SET NAMES utf8 */;/*M!999999\\-*/", "DELIMITER ;;\n;;", "--", "/", "/*", "CREATE TABLE `", "INSERT INTO `a` VALUES (b'", "#\n'",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, dump string) {
		first, err := Walk(NewReader(strings.NewReader(dump)), Visitor{})
		if err != nil {
			return
		}
		again, err := Walk(NewReader(strings.NewReader(dump)), Visitor{})
		if err != nil || first != again {
			t.Errorf("read once: %v, and again: %v, %v", first, again, err)
		}
	})
}
