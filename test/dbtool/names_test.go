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
