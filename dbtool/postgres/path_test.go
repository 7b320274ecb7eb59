package postgres

import (
	"slices"
	"strings"
	"testing"
)

// TestSearchPathOfOthers: with a search path of the dump's choice, a name without a schema
// would mean another schema's table, although every name that has a schema is judged.
func TestSearchPathOfOthers(t *testing.T) {
	for _, tc := range []struct{ reason, set, want string }{
		{"its own schema", "SET search_path = public, pg_catalog;", `SET LOCAL search_path = "public"`},
		{"no schema", "SELECT pg_catalog.set_config('search_path', '', false);", "SET LOCAL search_path = ''"},
		{"somebody else's schema", "SET search_path = metrics, pg_catalog;", "SET LOCAL search_path = ''"},
		{"somebody else's schema, by a function", "SELECT pg_catalog.set_config('search_path', 'metrics', false);", "SET LOCAL search_path = ''"},
		{"this program's schema", "SET search_path = replaced_0123456789ab;", "SET LOCAL search_path = ''"},
		{"a schema without tables", "SET search_path = helpers;", "SET LOCAL search_path = ''"},
	} {
		t.Run(tc.reason, func(t *testing.T) {
			for _, script := range []string{
				"CREATE TABLE public.systems (v int);\n" + tc.set + "\nCOPY public.systems FROM stdin;\n\\.\n",
				"CREATE TABLE public.systems (v int);\nCOPY public.systems FROM stdin;\n\\.\n" + tc.set +
					"\nCREATE MATERIALIZED VIEW public.v AS SELECT * FROM secrets WITH NO DATA;\nREFRESH MATERIALIZED VIEW public.v;\nCREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1';\n",
			} {
				to := &played{}
				p := &player{sink: to, target: "public", place: place{path: "public", foreign: map[string]bool{"metrics": true}}, major: 16}
				if err := p.play(t.Context(), strings.NewReader(beginning+"\n"+script+ending+"\n")); err != nil {
					t.Fatal(err)
				}
				set := slices.DeleteFunc(append(to.all, p.loaded.late...), func(sql string) bool { return !strings.HasPrefix(sql, "SET LOCAL search_path") })
				if len(set) == 0 || slices.ContainsFunc(set, func(sql string) bool { return sql != tc.want }) {
					t.Errorf("%q, want %q", set, tc.want)
				}
			}
		})
	}
}
