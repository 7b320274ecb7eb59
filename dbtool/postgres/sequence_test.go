package postgres

import "testing"

// TestSequencesOfOthers: a default advances the sequence that a text names, whatever schema
// that is in.
func TestSequencesOfOthers(t *testing.T) {
	for sql, want := range map[string]verdict{
		"CREATE TABLE public.t (a bigint DEFAULT nextval('public.s'::regclass))":                                         run,
		"CREATE TABLE public.t (a bigint DEFAULT pg_catalog.nextval('s'::pg_catalog.regclass))":                          run,
		"CREATE TABLE t (a bigint DEFAULT nextval(('public.s'::text)::regclass))":                                        run,
		`CREATE TABLE t (a bigint DEFAULT nextval('public."A b"'::regclass), b integer)`:                                 run,
		"ALTER TABLE ONLY public.posts ALTER COLUMN id SET DEFAULT nextval('s')":                                         run,
		"CREATE TABLE public.t (a bigint DEFAULT nextval('metrics.s'::regclass))":                                        refuse,
		"CREATE TABLE public.t (a bigint DEFAULT pg_catalog.nextval('metrics.s'))":                                       refuse,
		`CREATE TABLE public.t (a bigint DEFAULT "nextval"('"metrics".s'))`:                                              refuse,
		"CREATE TABLE public.t (a bigint DEFAULT nextval(('metr' || 'ics.s')::regclass))":                                refuse,
		"CREATE TABLE public.t (a bigint DEFAULT nextval(('metrics.s'::text)::regclass))":                                refuse,
		"CREATE TABLE public.t (a bigint DEFAULT nextval(16384))":                                                        refuse,
		"CREATE TABLE public.t (a bigint DEFAULT nextval('mattermost.metrics.s'))":                                       refuse,
		"CREATE MATERIALIZED VIEW public.v AS SELECT nextval(t.a) AS n FROM public.t WITH NO DATA":                       refuse,
		"CREATE MATERIALIZED VIEW public.v AS SELECT nextval('replaced_0123456789ab.s'::regclass) AS n WITH NO DATA":     refuse,
		"CREATE VIEW public.v AS SELECT currval('mattermost_dbtool.s'::regclass) AS n":                                   refuse,
		"ALTER TABLE ONLY public.posts ALTER COLUMN id SET DEFAULT nextval('metrics.s'::regclass)":                       refuse,
		"CREATE MATERIALIZED VIEW public.v AS SELECT x.nextval FROM unnest(ARRAY['metrics.s'::regclass]) x WITH NO DATA": refuse,
		"CREATE TABLE public.t (a bigint DEFAULT nextval('16384'))":                                                      refuse,
		"CREATE DOMAIN public.d AS bigint DEFAULT nextval('metrics.s'::regclass)":                                        refuse,
	} {
		where := somewhere()
		where.reachable["nextval"] = true
		if got := judged(t, where, sql); got.verdict != want {
			t.Errorf("%s: %d, want %d: %s", sql, got.verdict, want, got.why)
		}
	}
}
