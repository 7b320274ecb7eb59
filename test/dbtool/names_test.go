package dbtool_test

import (
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// TestNamesOfTheCatalog asserts that a name without a schema means something of the dump,
// and not of the catalog, which the server searches first.
func TestNamesOfTheCatalog(t *testing.T) {
	const told = "SELECT count(*) || coalesce(obj_description('int8'::regtype, 'pg_type'), '') FROM pg_ts_config_map WHERE mapcfg = 'pg_catalog.english'::regconfig"
	for _, tc := range []struct{ reason, sql, want string }{
		{"a configuration of text search", "ALTER TEXT SEARCH CONFIGURATION english ADD MAPPING FOR protocol WITH simple;", "old"},
		{"a comment", "COMMENT ON TYPE int8 IS 'changed';", "old"},
		{"the dump's own", "CREATE TEXT SEARCH CONFIGURATION english (PARSER = pg_catalog.\"default\");\nALTER TEXT SEARCH CONFIGURATION english ADD MAPPING FOR protocol WITH simple;\n" +
			"CREATE TYPE int8 AS ENUM ('a');\nCOMMENT ON TYPE int8 IS 'new';\nCOMMENT ON COLUMN systems.value IS 'new';", "new"},
	} {
		t.Run(tc.reason, func(t *testing.T) {
			bucket := newBucket(t)
			put(t, bucket, "dump", plainDump("SET search_path = public, pg_catalog;\nCREATE TABLE systems (name text, value text);\nINSERT INTO systems VALUES ('Marker', 'new');\n"+tc.sql))
			target := newDatabase(t, mattermost(100, "old"))
			query(t, "postgres", "ALTER ROLE "+target+" SUPERUSER")
			before := query(t, target, told)
			run(t, restoreEnv(t, target, bucket, "dump", "uid-1").with(env{job.EnvAllowSuperuser: "true"}), job.CommandRestore)
			wantSame(t, "the catalog", before, query(t, target, told))
			if got := query(t, target, "SELECT value FROM systems"); got != tc.want {
				t.Errorf("marker %q, want %q", got, tc.want)
			}
		})
	}
}

// TestHomeAmongOthers asserts that a dump does not take away what others have in a schema
// without tables.
func TestHomeAmongOthers(t *testing.T) {
	bucket := newBucket(t)
	put(t, bucket, "dump", plainDump("SELECT pg_catalog.set_config('search_path', '', false);\nCREATE TABLE helpers.systems (name text, value text);\nINSERT INTO helpers.systems VALUES ('Marker', 'new');"))
	for _, thing := range []string{
		"TYPE helpers.thing AS (a integer)", `COLLATION helpers.thing (locale = 'C')`, "TEXT SEARCH DICTIONARY helpers.thing (TEMPLATE = simple)", "TEXT SEARCH CONFIGURATION helpers.thing (COPY = english)",
		"OPERATOR helpers.=== (FUNCTION = int4eq, LEFTARG = integer, RIGHTARG = integer)", "OPERATOR FAMILY helpers.thing USING btree", "CONVERSION helpers.thing FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8",
	} {
		target := newDatabase(t, mattermost(100, "old")+"CREATE SCHEMA helpers; ")
		query(t, target, "GRANT ALL ON SCHEMA helpers TO "+target+"; CREATE "+thing+"; ALTER ROLE "+target+" SUPERUSER")
		before := catalogued(t, target)
		for _, command := range []string{job.CommandCheck, job.CommandRestore} {
			if got := run(t, restoreEnv(t, target, bucket, "dump", "uid-1").with(env{job.EnvAllowSuperuser: "true"}), command); got.code != job.CodeFinal || got.result.Reason != job.ReasonInvalid {
				t.Errorf("%s, %s: code %d, result %+v", thing, command, got.code, got.result)
			}
		}
		wantSame(t, "the database", before, catalogued(t, target))
	}
}

// TestHomeInAnotherCase asserts that a schema with capital letters is not taken for that of
// others in small letters.
func TestHomeInAnotherCase(t *testing.T) {
	bucket := newBucket(t)
	put(t, bucket, "dump", plainDump("SELECT pg_catalog.set_config('search_path', '', false);\nCREATE SCHEMA \"Chat\";\nCREATE TABLE \"Chat\".systems (name text, value text);\nINSERT INTO \"Chat\".systems VALUES ('Marker', 'new');"))
	for _, others := range []string{"", "CREATE SCHEMA chat; CREATE TABLE chat.systems AS SELECT 'theirs' AS value; CREATE FUNCTION chat.f() RETURNS integer LANGUAGE sql AS 'SELECT 1';"} {
		target := newDatabase(t, mattermost(100, "old")+others)
		must(t, run(t, restoreEnv(t, target, bucket, "dump", "uid-1"), job.CommandRestore))
		if got := query(t, target, "SELECT value || (SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace) FROM public.systems"); got != "new0" {
			t.Errorf("with %q: marker, functions: %q", others, got)
		}
	}
}
