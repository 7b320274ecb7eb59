package dbtool_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/local"
)

// marked is part of each literal of a hostile dump, and must not be in any message.
const marked = "literal-of-the-dump"

// proof is a file on the database server that a dump would create if it could run a
// program.
func proof(t *testing.T) string {
	t.Helper()
	return filepath.Join(os.TempDir(), "proof-"+strings.ReplaceAll(filepath.Base(t.TempDir()), "/", "-")+fmt.Sprint(os.Getpid()))
}

// hostile statements. Each is put into an otherwise valid dump. LIT is replaced by a
// literal, FILE by a path, and DATABASE by the name of the database that is restored to.
var hostile = []struct{ reason, sql string }{
	{"an end of the transaction", "COMMIT;"},
	{"an end of the transaction, with a comment for a space", "COMMIT/**/;"},
	{"an end of the transaction, in other words", "END;"},
	{"an end of the transaction, nested in a comment", "/*/* */ */COMMIT/* ; */AND/**/CHAIN;"},
	{"a rollback", "ROLLBACK;"},
	{"a rollback to a savepoint", "SAVEPOINT x; ROLLBACK TO SAVEPOINT x;"},
	{"a prepared transaction", "PREPARE TRANSACTION 'LIT';"},
	{"another role", "SET ROLE postgres;"},
	{"the session's own role", "RESET ROLE;"},
	{"the session's own role, with a comment for a space", "RESET/**/ROLE; COPY(SELECT 1)TO PROGRAM 'touch FILE';"},
	{"another session", "SET SESSION AUTHORIZATION 'postgres';"},
	{"a role as a setting", "SELECT pg_catalog.set_config('role', 'postgres', false);"},
	{"a program that rows go to", "COPY (SELECT 'LIT') TO PROGRAM 'touch FILE';"},
	{"a program that rows come from", "COPY public.systems FROM PROGRAM 'touch FILE; echo LIT';"},
	{"a file that rows come from", "COPY public.systems FROM '/etc/passwd';"},
	{"a file that rows go to", "COPY public.systems TO 'FILE';"},
	{"a file of the server", "INSERT INTO public.systems VALUES ('LIT', pg_read_file('/etc/passwd'));"},
	{"a large object of a file", "SELECT pg_catalog.lo_import('/etc/passwd');"},
	{"a large object that becomes a file", "SELECT pg_catalog.lo_export(1, 'FILE');"},
	{"a block of code", "DO $d$ BEGIN RAISE EXCEPTION 'LIT %', (SELECT string_agg(value, ';') FROM public.systems); END $d$;"},
	{"a block of code in another language", "DO LANGUAGE plpython3u 'LIT';"},
	{"a function called begin, and what follows it", "CREATE FUNCTION public.begin() RETURNS int LANGUAGE sql AS 'select 1'; ROLLBACK; CREATE TABLE public.outside(x text); SELECT 1 AS end\n;"},
	{"a function that has its owner's rights", "CREATE FUNCTION public.f() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT ''LIT''';"},
	{"a function in C", "CREATE FUNCTION public.f(text) RETURNS int LANGUAGE c AS 'libc.so.6', 'system';"},
	{"a function in a language that is not trusted", "CREATE FUNCTION public.f() RETURNS int LANGUAGE plpython3u AS 'LIT';"},
	{"a function with a role of its own", "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql SET role TO 'postgres' AS 'SELECT 1';"},
	{"a function in the place of one of PostgreSQL's", "CREATE FUNCTION public.lower(character varying) RETURNS text LANGUAGE sql AS 'SELECT ''LIT''';"},
	{"a default that calls a function", "CREATE FUNCTION public.f() RETURNS text LANGUAGE plpgsql AS 'BEGIN END'; ALTER TABLE ONLY public.systems ALTER COLUMN value SET DEFAULT public.f();"},
	{"a constraint that calls a function", "ALTER TABLE ONLY public.systems ADD CONSTRAINT c CHECK (public.f(name));"},
	{"an index that calls a function", "CREATE INDEX i ON public.systems USING btree (public.f(name));"},
	{"an index with a condition that calls a function", "CREATE INDEX i ON public.systems USING btree (name) WHERE public.f(value);"},
	{"a generated column that calls a function", "CREATE TABLE public.t (a text, b text GENERATED ALWAYS AS (public.f(a)) STORED);"},
	{"a domain that calls a function", "CREATE DOMAIN public.d AS text CHECK (public.f(VALUE));"},
	{"a view that reads a file", "CREATE VIEW public.v AS SELECT pg_catalog.pg_read_file('/etc/passwd');"},
	{"a view that calls what is quoted", `CREATE VIEW public.v AS SELECT "pg_read_file"('/etc/passwd');`},
	{"a view of what was replaced", "CREATE VIEW public.v AS SELECT * FROM replaced_0123456789ab.systems;"},
	{"a view of the ledger", "CREATE MATERIALIZED VIEW public.v AS SELECT * FROM mattermost_dbtool.requests WITH NO DATA; REFRESH MATERIALIZED VIEW public.v;"},
	{"a view that runs SQL", "CREATE MATERIALIZED VIEW public.v AS SELECT query_to_xml('DELETE FROM x', true, true, 'LIT') WITH NO DATA;"},
	{"a view of passwords", "CREATE VIEW public.v AS SELECT * FROM pg_catalog.pg_authid;"},
	{"a call without parentheses that runs SQL", "CREATE VIEW public.v AS SELECT ((v.t).ts_stat).word AS w FROM (VALUES ('select to_tsvector(''simple'', pg_catalog.set_config(''role'', ''none'', false) || ''LIT'')'::text)) v(t);"},
	{"a call without parentheses of what a function returned", "CREATE MATERIALIZED VIEW public.v AS SELECT v.ts_stat AS w FROM unnest(ARRAY['select to_tsvector(''LIT'')'::text]) v WITH NO DATA; REFRESH MATERIALIZED VIEW public.v;"},
	{"a call without parentheses for a default", "CREATE TABLE public.t (a integer, b oid DEFAULT ('/etc/passwd'::text).lo_import);\nCOPY public.t (a) FROM stdin;\n1\n\\.\n"},
	{"a call without parentheses of an element", "CREATE TABLE public.t (a integer, b oid DEFAULT (ARRAY['/etc/passwd'::text])[1].lo_import);\nINSERT INTO public.t (a) VALUES (1);"},
	{"a call without parentheses of a large object", "CREATE TABLE public.t (a integer, b integer DEFAULT ('16384'::oid).lo_unlink);\nINSERT INTO public.t (a) VALUES (1);"},
	{"a call after an operator in its long form", "CREATE MATERIALIZED VIEW public.v AS SELECT ('LIT') OPERATOR(pg_catalog.||) pg_read_file('/etc/passwd') AS w WITH NO DATA; REFRESH MATERIALIZED VIEW public.v;"},
	{"a view of an extension's table", "CREATE MATERIALIZED VIEW public.v AS SELECT * FROM jobs.job WITH NO DATA; REFRESH MATERIALIZED VIEW public.v;"},
	{"a sequence of an extension", "CREATE TABLE public.t (a integer, b bigint DEFAULT nextval('jobs.s'::regclass));\nINSERT INTO public.t (a) VALUES (1);"},
	{"a function in the place of an extension's", "CREATE OR REPLACE FUNCTION public.citext_cmp(jobs.citext, jobs.citext) RETURNS integer LANGUAGE plpgsql AS 'BEGIN COPY (SELECT 1) TO PROGRAM ''touch FILE''; RETURN 0; END';"},
	{"a name that is a command of psql to who loads the next dump", "CREATE TABLE public.\"t\n\\! touch FILE\n\" (a integer);"},
	{"a view of others in a name of three parts", "CREATE VIEW public.v AS SELECT * FROM DATABASE.replaced_0123456789ab.systems;"},
	{"a function of another schema", "CREATE MATERIALIZED VIEW public.v AS SELECT programs.lower('LIT'::text) AS v WITH NO DATA; REFRESH MATERIALIZED VIEW public.v;"},
	{"a type of another schema", "INSERT INTO public.systems VALUES ('LIT'::kinds.checked, '');"},
	{"a sequence of another schema", "CREATE TABLE public.t (a integer, b bigint DEFAULT nextval('counters.s'::regclass));\nINSERT INTO public.t (a) VALUES (1);"},
	{"a view for the migrations", "CREATE VIEW public.db_migrations AS SELECT 1 AS version;"},
	{"a view for the configuration", "CREATE VIEW public.configurations AS SELECT 'LIT'::text AS value, true AS active;"},
	{"a view for the list of servers", "CREATE MATERIALIZED VIEW public.clusterdiscovery AS SELECT 'LIT'::text AS id WITH NO DATA;"},
	{"a view that is filled and none of the dump's", "REFRESH MATERIALIZED VIEW public.others;"},
	{"a rule", "CREATE RULE r AS ON INSERT TO public.systems DO ALSO DELETE FROM public.systems;"},
	{"a cast", "CREATE CAST (text AS integer) WITH FUNCTION public.f(text) AS IMPLICIT;"},
	{"an operator", "CREATE OPERATOR public.= (FUNCTION = public.f, LEFTARG = text, RIGHTARG = text);"},
	{"an aggregate", "CREATE AGGREGATE public.lower(text) (SFUNC = public.f, STYPE = text);"},
	{"a type with functions", "CREATE TYPE public.t (INPUT = public.f, OUTPUT = public.f);"},
	{"a server of others", "CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'LIT');"},
	{"a table of others", "CREATE FOREIGN TABLE public.t (a text) SERVER s;"},
	{"a setting of the whole server", "ALTER SYSTEM SET archive_command = 'touch FILE';"},
	{"a library", "LOAD 'FILE';"},
	{"a query", "SELECT 'LIT';"},
	{"a query for a sequence", "SELECT pg_catalog.setval((SELECT 'LIT'), 1);"},
	{"rows of a query", "INSERT INTO public.systems SELECT usename, passwd FROM pg_shadow;"},
	{"rows that are returned", "INSERT INTO public.systems VALUES ('LIT', '') RETURNING pg_sleep(1);"},
	{"rows that are changed", "UPDATE public.systems SET value = 'LIT';"},
	{"rows that are deleted", "DELETE FROM public.systems;"},
	{"rows of the catalog", "COPY pg_catalog.pg_authid FROM stdin;\nLIT\n\\.\n"},
	{"a table that is a query", "CREATE TABLE public.t AS SELECT 'LIT' AS x;"},
	{"a table in another place of the server", "CREATE TABLE public.t (a text) TABLESPACE pg_global;"},
	{"an index in another place of the server", "CREATE INDEX i ON public.systems USING btree (name) TABLESPACE pg_global;"},
	{"a table that goes away", "CREATE TEMPORARY TABLE systems (x text);"},
	{"two things in one ALTER TABLE", "ALTER TABLE public.systems ADD CONSTRAINT c CHECK (true), OWNER TO postgres;"},
	{"a table of another schema", "ALTER TABLE public.systems SET SCHEMA pg_catalog;"},
	{"an encoding that hides quotes", "SET client_encoding = 'SJIS';"},
	{"a call", "CALL public.f('LIT');"},
	{"a cursor", "DECLARE c CURSOR FOR SELECT 'LIT';"},
	{"a lock", "LOCK TABLE public.systems;"},
	{"a notification", "NOTIFY x, 'LIT';"},
	{"a statement that is explained", "EXPLAIN ANALYZE DELETE FROM public.systems;"},
	{"a text in another form", "INSERT INTO public.systems VALUES (U&'\\0041', 'LIT');"},
	{"a parameter", "INSERT INTO public.systems VALUES ($1, 'LIT');"},
	{"a command of psql", "\\! touch FILE\n"},
	{"a command of psql that reads", "\\copy public.systems from '/etc/passwd'\n"},
	{"a command of psql that goes elsewhere", "\\connect postgres\n"},
	{"a row that is nothing", "nonsense 'LIT';"},
}

