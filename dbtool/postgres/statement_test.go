package postgres

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/database"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

func TestJudge(t *testing.T) {
	p := place{
		settings: map[string]bool{"statement_timeout": true, "standard_conforming_strings": true},
		schemas:  map[string]bool{"public": true, "metrics": true},
		foreign:  map[string]bool{"metrics": true},
	}
	for _, of := range []struct {
		text string
		want verdict
	}{
		{"CREATE TABLE public.posts (id int)", run},
		{"CREATE TABLE posts (id int DEFAULT nextval('public.s'))", run},
		{"INSERT INTO public.posts VALUES ('GRANT')", run},
		{"COPY public.posts (id) FROM stdin", run},
		{"SET statement_timeout = 0", run},
		{"SET SESSION statement_timeout = 0", run},
		{"SET transaction_timeout = 0", skip},
		{"set role someone", skip},
		{"SET SESSION AUTHORIZATION 'someone'", skip},
		{"SET default_tablespace = ''", skip},
		{"SELECT pg_catalog.set_config('search_path', '', false)", run},
		{"SELECT pg_catalog.setval('public.s', 1, true)", run},
		{"SELECT pg_catalog.setval('metrics.s', 1, true)", skip},
		{"ALTER TABLE public.posts OWNER TO someone", skip},
		{`ALTER TYPE public."a b" OWNER TO "some one"`, skip},
		{"ALTER TABLE ONLY public.posts ADD CONSTRAINT p PRIMARY KEY (id)", run},
		{"ALTER TABLE IF EXISTS ONLY public.posts DROP CONSTRAINT IF EXISTS p", skip},
		{"ALTER TABLE public.posts ALTER COLUMN id DROP DEFAULT", skip},
		{"ALTER DEFAULT PRIVILEGES FOR ROLE a GRANT ALL ON TABLES TO b", skip},
		{"GRANT ALL ON SCHEMA public TO someone", skip},
		{"REVOKE ALL ON SCHEMA public FROM PUBLIC", skip},
		{"DROP TABLE IF EXISTS public.posts", skip},
		{"CREATE SCHEMA public", skip},
		{`CREATE SCHEMA IF NOT EXISTS "public"`, skip},
		{"CREATE SCHEMA chat", run},
		{"CREATE SCHEMA mattermost_dbtool", skip},
		{"CREATE TABLE mattermost_dbtool.requests (id text)", skip},
		{"COPY replaced_0123456789ab.posts (id) FROM stdin", skip},
		{"CREATE INDEX i ON metrics.m USING btree (v)", skip},
		{"CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public", attempt},
		{"COMMENT ON EXTENSION pg_trgm IS 'x'", skip},
		{"COMMENT ON TABLE public.posts IS 'x'", run},
		{"CREATE DATABASE chat", skip},
		{"ALTER DATABASE chat SET x = 1", skip},
		{"CREATE PUBLICATION p FOR ALL TABLES", skip},
		{"BEGIN", skip},
		{"COMMIT", skip},
		{"ROLLBACK", refuse},
		{"SAVEPOINT s", refuse},
		{"COPY public.posts FROM PROGRAM 'id'", refuse},
		{"COPY public.posts TO '/tmp/x'", refuse},
	} {
		if got := p.judge(of.text); got != of.want {
			t.Errorf("%s: %d, want %d", of.text, got, of.want)
		}
	}
}

// played is a sink that keeps what is played.
type played struct{ all []string }

func (p *played) exec(_ context.Context, sql string) (int64, error) {
	p.all = append(p.all, sql)
	return 0, nil
}

func (p *played) attempt(_ context.Context, sql string) error {
	p.all = append(p.all, "attempt "+sql)
	return nil
}

func (p *played) copyIn(_ context.Context, sql string, rows io.Reader) (int64, error) {
	content, err := io.ReadAll(rows)
	p.all = append(p.all, sql+" → "+string(content))
	return int64(strings.Count(string(content), "\n")), err
}

func (p *played) flush(context.Context) (int64, error) { return 0, nil }

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
			p := &player{sink: sink, place: place{foreign: map[string]bool{"metrics": true}}, major: of.major}
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
				"attempt CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public", "CREATE TABLE public.systems (name text)",
				"CREATE UNLOGGED TABLE public.u (v int)", "COPY public.systems (name) FROM stdin → a\nb\n",
			}
			if diff := cmp.Diff(want, sink.all); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if diff := cmp.Diff(Loaded{Tables: 2, Rows: 2}, p.loaded); diff != "" {
				t.Errorf("loaded: -want +got:\n%s", diff)
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
		p := &player{sink: r, major: 16}
		if err := p.play(t.Context(), strings.NewReader(beginning+"\n"+script+ending+"\n")); err != nil {
			t.Fatal(err)
		}
		if !r.server || r.migration != 130 {
			t.Errorf("%+v of %s", r, script)
		}
	}
}

