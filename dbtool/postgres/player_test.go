package postgres

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// played is a sink that keeps what is played.
type played struct{ all []string }

func (p *played) exec(_ context.Context, s statement) error {
	p.all = append(p.all, s.sql)
	return nil
}

func (p *played) attempt(_ context.Context, s statement) (bool, error) {
	p.all = append(p.all, "attempt "+s.sql)
	return true, nil
}

func (p *played) copyIn(_ context.Context, s statement, rows io.Reader) error {
	content, err := io.ReadAll(rows)
	p.all = append(p.all, s.sql+" → "+string(content))
	return err
}

func (p *played) flush(context.Context) (int64, error) { return 2, nil }

const script16 = `--
-- PostgreSQL database dump
--

\restrict token
-- Dumped from database version 16.4 (Debian 16.4-1)
SET transaction_timeout = 0;
CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;
CREATE TABLE public.systems (name text);
CREATE UNLOGGED TABLE public.u (v int);
ALTER TABLE public.systems OWNER TO other;
CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE TABLE metrics.m (v text);
COPY metrics.m (v) FROM stdin;
theirs
\.
COPY public.systems (name) FROM stdin;
a
b
\.
-- PostgreSQL database dump complete
\unrestrict token
`

func TestPlay(t *testing.T) {
	for _, of := range []struct {
		reason string
		script string
		major  int
		want   job.Reason
	}{
		{"a dump", script16, 16, ""},
		{"a dump of a later server", script16, 15, job.ReasonTooNew},
		{"no dump", "CREATE TABLE t (v int);\n", 16, job.ReasonUnknownFormat},
		{"a dump without its end", strings.Replace(script16, "-- PostgreSQL database dump complete\n", "", 1), 16, job.ReasonCorrupt},
		{"a command of psql's", strings.Replace(script16, `\restrict token`, `\copy x from y`, 1), 16, job.ReasonInvalid},
	} {
		t.Run(of.reason, func(t *testing.T) {
			sink := &played{}
			p := &player{sink: sink, target: "public", place: place{path: "public", schemas: map[string]bool{"public": true}, foreign: map[string]bool{"metrics": true}}, major: of.major}
			err := p.play(t.Context(), strings.NewReader(of.script))
			if of.want != "" {
				if failure.Reason(err) != of.want || failure.Code(err) != job.CodeFinal {
					t.Errorf("%v, want %s", err, of.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want := []string{
				`attempt CREATE EXTENSION IF NOT EXISTS "pg_trgm" WITH SCHEMA "public"`, "create table public . systems ( name text )",
				"create unlogged table public . u ( v int )", `COPY "public"."systems" ("name") FROM STDIN → a` + "\nb\n",
			}
			if diff := cmp.Diff(want, sink.all); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			loaded := Loaded{Tables: 2, Rows: 2, Skipped: []string{"owners (1)", "statements of schema metrics (2)"}, late: []string{"", "", "create function public . f ( ) returns int language sql as 'SELECT 1'"}}
			if diff := cmp.Diff(loaded, p.loaded, cmp.AllowUnexported(Loaded{})); diff != "" {
				t.Errorf("loaded: -want +got:\n%s", diff)
			}
		})
	}
}

// TestSchemas asserts that the schema of the server's tables decides which schemas are
// foreign.
func TestSchemas(t *testing.T) {
	of := func(schema string) string {
		return strings.ReplaceAll("CREATE TABLE %.systems (v int);\nCOPY %.systems FROM stdin;\n\\.\n", "%", schema)
	}
	for _, tc := range []struct {
		reason, script string
		want           job.Reason
	}{
		{"its own", of("chat"), ""},
		{"another schema that has a table", "CREATE TABLE helpers.t (v int);\n" + of("chat"), ""},
		{"what restores left behind is not the server's", "CREATE TABLE replaced_0123456789ab.systems (v int);\n" + of("chat"), ""},
		{"two servers", "CREATE TABLE a.systems (v int);\n" + of("chat"), job.ReasonInvalid},
		{"two servers, one after the other", of("a") + of("chat"), job.ReasonInvalid},
		{"no server", "CREATE TABLE a.users (v int);\n", job.ReasonInvalid},
		{"rows before tables", "COPY a.users FROM stdin;\n\\.\n" + of("a"), job.ReasonInvalid},
		{"somebody else's here", of("metrics"), job.ReasonInvalid},
		{"old pg_dump", "SET search_path = chat, pg_catalog;\nCREATE TABLE systems (v int);\nINSERT INTO systems VALUES (1);\n", ""},
	} {
		t.Run(tc.reason, func(t *testing.T) {
			p := &player{sink: &played{}, target: "public", place: place{path: "public", foreign: map[string]bool{"metrics": true}}, major: 16}
			err := p.play(t.Context(), strings.NewReader(beginning+"\n"+tc.script+ending+"\n"))
			if tc.want != "" && failure.Reason(err) != tc.want || tc.want == "" && (err != nil || p.place.home != "chat") {
				t.Errorf("%v, schema %q", err, p.place.home)
			}
		})
	}
}

func TestReadingFindsMigrations(t *testing.T) {
	for _, script := range []string{
		"CREATE TABLE public.systems (v int);\nCOPY public.db_migrations (version, name) FROM stdin;\n7\tseven\n130\tlast\n9\tnine\n\\.\n",
		"CREATE TABLE systems (v int);\nINSERT INTO public.db_migrations VALUES (7, 'seven');\nINSERT INTO public.db_migrations (version, name) VALUES (130, 'x');\n",
	} {
		r := &reading{}
		p := &player{sink: r, target: "public", place: place{path: "public"}, major: 16}
		if err := p.play(t.Context(), strings.NewReader(beginning+"\n"+script+ending+"\n")); err != nil {
			t.Fatal(err)
		}
		if p.place.home != "public" || r.migration != 130 {
			t.Errorf("%+v of %s", r, script)
		}
	}
}