// hostileDump has a statement in the place of rows.
func hostileDump(sql, file, database string) []byte {
	sql = strings.NewReplacer("LIT", marked, "FILE", file, "DATABASE", database).Replace(sql)
	return []byte("--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 15.4\n\nSET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n" +
		"SELECT pg_catalog.set_config('search_path', '', false);\nCREATE TABLE public.systems (name text, value text);\n" +
		"CREATE TABLE public.db_migrations (version bigint, name text);\nCOPY public.systems (name, value) FROM stdin;\n" + marked + "\tnew\n\\.\n\n" + sql + "\n" +
		"ALTER TABLE ONLY public.systems ADD CONSTRAINT systems_pkey PRIMARY KEY (name);\n--\n-- PostgreSQL database dump complete\n--\n")
}

// catalogued returns the contents of a database in all schemas as text: rows and named
// objects, with the transactions that created them.
func catalogued(t *testing.T, database string) string {
	t.Helper()
	parts := []string{query(t, database, "SELECT database_to_xml(true, false, '')")}
	// Columns that the server itself changes are left out.
	for catalog, columns := range map[string]string{
		"pg_class": "xmin, oid, relname, relnamespace, relowner, relkind, relfilenode, relacl", "pg_attribute": "attrelid, attname, atttypid, attnum, attnotnull",
		"pg_database": "oid, datname, datdba, datacl", "pg_constraint": "*", "pg_namespace": "*", "pg_proc": "*", "pg_type": "*", "pg_authid": "*", "pg_auth_members": "*", "pg_trigger": "*", "pg_rewrite": "*",
	} {
		got := query(t, database, "SELECT md5(string_agg(c::text, E'\\n' ORDER BY c::text)) FROM (SELECT "+columns+" FROM "+catalog+") c")
		parts = append(parts, catalog+" "+got)
	}
	slices.Sort(parts)
	return strings.Join(parts, "\n")
}

