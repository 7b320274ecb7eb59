package provision

import (
	"strings"
	"testing"
)

func TestChoose(t *testing.T) {
	made := func(name string) func() Backend[given, connected] {
		return func() Backend[given, connected] { return Backend[given, connected]{Name: name} }
	}
	cases := map[string]struct {
		reason   string
		one, two bool
		want     string
		err      string
	}{
		"First":  {reason: "The first is named.", one: true, want: "one"},
		"Second": {reason: "The second is named.", two: true, want: "two"},
		"None":   {reason: "There is nothing to answer with.", err: "cannot choose a backend: bucket of the function's input names 0 and must name exactly one"},
		"Both":   {reason: "Which one is meant is a guess.", one: true, two: true, err: "cannot choose a backend: bucket of the function's input names 2 and must name exactly one"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := Choose("bucket",
				Candidate[given, connected]{Named: tc.one, Make: made("one")},
				Candidate[given, connected]{Named: tc.two, Make: made("two")})
			if got.Name != tc.want || (err == nil) != (tc.err == "") || (err != nil && !strings.HasPrefix(err.Error(), tc.err)) {
				t.Errorf("%s\nchose %q, want %q; error %v, want %q", tc.reason, got.Name, tc.want, err, tc.err)
			}
		})
	}
}
