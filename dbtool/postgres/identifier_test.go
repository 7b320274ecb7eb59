package postgres

import (
	"strings"
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// TestIdentifiersThatTheServerChanges: it cuts long ones off, and converts those of another
// encoding, so that they would mean another schema than the one that was judged.
func TestIdentifiersThatTheServerChanges(t *testing.T) {
	long := strings.Repeat("m", 63)
	for _, tc := range []struct {
		reason, script string
		want           job.Reason
	}{
		{"as long as can be", "CREATE TABLE public." + long + " (a int);", ""},
		{"too long", "CREATE VIEW public.v AS SELECT * FROM " + long + "x.t;", job.ReasonInvalid},
		{"too long, in quotes", `CREATE VIEW public.v AS SELECT * FROM "` + long + `x".t;`, job.ReasonInvalid},
		{"too long, as a sequence", "CREATE TABLE public.t (a bigint DEFAULT nextval('" + long + "x.s'::regclass));", job.ReasonInvalid},
		{"with the end of a line", "CREATE TABLE public.\"t\n\\! x\" (a int);", job.ReasonInvalid},
		{"with the end of a line, of a column", "CREATE TABLE public.t (\"a\r\" int);", job.ReasonInvalid},
		{"with the end of a line, skipped", "DROP TABLE IF EXISTS public.\"t\u0085x\";", job.ReasonInvalid},
		{"texts may have ends of lines", "INSERT INTO public.systems VALUES ('a\n\\! x');", ""},
		{"texts may be longer", "INSERT INTO public.systems VALUES ('" + long + long + "');", ""},
		{"letters of UTF-8", "CREATE TABLE public.t (\"métrique\" int, größe int);", ""},
		{"bytes of another encoding", "CREATE VIEW public.v AS SELECT * FROM m\xe9trics.t;", job.ReasonInvalid},
		{"letters of another encoding", "SET client_encoding = 'LATIN1';\nCREATE VIEW public.v AS SELECT * FROM m\xe9trics.t;", job.ReasonInvalid},
		{"letters of another encoding, as a sequence", "SET client_encoding = 'LATIN1';\nCREATE TABLE public.t (a bigint DEFAULT nextval('m\xe9trics.s'::regclass));", job.ReasonInvalid},
		{"texts may have them", "SET client_encoding = 'LATIN1';\nINSERT INTO public.systems VALUES ('\xe9');", ""},
	} {
		t.Run(tc.reason, func(t *testing.T) {
			where := place{path: "public", foreign: map[string]bool{long: true, "métrics": true}}
			p := &player{sink: &played{}, target: "public", place: where, major: 16}
			err := p.play(t.Context(), strings.NewReader(beginning+"\nCREATE TABLE public.systems (v text);\n"+tc.script+"\n"+ending+"\n"))
			if tc.want == "" && err != nil || tc.want != "" && failure.Reason(err) != tc.want {
				t.Errorf("%v, want %q", err, tc.want)
			}
		})
	}
}