// TestHostileDumps asserts that check refuses hostile dumps, and that they change nothing.
func TestHostileDumps(t *testing.T) { refuseAll(t) }

// TestHostileDumpsNewer does the same with a later version of PostgreSQL, and restores a
// valid dump to it.
func TestHostileDumpsNewer(t *testing.T) {
	if _, err := exec.LookPath("npm"); err != nil {
		t.Skip("npm is missing: it brings the later PostgreSQL")
	}
	source := newDatabase(t, mattermost(100, "new")+awkward)
	want := rowsOf(t, source)
	plain := pgDump(t, source)
	newer, err := here.Newer(t.Context(), func(name string, run func(context.Context) error) error {
		t.Log(name)
		return run(t.Context())
	}, "fsync=off")
	if err != nil {
		t.Fatal(err)
	}
	older := here
	here = newer
	defer func() { here = older }()
	t.Log(query(t, "postgres", "SELECT version()"))
	refuseAll(t)
	t.Run("what is right", func(t *testing.T) {
		bucket := newBucket(t)
		put(t, bucket, "right", plain)
		target := newDatabase(t, mattermost(100, "old"))
		e := restoreEnv(t, target, bucket, "right", "uid-1")
		must(t, run(t, e, job.CommandCheck))
		must(t, run(t, e, job.CommandRestore))
		wantSame(t, "the rows", want, rowsOf(t, target))
	})
}

