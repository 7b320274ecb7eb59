package dbtool_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// plainDump is a handwritten dump.
func plainDump(sql string) []byte {
	return []byte("--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n" + sql + "\n--\n-- PostgreSQL database dump complete\n--\n")
}

// TestOldDumps restores dumps with names without a schema, and with texts that look like
// names with a schema.
func TestOldDumps(t *testing.T) {
	const tables = `SET search_path = public, pg_catalog;
CREATE TABLE systems (name character varying(64) NOT NULL, value character varying(1024));
CREATE TABLE db_migrations (version bigint NOT NULL, name character varying NOT NULL);
CREATE TABLE posts (id character varying(26) NOT NULL, message character varying(65535));
INSERT INTO systems VALUES ('Marker', 'new');
INSERT INTO db_migrations VALUES (100, 'last');
`
	bucket := newBucket(t)
	for _, text := range []string{"https://metabase.example.com/", "mattermost_dbtool.example.com", "replaced_by.example.com", "restoring_x.y", "pg_catalog.z"} {
		put(t, bucket, "old", plainDump(tables+"INSERT INTO posts VALUES ('p1', 'one');\nINSERT INTO posts VALUES ('p2', '"+text+"');\nINSERT INTO posts VALUES ('p3', 'three');\n"))
		target := newDatabase(t, mattermost(100, "old")+"CREATE SCHEMA metabase; CREATE TABLE metabase.m AS SELECT 1 AS v;")
		e := restoreEnv(t, target, bucket, "old", "uid-"+target)
		checked := must(t, run(t, e, job.CommandCheck)).Restored
		restored := must(t, run(t, e, job.CommandRestore)).Restored
		if checked.Rows != 5 || restored.Rows != 5 || len(restored.Skipped) != 0 {
			t.Errorf("check %+v, restore %+v", checked, restored)
		}
		if got := query(t, target, "SELECT string_agg(message, ',' ORDER BY id) FROM posts"); got != "one,"+text+",three" {
			t.Errorf("posts %q", got)
		}
	}
}

// TestDumpsOfOperators restores a dump with objects that an operator added to the database.
// These are left out and reported.
func TestDumpsOfOperators(t *testing.T) {
	bucket := newBucket(t)
	put(t, bucket, "dump", plainDump(`SELECT pg_catalog.set_config('search_path', '', false);
CREATE SCHEMA metric_helpers;
ALTER SCHEMA metric_helpers OWNER TO postgres;
CREATE SCHEMA user_management;
CREATE EXTENSION IF NOT EXISTS pg_stat_statements WITH SCHEMA public;
COMMENT ON EXTENSION pg_stat_statements IS 'track statistics';
CREATE FUNCTION metric_helpers.statements(showtext boolean, OUT userid oid) RETURNS SETOF record
    LANGUAGE sql IMMUTABLE STRICT SECURITY DEFINER AS $_$ SELECT userid FROM public.pg_stat_statements(showtext); $_$;
CREATE FUNCTION user_management.drop_user(username text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path TO 'pg_catalog' AS $_$ BEGIN EXECUTE 'x'; END $_$;
CREATE TABLE public.systems (name character varying(64) NOT NULL, value character varying(1024));
ALTER TABLE public.systems OWNER TO postgres;
CREATE TABLE public.db_migrations (version bigint NOT NULL, name character varying NOT NULL);
CREATE TABLE metric_helpers.t (a text);
CREATE VIEW metric_helpers.pg_stat_statements AS SELECT * FROM metric_helpers.statements(true);
COPY metric_helpers.t (a) FROM stdin;
theirs
\.
COPY public.systems (name, value) FROM stdin;
Marker	new
\.
COPY public.db_migrations (version, name) FROM stdin;
100	last
\.
CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
ALTER TABLE ONLY public.systems ADD CONSTRAINT systems_pkey PRIMARY KEY (name);
CREATE TRIGGER touched BEFORE UPDATE ON public.systems FOR EACH ROW EXECUTE FUNCTION public.touch();
CREATE PUBLICATION all_of_it FOR ALL TABLES;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA metric_helpers TO admin;
GRANT SELECT ON TABLE public.systems TO robot_zmon;
ALTER DEFAULT PRIVILEGES FOR ROLE postgres GRANT ALL ON TABLES TO admin;
SELECT * FROM pg_catalog.pg_restore_relation_stats('version', '180000'::integer, 'relname', 'systems');`))
	target := newDatabase(t, mattermost(100, "old"))
	e := restoreEnv(t, target, bucket, "dump", "uid-1")
	checked := must(t, run(t, e, job.CommandCheck)).Restored
	restored := must(t, run(t, e, job.CommandRestore)).Restored
	want := []string{
		"comments (1)", "default privileges (1)", "extensions (1)", "grants (3)", "owners (2)", "publications (1)",
		"statements of schema metric_helpers (5)", "statements of schema user_management (2)", "statistics (1)", "triggers (1)",
	}
	if diff := cmp.Diff(want, restored.Skipped); diff != "" {
		t.Errorf("-want +got what was left out:\n%s", diff)
	}
	if diff := cmp.Diff(checked.Skipped, restored.Skipped); diff != "" {
		t.Errorf("check says otherwise:\n%s", diff)
	}
	if got := query(t, target, "SELECT value || (SELECT count(*) FROM pg_namespace WHERE nspname IN ('metric_helpers', 'user_management')) || (SELECT count(*) FROM pg_proc WHERE proname = 'touch') FROM systems"); got != "new01" {
		t.Errorf("marker, schemas, function: %q", got)
	}
}

// TestTwoServers asserts that a dump with the tables of two servers is refused, since it is
// not clear which one to restore.
func TestTwoServers(t *testing.T) {
	bucket := newBucket(t)
	server := func(schema string) string {
		return strings.ReplaceAll("CREATE TABLE %.systems (name text, value text);\nCOPY %.systems FROM stdin;\nMarker\tx\n\\.\n", "%", schema)
	}
	put(t, bucket, "dump", plainDump("SELECT pg_catalog.set_config('search_path', '', false);\n"+server("public")+"CREATE SCHEMA mattermost;\n"+server("mattermost")))
	target := newDatabase(t, mattermost(100, "old"))
	for _, command := range []string{job.CommandCheck, job.CommandRestore} {
		got := run(t, restoreEnv(t, target, bucket, "dump", "uid-1"), command)
		if got.code != job.CodeFinal || got.result.Reason != job.ReasonInvalid || !strings.Contains(got.result.Message, `"public", "mattermost"`) {
			t.Errorf("%s: code %d, result %+v", command, got.code, got.result)
		}
	}
}
