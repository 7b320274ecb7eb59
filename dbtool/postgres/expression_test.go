package postgres

import (
	"strings"
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// TestFunctionalNotationIsACall: PostgreSQL calls f(x) for (x).f, and for v.f where v is
// what a function in FROM returns. ts_stat(text) carries out the query that it is given.
func TestFunctionalNotationIsACall(t *testing.T) {
	for _, sql := range []string{
		"CREATE VIEW public.v AS SELECT ((x.t).ts_stat).word AS w FROM (VALUES ('select 1'::text)) x(t)",
		`CREATE VIEW public.v AS SELECT (x.t)."ts_stat" AS w FROM (VALUES ('select 1'::text)) x(t)`,
		"CREATE VIEW public.v AS SELECT (x.t).anything FROM (VALUES ('select 1'::text)) x(t)",
		"CREATE MATERIALIZED VIEW public.m AS SELECT ((v.t).dblink_connect) AS w FROM (VALUES ('host=169.254.169.254'::text)) v(t) WITH NO DATA",
		"CREATE VIEW public.v AS SELECT x.ts_stat FROM unnest(ARRAY['select 1'::text]) x",
		"CREATE VIEW public.v AS SELECT x.ts_stat AS w FROM current_catalog x",
		"CREATE VIEW public.v AS SELECT lower.lo_import AS w FROM lower('/etc/passwd'::text)",
		"CREATE VIEW public.v AS SELECT x.pg_read_file AS w FROM lower('/etc/passwd'::text) x",
		"CREATE VIEW public.v AS SELECT pg_catalog.lo_import AS w FROM lower('/etc/passwd'::text) pg_catalog",
		"CREATE TABLE public.t (a integer, b integer DEFAULT ('/etc/passwd'::text).lo_import)",
		"CREATE TABLE public.t (a integer, b integer DEFAULT (ARRAY['/etc/passwd'::text])[1].lo_import)",
		"CREATE TABLE public.t (a integer, b integer DEFAULT ('16384'::oid).lo_unlink)",
		"CREATE TABLE public.t (a text[], b text GENERATED ALWAYS AS (a[1].lo_import) STORED)",
		"CREATE DOMAIN public.d AS text CHECK ((VALUE).lo_import > 0)",
		"CREATE INDEX i ON public.t USING btree (((a).f))",
		"ALTER TABLE public.t ADD CONSTRAINT c CHECK ((a).f)",
		"ALTER TABLE public.t ALTER COLUMN a SET DEFAULT ('/etc/passwd'::text).lo_import",
	} {
		if got := judged(t, somewhere(), sql); got.verdict != refuse || got.why == "" {
			t.Errorf("%s: %d, and runs %q", sql, got.verdict, got.sql)
		}
	}
}

// TestNamesOfThreeParts begin with a database's, which hides the schema.
func TestNamesOfThreeParts(t *testing.T) {
	for _, sql := range []string{
		"CREATE VIEW public.v AS SELECT * FROM mattermost.metrics.m", "CREATE VIEW public.v AS SELECT * FROM mattermost.replaced_0123456789ab.systems",
		"CREATE VIEW public.v AS SELECT * FROM public.mattermost_dbtool.requests", "CREATE SEQUENCE public.metrics.s START WITH 1", "CREATE DOMAIN public.metrics.d AS text",
		"ALTER SEQUENCE public.s OWNED BY public.metrics.m.id",
	} {
		if got := judged(t, somewhere(), sql); got.verdict != refuse {
			t.Errorf("%s: %d, and runs %q", sql, got.verdict, got.sql)
		}
	}
}

// TestViewsInPlaceOfTables that the program reads would have it run their queries.
func TestViewsInPlaceOfTables(t *testing.T) {
	for _, table := range []string{"db_migrations", "configurations", "clusterdiscovery", "systems", `"systems"`} {
		for _, sql := range []string{
			"CREATE VIEW public.% AS SELECT 1 AS version", "CREATE OR REPLACE VIEW % AS SELECT 1 AS version", "CREATE MATERIALIZED VIEW public.% AS SELECT 1 AS version WITH NO DATA",
			"CREATE FOREIGN TABLE public.% (version bigint) SERVER s",
		} {
			sql = strings.ReplaceAll(sql, "%", table)
			if got := judged(t, somewhere(), sql); got.verdict != refuse {
				t.Errorf("%s: %d, and runs %q", sql, got.verdict, got.sql)
			}
		}
	}
}

// TestRefreshesOfOthers run queries that nobody judged.
func TestRefreshesOfOthers(t *testing.T) {
	const view = "CREATE MATERIALIZED VIEW public.v AS SELECT 1 AS n WITH NO DATA;\n"
	for script, want := range map[string]job.Reason{
		view + "REFRESH MATERIALIZED VIEW public.v;\n":      "",
		view + "REFRESH MATERIALIZED VIEW public.others;\n": job.ReasonInvalid,
		"REFRESH MATERIALIZED VIEW public.v;\n":             job.ReasonInvalid,
	} {
		p := &player{sink: &played{}, target: "public", place: place{path: "public"}, major: 16}
		err := p.play(t.Context(), strings.NewReader(beginning+"\nCREATE TABLE public.systems (v int);\nCOPY public.systems FROM stdin;\n\\.\n"+script+ending+"\n"))
		if failure.Reason(err) != want && (want != "" || err != nil) {
			t.Errorf("%s: %v, want %q", script, err, want)
		}
	}
}
