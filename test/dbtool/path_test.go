package dbtool_test

import (
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/local"
)

// TestSearchPathOfTheDatabase asserts that the owner of a database cannot have a superuser
// who restores to it call an operator of the owner's.
func TestSearchPathOfTheDatabase(t *testing.T) {
	bucket := newBucket(t)
	put(t, bucket, "dump", pgDump(t, newDatabase(t, mattermost(100, "new"))))
	target := newDatabase(t, mattermost(100, "old"))
	load(t, target, `CREATE SCHEMA mine; CREATE TABLE mine.calls (who name);
CREATE FUNCTION mine.same(name, name) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO mine.calls SELECT session_user WHERE pg_catalog.current_setting('is_superuser') OPERATOR(pg_catalog.=) 'on'; RETURN $1 OPERATOR(pg_catalog.=) $2;
END $$;
CREATE OPERATOR mine.= (FUNCTION = mine.same, LEFTARG = name, RIGHTARG = name);
DO $$ BEGIN EXECUTE pg_catalog.format('ALTER DATABASE %I SET search_path = public, mine, pg_catalog', current_database()); END $$;`)
	e := restoreEnv(t, target, bucket, "dump", "uid-1").with(env{job.EnvDatabaseUser: local.Superuser, job.EnvDatabasePassword: local.Password, job.EnvAllowSuperuser: "true"})
	must(t, run(t, e, job.CommandCheck))
	must(t, run(t, e, job.CommandRestore))
	if got := query(t, target, "SELECT value || (SELECT count(*) FROM mine.calls) FROM public.systems"); got != "new0" {
		t.Errorf("marker, calls: %q", got)
	}
}
