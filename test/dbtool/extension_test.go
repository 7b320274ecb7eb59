package dbtool_test

import (
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/local"
)

// TestTablesOfExtensions asserts that a dump adds nothing to an extension's table, such as
// the jobs of a scheduler, even if its own tables are in the extension's schema and a
// superuser owns the data. It can use the extension's types.
func TestTablesOfExtensions(t *testing.T) {
	bucket := newBucket(t)
	put(t, bucket, "dump", plainDump(`SELECT pg_catalog.set_config('search_path', '', false);
CREATE SCHEMA jobs;
CREATE TABLE jobs.systems (name jobs.citext, value text);
CREATE TABLE jobs.db_migrations (version bigint, name text);
INSERT INTO jobs.systems VALUES ('Marker', 'new');
INSERT INTO jobs.job VALUES ('touch proof');
COPY jobs.job (command) FROM stdin;
touch proof
\.
SELECT pg_catalog.setval('jobs.s', 1000, true);
ALTER TABLE ONLY jobs.job ADD CONSTRAINT c CHECK (false) NOT VALID;`))
	target := newDatabase(t, mattermost(100, "old"))
	query(t, target, "CREATE SCHEMA jobs; CREATE EXTENSION citext SCHEMA jobs; CREATE TABLE jobs.job AS SELECT 'ours' AS command; CREATE SEQUENCE jobs.s; "+
		"ALTER EXTENSION citext ADD TABLE jobs.job; ALTER EXTENSION citext ADD SEQUENCE jobs.s; ALTER ROLE "+target+" SUPERUSER")
	e := restoreEnv(t, target, bucket, "dump", "uid-1").with(env{job.EnvDatabaseUser: local.Superuser, job.EnvDatabasePassword: local.Password, job.EnvAllowSuperuser: "true"})
	must(t, run(t, e, job.CommandCheck))
	must(t, run(t, e, job.CommandRestore))
	if got := query(t, target, "SELECT value || (SELECT string_agg(command, ',') FROM jobs.job) || (SELECT last_value FROM jobs.s) || (SELECT count(*) FROM pg_constraint WHERE conname = 'c') FROM public.systems"); got != "newours10" {
		t.Errorf("marker, jobs, sequence, constraint: %q", got)
	}
}

// TestFunctionsOfExtensions asserts that a dump does not replace a function of an extension
// that it has itself created: its indexes call it.
func TestFunctionsOfExtensions(t *testing.T) {
	bucket := newBucket(t)
	put(t, bucket, "dump", plainDump(`SELECT pg_catalog.set_config('search_path', '', false);
CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public;
CREATE TABLE public.systems (name public.citext, value text);
CREATE TABLE public.db_migrations (version bigint, name text);
CREATE OR REPLACE FUNCTION public.citext_cmp(public.citext, public.citext) RETURNS integer LANGUAGE plpgsql AS 'BEGIN RAISE ''called''; END';
INSERT INTO public.systems VALUES ('Marker', 'new'), ('Other', 'new');`))
	target := newDatabase(t, mattermost(100, "old"))
	query(t, "postgres", "ALTER ROLE "+target+" SUPERUSER")
	e := restoreEnv(t, target, bucket, "dump", "uid-1").with(env{job.EnvAllowSuperuser: "true"})
	if got := run(t, e, job.CommandRestore); got.code != job.CodeFinal || got.result.Reason != job.ReasonInvalid {
		t.Errorf("code %d, result %+v\n%s", got.code, got.result, got.output)
		query(t, target, "ANALYZE public.systems")
	}
	if got := query(t, target, "SELECT value FROM systems"); got != "old" {
		t.Errorf("marker %q", got)
	}
}
