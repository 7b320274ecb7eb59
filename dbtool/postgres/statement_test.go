package postgres

import (
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/database"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// judged is the verdict of a place on a statement.
func judged(t *testing.T, p place, sql string) statement {
	t.Helper()
	tokens, meta, err := newSplitter(strings.NewReader(sql+";\n"), func(string) {}).next()
	if err != nil || meta != "" {
		t.Fatalf("%s: %v", sql, err)
	}
	return p.judge(tokens)
}

func somewhere() place {
	return place{
		home: "public", path: "public", schemas: map[string]bool{"public": true, "metrics": true}, foreign: map[string]bool{"metrics": true},
		builtin: map[string]bool{"lower": true}, reachable: map[string]bool{"ts_stat": true, "lo_import": true, "lo_unlink": true, "dblink_connect": true, "to_jsonb": true},
	}
}

func TestJudge(t *testing.T) {
	for _, of := range []struct {
		text string
		want verdict
	}{
		{"CREATE TABLE public.posts (id int)", run},
		{"CREATE TABLE posts (id int DEFAULT nextval('public.s'))", run},
		{"CREATE TABLE public.posts (id character varying(26) NOT NULL, at timestamp(3) with time zone, kind public.channel_type DEFAULT 'O'::public.channel_type, n numeric(3,2), CONSTRAINT c CHECK ((n > (0)::numeric))) PARTITION BY RANGE (at)", run},
		{"CREATE TABLE public.llm_posts_embeddings (id text, embedding public.vector(1536))", run},
		{"INSERT INTO public.posts VALUES ('GRANT')", run},
		{"INSERT INTO posts VALUES ('p2', 'see metrics.example.com', '{}')", run},
		{"INSERT INTO posts VALUES ('mattermost_dbtool.example.com')", run},
		{`INSERT INTO public.posts (a, "B") OVERRIDING SYSTEM VALUE VALUES (1, NULL), (-2.5, DEFAULT) ON CONFLICT DO NOTHING`, run},
		{"INSERT INTO public.empty DEFAULT VALUES", run},
		{"COPY public.posts (id) FROM stdin", load},
		{"SET statement_timeout = 0", understood},
		{"SET SESSION statement_timeout = 0", understood},
		{"SET transaction_timeout = 0", understood},
		{"SET default_tablespace = ''", understood},
		{"SET client_encoding = 'UTF8'", understood},
		{"SET search_path = public, pg_catalog", understood},
		{"SELECT pg_catalog.set_config('search_path', '', false)", understood},
		{"SELECT pg_catalog.setval('public.s', 1, true)", run},
		{"SELECT setval('s', 1, false)", run},
		{"SELECT pg_catalog.setval('metrics.s', 1, true)", skip},
		{"SELECT * FROM pg_catalog.pg_restore_relation_stats('version', '180000'::integer, 'schemaname', 'public')", skip},
		{"ALTER TABLE public.posts OWNER TO someone", skip},
		{`ALTER TYPE public."a b" OWNER TO "some one"`, skip},
		{"ALTER SCHEMA x OWNER TO someone", skip},
		{"ALTER TABLE ONLY public.posts ADD CONSTRAINT p PRIMARY KEY (id)", run},
		{"ALTER TABLE ONLY public.posts ADD CONSTRAINT f FOREIGN KEY (rootid) REFERENCES public.posts(id) ON DELETE CASCADE NOT VALID", run},
		{"ALTER TABLE ONLY public.posts ALTER COLUMN id SET DEFAULT nextval('public.s'::regclass)", run},
		{"ALTER TABLE public.posts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME public.posts_id_seq START WITH 1 NO MINVALUE CACHE 1)", run},
		{"ALTER TABLE ONLY public.m ATTACH PARTITION public.m_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')", run},
		{"ALTER TABLE ONLY public.posts REPLICA IDENTITY FULL", run},
		{"ALTER TABLE IF EXISTS ONLY public.posts DROP CONSTRAINT IF EXISTS p", skip},
		{"ALTER TABLE public.posts ALTER COLUMN id DROP DEFAULT", skip},
		{"ALTER TABLE public.posts DISABLE TRIGGER ALL", skip},
		{"ALTER SEQUENCE public.s OWNED BY public.posts.id", run},
		{"ALTER INDEX public.i ATTACH PARTITION public.j", run},
		{"ALTER DEFAULT PRIVILEGES FOR ROLE a GRANT ALL ON TABLES TO b", skip},
		{"GRANT ALL ON SCHEMA public TO someone", skip},
		{"REVOKE ALL ON SCHEMA public FROM PUBLIC", skip},
		{"DROP TABLE IF EXISTS public.posts", skip},
		{"CREATE SCHEMA public", understood},
		{`CREATE SCHEMA IF NOT EXISTS "public"`, understood},
		{"CREATE SCHEMA chat", skip},
		{"CREATE SCHEMA mattermost_dbtool", skip},
		{"CREATE TABLE mattermost_dbtool.requests (id text)", skip},
		{"COPY replaced_0123456789ab.posts (id) FROM stdin", skip},
		{"CREATE INDEX i ON metrics.m USING btree (v)", skip},
		{"CREATE FUNCTION metric_helpers.pg_stat_statements(showtext boolean) RETURNS SETOF public.pg_stat_statements LANGUAGE c SECURITY DEFINER AS 'x', 'y'", skip},
		{"CREATE INDEX idx ON public.posts USING gin (to_tsvector('english'::regconfig, (message)::text))", run},
		{"CREATE UNIQUE INDEX idx ON public.users USING btree (lower((email)::text) text_pattern_ops) INCLUDE (id) WHERE ((deleteat = 0) AND (id IS NOT NULL))", run},
		{"CREATE INDEX i ON public.e USING hnsw (embedding public.vector_l2_ops) WITH (m='16')", run},
		{"CREATE TYPE public.channel_type AS ENUM ('P', 'G')", run},
		{"CREATE TYPE public.pair AS (a integer, b text)", run},
		{"CREATE SEQUENCE public.s AS integer START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1", run},
		{"CREATE VIEW public.v AS SELECT p.id, lower(p.name) AS name FROM (public.posts p JOIN public.users u ON ((p.userid = u.id)))", run},
		{"CREATE MATERIALIZED VIEW public.poststats AS SELECT p.userid, (to_timestamp(((p.createat / 1000))::double precision))::date AS day, count(*) AS n FROM public.posts p GROUP BY p.userid WITH NO DATA", run},
		{"CREATE MATERIALIZED VIEW public.attributeview AS SELECT jsonb_object_agg(pf.name, CASE WHEN (pf.type = 'select'::public.property_field_type) THEN ( SELECT to_jsonb(options.name) AS to_jsonb FROM jsonb_to_recordset((pf.attrs -> 'options'::text)) options(id text, name text) LIMIT 1) ELSE pv.value END) AS attributes FROM public.propertyvalues pv WITH NO DATA", run},
		{"REFRESH MATERIALIZED VIEW public.poststats", run},
		{"CREATE VIEW public.v AS SELECT p.id, p.to_jsonb, pg_catalog.lower(p.name) AS name, (1)::pg_catalog.int8 AS n, p.* FROM public.posts p", run},
		{"CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public", attempt},
		{"CREATE EXTENSION IF NOT EXISTS pg_stat_statements WITH SCHEMA public", skip},
		{"COMMENT ON EXTENSION pg_trgm IS 'x'", skip},
		{"COMMENT ON TABLE public.posts IS 'x'", run},
		{"COMMENT ON COLUMN public.posts.id IS NULL", run},
		{"CREATE DATABASE chat", skip},
		{"ALTER DATABASE chat SET x = 1", skip},
		{"CREATE PUBLICATION p FOR ALL TABLES", skip},
		{"CREATE TRIGGER t BEFORE UPDATE ON public.posts FOR EACH ROW EXECUTE FUNCTION public.f()", skip},
		{"CREATE FUNCTION public.f(a integer DEFAULT 1) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN 1; END $$", late},
		{"CREATE FUNCTION public.g() RETURNS TABLE(a integer, b character varying(26)) LANGUAGE sql STABLE SET search_path TO 'public' AS 'SELECT 1'", late},
		{"CREATE PROCEDURE public.n() LANGUAGE sql AS 'SELECT 1'", late},
	} {
		if got := judged(t, somewhere(), of.text); got.verdict != of.want {
			t.Errorf("%s: %d, want %d: %s", of.text, got.verdict, of.want, got.why)
		}
	}
}

func TestJudgeRefuses(t *testing.T) {
	for _, sql := range []string{
		"BEGIN", "START TRANSACTION", "COMMIT", "COMMIT/**/", "END", "ROLLBACK", "ABORT", "SAVEPOINT s", "RELEASE s", "PREPARE TRANSACTION 'x'", "PREPARE p AS SELECT 1",
		"RESET ROLE", "RESET/**/ROLE", "RESET ALL", "SET ROLE postgres", "SET SESSION AUTHORIZATION 'postgres'", "SET LOCAL ROLE postgres", "SET TRANSACTION READ ONLY", "DISCARD ALL",
		"SET work_mem = 1", "SET client_encoding = 'SJIS'", "SET client_encoding = 'GB18030'", "SET search_path = pg_temp",
		"COPY public.posts FROM PROGRAM 'id'", "COPY public.posts TO '/tmp/x'", "COPY(SELECT 1)TO PROGRAM 'id'", "COPY public.posts FROM '/etc/passwd'", "COPY public.posts TO STDOUT",
		"COPY pg_catalog.pg_authid FROM stdin", "COPY public.posts FROM stdin WITH (FORMAT csv)",
		"DO $$ BEGIN END $$", "CALL f()", "EXECUTE p", "SELECT 1", "SELECT pg_read_file('/etc/passwd')", "SELECT pg_catalog.lo_import('/etc/passwd')", "SELECT pg_catalog.set_config('role', 'postgres', false)",
		"SELECT pg_catalog.setval('public.s', (SELECT 1), true)", "SELECT pg_catalog.setval(f(), 1, true)", "TABLE public.posts", "VALUES (1)", "WITH x AS (SELECT 1) SELECT 1",
		"INSERT INTO public.posts SELECT * FROM replaced_x.posts", "INSERT INTO public.posts VALUES ((SELECT 1))", "INSERT INTO public.posts VALUES (f())", "INSERT INTO public.posts VALUES (1) RETURNING f()",
		"INSERT INTO public.posts VALUES ('x'::text || f())", "INSERT INTO pg_catalog.pg_class VALUES (1)", "UPDATE public.posts SET id = 1", "DELETE FROM public.posts", "TRUNCATE public.posts",
		"ALTER SYSTEM SET x = 1", "CREATE RULE r AS ON INSERT TO public.posts DO ALSO SELECT 1", "CREATE CAST (text AS int) WITH INOUT", "CREATE SERVER s FOREIGN DATA WRAPPER w",
		"CREATE USER MAPPING FOR PUBLIC SERVER s", "CREATE FOREIGN TABLE public.t (a int) SERVER s", "CREATE AGGREGATE public.a(int) (SFUNC = f, STYPE = int)", "CREATE OPERATOR public.= (FUNCTION = f)",
		"CREATE ACCESS METHOD m TYPE INDEX HANDLER h", "CREATE LANGUAGE plpython3u", "CREATE TYPE public.t", "CREATE TYPE public.t (INPUT = f, OUTPUT = g)", "CREATE TYPE public.r AS RANGE (SUBTYPE = int, SUBTYPE_DIFF = f)",
		"CREATE FUNCTION public.f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'", "CREATE FUNCTION public.f() RETURNS int LANGUAGE c AS 'x', 'y'", "CREATE FUNCTION public.f() RETURNS int LANGUAGE plpython3u AS 'x'",
		"CREATE FUNCTION public.f() RETURNS int LANGUAGE internal AS 'x'", "CREATE FUNCTION public.lower(x character varying) RETURNS text LANGUAGE sql AS 'SELECT 1'",
		"CREATE FUNCTION public.f() RETURNS int LANGUAGE sql SET role TO 'postgres' AS 'SELECT 1'", "CREATE FUNCTION public.f() RETURNS int BEGIN ATOMIC SELECT 1",
		"CREATE FUNCTION public.f() RETURNS int LANGUAGE sql LANGUAGE plpython3u AS 'x'",
		"CREATE TABLE public.t (a int DEFAULT public.f())", "CREATE TABLE public.t (a int CHECK (public.f(a)))", "CREATE TABLE public.t (a int GENERATED ALWAYS AS (public.f(a)) STORED)", "CREATE TABLE public.t AS SELECT 1",
		"CREATE TABLE public.t (a) AS TABLE public.posts", "CREATE TABLE public.t (a int DEFAULT pg_sleep(1))", "CREATE TABLE public.t (a text DEFAULT pg_read_file('/etc/passwd'))", "CREATE TABLE public.t (a text DEFAULT (pg_catalog.pg_read_file('x')))",
		"CREATE TABLE public.t (a int) INHERITS (public.posts)", "CREATE TEMPORARY TABLE t (a int)", "CREATE TABLE pg_temp.t (a int)", `CREATE TABLE public.t (a text DEFAULT "pg_read_file"('x'))`,
		"CREATE DOMAIN public.d AS int CHECK (public.f(VALUE))", "CREATE INDEX i ON public.t USING btree (public.f(a))", "CREATE INDEX i ON public.t USING btree (a) WHERE f(a)", "CREATE INDEX CONCURRENTLY i ON public.t USING btree (a)",
		"ALTER TABLE public.t ADD CONSTRAINT c CHECK (f(a))", "ALTER TABLE public.t ALTER COLUMN a SET DEFAULT f()", "ALTER TABLE public.t ALTER COLUMN a TYPE int USING f(a)", "ALTER TABLE public.t ADD COLUMN a int DEFAULT f()",
		"ALTER TABLE public.t ADD CONSTRAINT c CHECK (true), ADD COLUMN b int", "ALTER TABLE public.t ADD CONSTRAINT c CHECK (true), OWNER TO postgres", "ALTER TABLE public.t SET SCHEMA metrics", "ALTER TABLE public.t RENAME TO x", "ALTER TABLE public.t INHERIT public.posts",
		"CREATE VIEW public.v AS SELECT pg_read_file('x')", "CREATE VIEW public.v AS SELECT DISTINCT ON (a) f(b) FROM public.t", "CREATE VIEW public.v AS SELECT * FROM metrics.m", "CREATE VIEW public.v AS SELECT * FROM pg_authid",
		"CREATE VIEW public.v AS SELECT * FROM replaced_0123456789ab.systems", "CREATE VIEW public.v AS SELECT * FROM mattermost_dbtool.requests", "CREATE MATERIALIZED VIEW public.v AS SELECT 1", "CREATE VIEW public.v AS SELECT * FROM pg_catalog.pg_authid",
		"CREATE MATERIALIZED VIEW public.v AS SELECT query_to_xml('x', true, true, '') WITH NO DATA", "CREATE VIEW public.v AS SELECT a OPERATOR(public.=) b FROM public.t",
		"LOCK TABLE public.t", "VACUUM", "ANALYZE", "NOTIFY x", "LISTEN x", "LOAD 'x'", "CHECKPOINT", "CLUSTER", "IMPORT FOREIGN SCHEMA x FROM SERVER s INTO public", "MERGE INTO public.t USING x ON true WHEN MATCHED THEN DELETE",
		"DECLARE c CURSOR FOR SELECT 1", "EXPLAIN ANALYZE SELECT 1", "REASSIGN OWNED BY a TO b", "REINDEX TABLE public.t", "SECURITY", "CREATE TRANSFORM FOR int LANGUAGE sql (FROM SQL WITH FUNCTION f)",
	} {
		if got := judged(t, somewhere(), sql); got.verdict != refuse {
			t.Errorf("%s: %d, and runs %q", sql, got.verdict, got.sql)
		}
	}
}

// TestRefusalsShowNoData of a dump: words of SQL and plain identifiers are all.
func TestRefusalsShowNoData(t *testing.T) {
	for _, sql := range []string{
		"DO 'secret'", "SELECT f('secret')", `CREATE TABLE public."a secret" (a int DEFAULT f('secret'))`, "COPY public.t FROM PROGRAM 'secret'", `secret 'x'`, `SET "secret " = 1`,
		`CREATE TABLE "x secret".t (a int)`, `CREATE TABLE public.t (a int DEFAULT "secret name"())`,
	} {
		of := judged(t, somewhere(), sql)
		if got := refusal(of, 1).Error() + of.what; strings.Contains(got, "secret") {
			t.Errorf("%s: %s", sql, got)
		}
	}
}

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

// TestSchemas of a dump: that of the server's tables decides what is somebody else's.
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
