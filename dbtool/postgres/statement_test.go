package postgres

import (
	"strings"
	"testing"
)

// judged returns the verdict on a statement.
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
		{"INSERT INTO public.posts (metrics) VALUES ('O'::public.channel_type), ('{}'::jsonb)", run},
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
		{"CREATE TABLE public.t (tablespace text, a int)", run},
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
		{"CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA extensions", attempt},
		{"CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA metrics", skip},
		{"CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA mattermost_dbtool", skip},
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
		"INSERT INTO public.posts VALUES ('x'::text || f())", "INSERT INTO public.posts VALUES ('x'::metrics.d)", `INSERT INTO public.posts VALUES (1, 'x'::"metrics".d[])`, "INSERT INTO public.posts VALUES ('x'::replaced_0123456789ab.d)", "INSERT INTO pg_catalog.pg_class VALUES (1)", "UPDATE public.posts SET id = 1", "DELETE FROM public.posts", "TRUNCATE public.posts",
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
		"CREATE TABLE public.t (a int) TABLESPACE s", "CREATE INDEX i ON public.t USING btree (a) TABLESPACE s",
		"ALTER TABLE public.t ADD CONSTRAINT c CHECK (f(a))", "ALTER TABLE public.t ALTER COLUMN a SET DEFAULT f()", "ALTER TABLE public.t ALTER COLUMN a TYPE int USING f(a)", "ALTER TABLE public.t ADD COLUMN a int DEFAULT f()",
		"ALTER TABLE public.t ADD CONSTRAINT c CHECK (true), ADD COLUMN b int", "ALTER TABLE public.t ADD CONSTRAINT c CHECK (true), OWNER TO postgres", "ALTER TABLE public.t SET SCHEMA metrics", "ALTER TABLE public.t RENAME TO x", "ALTER TABLE public.t INHERIT public.posts",
		"CREATE VIEW public.v AS SELECT pg_read_file('x')", "CREATE VIEW public.v AS SELECT DISTINCT ON (a) f(b) FROM public.t", "CREATE VIEW public.v AS SELECT * FROM metrics.m", "CREATE VIEW public.v AS SELECT * FROM pg_authid",
		"CREATE VIEW public.v AS SELECT * FROM replaced_0123456789ab.systems", "CREATE VIEW public.v AS SELECT * FROM mattermost_dbtool.requests", "CREATE MATERIALIZED VIEW public.v AS SELECT 1", "CREATE VIEW public.v AS SELECT * FROM pg_catalog.pg_authid",
		"CREATE MATERIALIZED VIEW public.v AS SELECT query_to_xml('x', true, true, '') WITH NO DATA", "CREATE VIEW public.v AS SELECT a OPERATOR(public.=) b FROM public.t",
		"CREATE VIEW public.v AS SELECT (a) OPERATOR(pg_catalog.||) f(b) FROM public.t", "CREATE VIEW public.v AS SELECT a FROM public.t WHERE ((a) OPERATOR(pg_catalog.=) (b) OPERATOR(pg_catalog.-) pg_sleep(1))",
		"LOCK TABLE public.t", "VACUUM", "ANALYZE", "NOTIFY x", "LISTEN x", "LOAD 'x'", "CHECKPOINT", "CLUSTER", "IMPORT FOREIGN SCHEMA x FROM SERVER s INTO public", "MERGE INTO public.t USING x ON true WHEN MATCHED THEN DELETE",
		"DECLARE c CURSOR FOR SELECT 1", "EXPLAIN ANALYZE SELECT 1", "REASSIGN OWNED BY a TO b", "REINDEX TABLE public.t", "SECURITY", "CREATE TRANSFORM FOR int LANGUAGE sql (FROM SQL WITH FUNCTION f)",
	} {
		if got := judged(t, somewhere(), sql); got.verdict != refuse {
			t.Errorf("%s: %d, and runs %q", sql, got.verdict, got.sql)
		}
	}
}

// TestRefusalsShowNoData asserts that messages contain nothing of a dump but SQL keywords
// and plain identifiers.
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