// rowsOf returns a digest of all tables but those that a restore corrects.
func rowsOf(t *testing.T, database string) string {
	t.Helper()
	var out []string
	for table := range strings.SplitSeq(query(t, database, `SELECT string_agg(oid::regclass::text, E'\n' ORDER BY relname)
		FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'm') AND relname NOT IN ('configurations', 'clusterdiscovery')`), "\n") {
		out = append(out, table+" "+query(t, database, "SELECT count(*) || coalesce(md5(string_agg(t::text, ',' ORDER BY t::text)), '') FROM "+table+" t"))
	}
	return strings.Join(out, "\n")
}

func refuseAll(t *testing.T) {
	t.Helper()
	bucket := newBucket(t)
	target := newDatabase(t, mattermost(100, "old"))
	// A superuser could read this table, and a dump must not.
	query(t, target, "CREATE SCHEMA replaced_0123456789ab; CREATE TABLE replaced_0123456789ab.systems AS SELECT 'secret of others' AS value")
	// Each of these schemas has one kind of thing, and no table.
	query(t, target, "CREATE SCHEMA programs; CREATE FUNCTION programs.lower(text) RETURNS text LANGUAGE sql AS 'SELECT $1'; "+
		"CREATE SCHEMA kinds; CREATE DOMAIN kinds.checked AS text CHECK (VALUE <> ''); CREATE SCHEMA counters; CREATE SEQUENCE counters.s")
	// Rows of an extension may be what its workers run.
	query(t, target, "CREATE SCHEMA jobs; CREATE EXTENSION citext SCHEMA jobs; CREATE TABLE jobs.job AS SELECT 'secret of others' AS command; CREATE SEQUENCE jobs.s; "+
		"ALTER EXTENSION citext ADD TABLE jobs.job; ALTER EXTENSION citext ADD SEQUENCE jobs.s")
	file := proof(t)
	before := catalogued(t, target)
	if len(hostile) < 40 {
		t.Fatalf("%d inputs", len(hostile))
	}
	for i, h := range hostile {
		plain := hostileDump(h.sql, file, target)
		packed := [][]byte{plain, gzipped(t, plain), zstandard(t, plain)}[i%3]
		key := fmt.Sprintf("hostile-%d", i)
		put(t, bucket, key, packed)
		for _, as := range []struct {
			who string
			env env
		}{
			{"the owner", nil},
			{"the superuser", env{job.EnvDatabaseUser: local.Superuser, job.EnvDatabasePassword: local.Password, job.EnvAllowSuperuser: "true"}},
		} {
			commands := []string{job.CommandCheck, job.CommandRestore}
			for _, command := range commands {
				t.Run(h.reason+", by "+as.who+", "+command, func(t *testing.T) {
					wantRefused(t, restoreEnv(t, target, bucket, key, "uid-of-"+key).with(as.env), command)
				})
			}
		}
		if _, err := os.Stat(file); err == nil {
			t.Fatalf("%s ran a program, or wrote a file", h.reason)
		}
	}
	if after := catalogued(t, target); after != before {
		t.Error("the database has changed")
	}
}

// wantRefused asserts a final error whose text contains nothing of the dump.
func wantRefused(t *testing.T, e env, command string) {
	t.Helper()
	got := run(t, e, command)
	if got.code != job.CodeFinal || got.result.Reason != job.ReasonInvalid || got.result.Restored != nil {
		t.Errorf("code %d, result %+v\n%s", got.code, got.result, got.output)
	}
	for _, never := range []string{marked, "secret of others", "/etc/passwd", "touch "} {
		if strings.Contains(got.output, never) || strings.Contains(got.result.Message, never) {
			t.Errorf("%q is shown: %s", never, got.output)
		}
	}
}