func TestCorrectConfiguration(t *testing.T) {
	value := `{"SqlSettings":{"DataSource":"old","DataSourceReplicas":["old"],"QueryTimeout":30},"ServiceSettings":{"SiteURL":"old","N":9007199254740993},"X":"<&>"}`
	for _, of := range []struct{ reason, siteURL, want string }{
		{"with a URL of the site", "https://new", "https://new"},
		{"without one", "", "old"},
	} {
		got, err := CorrectConfiguration([]byte(value), "postgres", "postgres://h/d?a=1&b=2", of.siteURL)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(got), `"X":"<&>"`) || !strings.Contains(string(got), "9007199254740993") || !strings.Contains(string(got), `"QueryTimeout":30`) {
			t.Errorf("%s: what was right is different: %s", of.reason, got)
		}
		parsed := map[string]map[string]any{}
		_ = json.Unmarshal([]byte(strings.Replace(string(got), `"X":"<&>"`, `"X":{}`, 1)), &parsed)
		if parsed["SqlSettings"]["DataSource"] != "postgres://h/d?a=1&b=2" || parsed["ServiceSettings"]["SiteURL"] != of.want {
			t.Errorf("%s: %s", of.reason, got)
		}
	}
	for _, bad := range []string{"", "[]", `{"SqlSettings":3}`} {
		if _, err := CorrectConfiguration([]byte(bad), "postgres", "x", ""); failure.Reason(err) != job.ReasonCorrupt {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

//nolint:gosec // The passwords are made up.
func TestParseConnection(t *testing.T) {
	for _, of := range []struct {
		reason string
		c      database.Connection
		want   []string
		bad    job.Reason
	}{
		{
			"parameters that are not PostgreSQL's are left out", database.Connection{URL: "postgres://mm:p%40ss@db:6432/chat?sslmode=require&binary_parameters=yes&connect_timeout=5"},
			[]string{"PGAPPNAME=mattermost-dbtool", "PGCONNECT_TIMEOUT=5", "PGDATABASE=chat", "PGHOST=db", "PGPASSWORD=p@ss", "PGPORT=6432", "PGSSLMODE=require", "PGUSER=mm"}, "",
		},
		{
			"several hosts, and a schema", database.Connection{URL: "postgresql://mm:x@a:1,b:2/chat?search_path=chat"},
			[]string{"PGAPPNAME=mattermost-dbtool", "PGDATABASE=chat", "PGHOST=a,b", "PGOPTIONS=-c search_path=chat", "PGPASSWORD=x", "PGPORT=1,2", "PGUSER=mm"}, "",
		},
		{
			"another user's password is not the first one's", database.Connection{URL: "postgres://mm:x@db/chat", User: "dba"},
			[]string{"PGAPPNAME=mattermost-dbtool", "PGDATABASE=chat", "PGHOST=db", "PGPORT=5432", "PGUSER=dba"}, "",
		},
		{
			"another user", database.Connection{URL: "postgres://mm:x@db/chat", User: "dba", Password: "y", Name: "chat"},
			[]string{"PGAPPNAME=mattermost-dbtool", "PGDATABASE=chat", "PGHOST=db", "PGPASSWORD=y", "PGPORT=5432", "PGUSER=dba"}, "",
		},
		{"another database", database.Connection{URL: "postgres://mm:x@db/chat", Name: "other"}, nil, job.ReasonInvalid},
		{"no URL", database.Connection{URL: "postgres://mm:sec ret@db:port/chat"}, nil, job.ReasonInvalid},
	} {
		t.Run(of.reason, func(t *testing.T) {
			d, err := parse(of.c)
			if of.bad != "" {
				if failure.Reason(err) != of.bad || strings.Contains(err.Error(), "sec ret") {
					t.Errorf("%v, want %s", err, of.bad)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(of.want, d.Environment()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestReasons(t *testing.T) {
	for code, want := range map[string]job.Reason{
		"28P01": job.ReasonDatabaseDenied, "42501": job.ReasonDatabaseDenied, "53100": job.ReasonDiskFull, "53300": job.ReasonUnavailable, "55P03": job.ReasonDatabaseInUse,
		"57P01": job.ReasonUnavailable, "08006": job.ReasonUnavailable, "22P02": job.ReasonCorrupt, "23505": job.ReasonCorrupt, "42601": job.ReasonCorrupt,
		"42P07": job.ReasonInvalid, "3D000": job.ReasonInvalid, "40P01": job.ReasonUnavailable, "XX000": job.ReasonInternal, "": job.ReasonInternal,
	} {
		if got := reason(code); got != want {
			t.Errorf("%s: %s, want %s", code, got, want)
		}
	}
}

func TestLastWordsAreHeard(t *testing.T) {
	for severity, want := range map[string]bool{"ERROR": true, "WARNING": true, "PANIC": false} {
		for _, otherwise := range []bool{true, false} {
			handler := goesOn(func(*pgconn.PgConn, *pgconn.PgError) bool { return otherwise })
			if got := handler(nil, &pgconn.PgError{Severity: "whatever the language", SeverityUnlocalized: severity}); got != (want && otherwise) {
				t.Errorf("a session goes on after %s, otherwise %t: %t", severity, otherwise, got)
			}
		}
	}
}

func TestTitleHasNoData(t *testing.T) {
	for _, text := range []string{"INSERT INTO t VALUES ('secret')", "INSERT INTO t(a) VALUES('secret')", "INSERT INTO t VALUES('secret')"} {
		if got := title(text); strings.Contains(got, "secret") || !slices.Contains(strings.Fields(got), "INTO") {
			t.Error(got)
		}
	}
}
