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

// split a script into statements as the server gets them. Rows follow their statement after
// an arrow.
func split(r io.Reader) ([]string, error) {
	var all []string
	s := newSplitter(r, func(line string) { all = append(all, "comment "+line) })
	for {
		tokens, meta, err := s.next()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		if meta != "" {
			all = append(all, meta)
			continue
		}
		sql := render(tokens)
		if tokens[0].is("copy") {
			rows, err := io.ReadAll(s.rows())
			if err != nil {
				return all, err
			}
			sql += " → " + string(rows)
		}
		if of := (place{path: "public", home: "public"}).judge(tokens); of.backslashes != nil {
			s.backslashes = *of.backslashes
		}
		all = append(all, sql)
	}
}

func TestSplit(t *testing.T) {
	for _, of := range []struct {
		reason string
		script string
		want   []string
	}{
		{"nothing", " \n;; \t\r\n", nil},
		{"statements", "SELECT 1;SELECT\n 2 ;\n", []string{"select 1", "select 2"}},
		{"a byte order mark", "\xef\xbb\xbfSELECT 1;", []string{"select 1"}},
		{"a quote has semicolons and quotes", "SELECT 'a;''b' ;", []string{"select 'a;''b'"}},
		{"a backslash is no escape", `SELECT '\';SELECT 2;`, []string{`select '\'`, "select 2"}},
		{"a backslash is an escape after E", `SELECT E'\';\\';SELECT e'\'';`, []string{`select ''';\'`, `select ''''`}},
		{"all escapes", `SELECT E'\b\f\n\r\t\101\x42\u00e9\U0001F600\ud83d\ude00\q';`, []string{"select '\b\f\n\r\tABé😀😀q'"}},
		{"a name that ends in e is no E", `SELECT name'\';SELECT 2;`, []string{`select name '\'`, "select 2"}},
		{
			"a backslash is an escape in old dumps", `SET standard_conforming_strings = off; SELECT '\';'; SET standard_conforming_strings = on; SELECT '\';`,
			[]string{"set standard_conforming_strings = off", `select ''';'`, "set standard_conforming_strings = on", `select '\'`},
		},
		{"an identifier has semicolons, and keeps its case", `SELECT "a;""B";`, []string{`select "a;""B"`}},
		{"dollar quotes", "SELECT $$a;'b$$, $tag$;$$;$ta$;$tag$;SELECT 1;", []string{"select 'a;''b' , ';$$;$ta$;'", "select 1"}},
		{"a dollar within a name begins no quote", "SELECT a$b$c;SELECT 1;", []string{"select a$b$c", "select 1"}},
		{"comments within", "SELECT 1 -- ;'\n, /* ; /* ' */ ; */ 2;", []string{"select 1 , 2"}},
		{"a comment between words", "COMMIT/**/;RESET/*/**/*/ROLE;", []string{"commit", "reset role"}},
		{"a comment ends an operator", "SELECT 1+/* */2*--\n3;", []string{"select 1 + 2 * 3"}},
		{"comments between", "-- one\n/* ; */ SELECT 1;\n--\n", []string{"comment -- one", "select 1", "comment --"}},
		{"operators", "SELECT 1 - 2 / 3, a->>'b' #> c::text;", []string{"select 1 - 2 / 3 , a ->> 'b' #> c :: text"}},
		{"numbers", "SELECT 1.5, .5, 1e10, 1.e-5, 0x1F, 1_000;", []string{"select 1.5 , .5 , 1e10 , 1.e-5 , 0x1F , 1_000"}},
		{"bits", "SELECT B'01', x'Fe';", []string{"select b'01' , x'Fe'"}},
		{"a statement ends at its semicolon, wherever it is", "CREATE FUNCTION begin() AS 'x'; ROLLBACK;", []string{"create function begin ( ) as 'x'", "rollback"}},
		{"rows", "COPY t (a) FROM stdin;\n1\\.\n\\N;'\n\\.\nSELECT 1;", []string{"copy t ( a ) from stdin → 1\\.\n\\N;'\n", "select 1"}},
		{"no rows", "COPY t FROM STDIN;\n\\.\n\n\nCOPY u FROM stdin;\n\\.", []string{"copy t from stdin → ", "copy u from stdin → "}},
		{"rows with Windows' ends of lines", "COPY t FROM stdin;\r\na\r\n\\.\r\nSELECT 1;", []string{"copy t from stdin → a\r\n", "select 1"}},
		{"a row that only begins like the end", "COPY t FROM stdin;\n\\.x\n\\\\.\n\\.\n", []string{"copy t from stdin → \\.x\n\\\\.\n"}},
		{"meta commands", "\\restrict abc\nSELECT 1;\n\\connect db\n", []string{`\restrict abc`, "select 1", `\connect db`}},
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

func TestSplitRefuses(t *testing.T) {
	for _, script := range []string{
		`SELECT U&'\0041';`, `SELECT u&"a";`, "SELECT N'a';", "SELECT $1;", "SELECT 1a;", "SELECT 1.2.3;", "SELECT 'a\x00';", "SELECT \x01;", `SELECT \g;`, "SELECT {;",
		"SELECT B'02'';", "SELECT b'q';", `SELECT E'\000';`, `SELECT E'\u0000';`, `SELECT E'\ud83d';`, `SELECT E'\uZZZZ';`, "COPY t FROM stdin; SELECT 1;\n",
	} {
		if got, err := split(strings.NewReader(script)); failure.Reason(err) != job.ReasonInvalid && failure.Reason(err) != job.ReasonCorrupt {
			t.Errorf("%q: %q, %v", script, got, err)
		}
	}
}

func TestSplitTruncated(t *testing.T) {
	for _, script := range []string{
		"SELECT 1", "SELECT 'a", `SELECT "a`, "SELECT $$a", "SELECT /* a", "/* a", "COPY t FROM stdin;", "COPY t FROM stdin;\n", "COPY t FROM stdin;\n1\n",
		"COPY t FROM stdin;\n1\n\\",
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
		if len(got) != 2 || got[0] != "copy t from stdin → "+rows || got[1] != "select 1" {
			t.Errorf("shift %d: %d statements", shift, len(got))
		}
	}
}

// FuzzStatements asserts that the server reads each statement that is run as it was judged,
// and that no refused command is run.
func FuzzStatements(f *testing.F) {
	for _, seed := range []string{
		"SELECT 1;", "COPY t FROM stdin;\n1\n\\.\nSELECT 1;", "SELECT $a$;$a$, E'\\'';", "CREATE FUNCTION begin() RETURNS int LANGUAGE sql AS 'select 1'; ROLLBACK;",
		"/*/**/*/ -- x\n\\restrict a\n", "COMMIT/**/;", "RESET/**/ROLE;COPY(SELECT 1)TO PROGRAM 'id';", "DO $$ BEGIN END $$;",
		"CREATE TABLE public.t (a varchar(26) DEFAULT lower('X') NOT NULL, b public.kind, CHECK (a <> 'x'));", "CREATE INDEX i ON t USING gin (to_tsvector('english', a));",
		"INSERT INTO public.t (a, \"B\") VALUES (1, -2, 'x''y', NULL, b'01', 'a'::text), (DEFAULT);", "SELECT pg_catalog.setval('public.s'::regclass, 3, true);",
		"CREATE MATERIALIZED VIEW public.v AS SELECT count(*) AS n FROM public.t WITH NO DATA;", "ALTER TABLE ONLY public.t ADD CONSTRAINT p PRIMARY KEY (a);",
		"SET client_encoding = 'UTF8';SELECT pg_catalog.set_config('search_path', '', false);", "COMMENT ON COLUMN public.t.a IS 'x';", "SET search_path = public, pg_catalog;",
		"CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;", "CREATE PROCEDURE f(a int DEFAULT 1) LANGUAGE plpgsql AS $x$ BEGIN END $x$;",
	} {
		f.Add(seed)
	}
	at := place{home: "public", path: "public", foreign: map[string]bool{"metrics": true}, builtin: map[string]bool{"lower": true}}
	f.Fuzz(func(t *testing.T, script string) {
		whole, err := split(strings.NewReader(script))
		bytewise, other := split(iotest.OneByteReader(strings.NewReader(script)))
		if diff := cmp.Diff(whole, bytewise); diff != "" || (err == nil) != (other == nil) {
			t.Errorf("it depends on how much is read at once: %v, %v: %s", err, other, diff)
		}
		s := newSplitter(strings.NewReader(script), func(string) {})
		for {
			tokens, meta, err := s.next()
			if err != nil {
				return
			}
			if meta != "" {
				continue
			}
			if of := at.judge(tokens); of.sql != "" {
				sameAgain(t, at, of)
			}
			if tokens[0].is("copy") {
				s.rows()
			}
		}
	})
}

// sameAgain reads a statement that is run once more: it must be one statement with the same
// tokens and the same verdict.
func sameAgain(t *testing.T, at place, of statement) {
	t.Helper()
	again := newSplitter(strings.NewReader(of.sql+";\n"), func(string) {})
	tokens, meta, err := again.next()
	if err != nil || meta != "" {
		t.Fatalf("%q is run and cannot be read: %v", of.sql, err)
	}
	twice, _, err := newSplitter(strings.NewReader(render(tokens)+";\n"), func(string) {}).next()
	if err != nil || cmp.Diff(tokens, twice, cmp.AllowUnexported(token{})) != "" {
		t.Fatalf("%q is read in two ways: %v, %v", of.sql, tokens, twice)
	}
	if _, _, err := again.next(); !errors.Is(err, io.EOF) && !tokens[0].is("copy") {
		t.Fatalf("%q is more than one statement", of.sql)
	}
	for _, begin := range []string{"do", "begin", "commit", "rollback", "reset", "set role", "set session", "savepoint", "alter system", "grant", "call", "execute", "lock"} {
		if c := (&cursor{tokens: tokens}); c.words(begin) {
			t.Fatalf("%q is run", of.sql)
		}
	}
	if of.verdict != understood {
		if judged := at.judge(tokens); judged.verdict != of.verdict || judged.sql != of.sql {
			t.Fatalf("%q is judged in two ways: %+v, %+v", of.sql, of, judged)
		}
	}
}
