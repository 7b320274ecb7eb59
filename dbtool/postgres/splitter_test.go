package postgres

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// split a script; rows follow the statement that they are of, after an arrow.
func split(r io.Reader) ([]string, error) {
	var all []string
	s := newSplitter(r, func(line string) { all = append(all, "comment "+line) })
	for {
		text, err := s.next()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		if isCopy(text) {
			rows, err := io.ReadAll(s.rows())
			if err != nil {
				return all, err
			}
			text += " → " + string(rows)
		}
		all = append(all, text)
	}
}

func TestSplit(t *testing.T) {
	for _, of := range []struct {
		reason string
		script string
		want   []string
	}{
		{"nothing", " \n;; \t\r\n", nil},
		{"statements", "SELECT 1;SELECT\n 2 ;\n", []string{"SELECT 1", "SELECT\n 2"}},
		{"a byte order mark", "\xef\xbb\xbfSELECT 1;", []string{"SELECT 1"}},
		{"a quote has semicolons and quotes", "SELECT 'a;''b' ;", []string{"SELECT 'a;''b'"}},
		{"a backslash is no escape", `SELECT '\';SELECT 2;`, []string{`SELECT '\'`, "SELECT 2"}},
		{"a backslash is an escape after E", `SELECT E'\';\\';SELECT e'\'';`, []string{`SELECT E'\';\\'`, `SELECT e'\''`}},
		{"a name that ends in e is no E", `SELECT name'\';SELECT 2;`, []string{`SELECT name'\'`, "SELECT 2"}},
		{
			"a backslash is an escape in old dumps", `SET standard_conforming_strings = off; SELECT '\';'; SET standard_conforming_strings = on; SELECT '\';`,
			[]string{"SET standard_conforming_strings = off", `SELECT '\';'`, "SET standard_conforming_strings = on", `SELECT '\'`},
		},
		{"an identifier has semicolons", `SELECT "a;""b";`, []string{`SELECT "a;""b"`}},
		{"dollar quotes", "SELECT $$a;'b$$, $tag$;$$;$ta$;$tag$;SELECT $1;", []string{"SELECT $$a;'b$$, $tag$;$$;$ta$;$tag$", "SELECT $1"}},
		{"a dollar within a name begins no quote", "SELECT a$b$c;SELECT 1;", []string{"SELECT a$b$c", "SELECT 1"}},
		{"comments within", "SELECT 1 -- ;'\n, /* ; /* ' */ ; */ 2;", []string{"SELECT 1 -- ;'\n, /* ; /* ' */ ; */ 2"}},
		{"comments between", "-- one\n/* ; */ SELECT 1;\n--\n", []string{"comment -- one", "SELECT 1", "comment --"}},
		{"minus and slash are operators too", "SELECT 1 - 2 / 3;", []string{"SELECT 1 - 2 / 3"}},
		{"a rule has statements in parentheses", "CREATE RULE r AS ON DELETE TO t DO INSTEAD (SELECT 1; SELECT 2);", []string{"CREATE RULE r AS ON DELETE TO t DO INSTEAD (SELECT 1; SELECT 2)"}},
		{
			"a function's body in SQL", "CREATE OR REPLACE FUNCTION f() RETURNS int\nBEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END;SELECT 3;",
			[]string{"CREATE OR REPLACE FUNCTION f() RETURNS int\nBEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END", "SELECT 3"},
		},
		{"a transaction's begin is no block", "BEGIN;SELECT 1;END;", []string{"BEGIN", "SELECT 1", "END"}},
		{"rows", "COPY t (a) FROM stdin;\n1\\.\n\\N;'\n\\.\nSELECT 1;", []string{"COPY t (a) FROM stdin → 1\\.\n\\N;'\n", "SELECT 1"}},
		{"no rows", "COPY t FROM STDIN;\n\\.\n\n\nCOPY u FROM stdin;\n\\.", []string{"COPY t FROM STDIN → ", "COPY u FROM stdin → "}},
		{"rows with Windows' ends of lines", "COPY t FROM stdin;\r\na\r\n\\.\r\nSELECT 1;", []string{"COPY t FROM stdin → a\r\n", "SELECT 1"}},
		{"a row that only begins like the end", "COPY t FROM stdin;\n\\.x\n\\\\.\n\\.\n", []string{"COPY t FROM stdin → \\.x\n\\\\.\n"}},
		{"options of a copy", "COPY t FROM stdin WITH (FORMAT csv, DELIMITER ';');\na;b\n\\.\n", []string{"COPY t FROM stdin WITH (FORMAT csv, DELIMITER ';') → a;b\n"}},
		{"a copy from elsewhere has no rows", "COPY t FROM '/x';SELECT 1;", []string{"COPY t FROM '/x'", "SELECT 1"}},
		{"meta commands", "\\restrict abc\nSELECT 1;\n\\connect db\n", []string{`\restrict abc`, "SELECT 1", `\connect db`}},
	} {
		t.Run(of.reason, func(t *testing.T) {
			for name, reader := range map[string]io.Reader{"whole": strings.NewReader(of.script), "byte by byte": iotest.OneByteReader(strings.NewReader(of.script))} {
				got, err := split(reader)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(of.want, got); diff != "" {
					t.Errorf("%s: -want +got:\n%s", name, diff)
				}
			}
		})
	}
}

func TestSplitTruncated(t *testing.T) {
	for _, script := range []string{
		"SELECT 1", "SELECT 'a", `SELECT "a`, "SELECT $$a", "SELECT /* a", "/* a", "COPY t FROM stdin;", "COPY t FROM stdin;\n", "COPY t FROM stdin;\n1\n",
		"COPY t FROM stdin;\n1\n\\", "CREATE FUNCTION f() BEGIN ATOMIC SELECT 1;",
	} {
		if got, err := split(strings.NewReader(script)); failure.Reason(err) != job.ReasonCorrupt {
			t.Errorf("%q: %q, %v", script, got, err)
		}
	}
}

func TestSplitPassesErrorsOn(t *testing.T) {
	want := failure.New(job.ReasonCorrupt, "altered")
	for _, script := range []string{"", "SELECT 1", "COPY t FROM stdin;\n1\n", "-- comment", "SELECT 'a"} {
		_, err := split(io.MultiReader(strings.NewReader(script), iotest.ErrReader(want)))
		if !errors.Is(err, want) {
			t.Errorf("%q: %v", script, err)
		}
	}
}

func TestSplitRefusesEndlessStatements(t *testing.T) {
	endless := io.MultiReader(strings.NewReader("SELECT '"), io.LimitReader(zeros{}, maxStatement+1))
	if _, err := split(endless); failure.Reason(err) != job.ReasonInvalid {
		t.Error(err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// TestRowsAtTheWindowsEdge moves the line that ends rows over the end of what is read at
// once.
func TestRowsAtTheWindowsEdge(t *testing.T) {
	for shift := range 8 {
		rows := strings.Repeat("x", windowBytes-shift-len("COPY t FROM stdin;\n")) + "\n"
		got, err := split(strings.NewReader("COPY t FROM stdin;\n" + rows + "\\.\nSELECT 1;"))
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != 2 || got[0] != "COPY t FROM stdin → "+rows || got[1] != "SELECT 1" {
			t.Errorf("shift %d: %d statements", shift, len(got))
		}
	}
}

func FuzzSplit(f *testing.F) {
	for _, seed := range []string{
		"SELECT 1;", "COPY t FROM stdin;\n1\n\\.\nSELECT 1;", "SELECT $a$;$a$, E'\\'';", "CREATE FUNCTION f() BEGIN ATOMIC; END;", "/*/**/*/ -- x\n\\restrict a\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, script string) {
		whole, err := split(strings.NewReader(script))
		bytewise, other := split(iotest.OneByteReader(strings.NewReader(script)))
		if diff := cmp.Diff(whole, bytewise); diff != "" || (err == nil) != (other == nil) {
			t.Errorf("it depends on how much is read at once: %v, %v: %s", err, other, diff)
		}
		for _, text := range whole {
			if text == "" {
				t.Error("a statement is empty")
			}
		}
	})
}
