package provision

import (
	"testing"
	"time"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
)

// TestRevisit: everything that a backend rests on is watched, except for what a refusal waits for.
func TestRevisit(t *testing.T) {
	cases := map[string]struct {
		reason string
		of     given
		want   time.Duration
	}{
		"Answered": {reason: "Everything is watched.", want: time.Hour},
		"Waiting":  {reason: "What is composed is watched.", of: given{waiting: true}, want: time.Hour},
		"Refused":  {reason: "Whatever a refusal rests on may change unseen.", of: given{refused: true}, want: 30 * time.Second},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			first, err := answer(t, tc.of, true, "{}", nil)
			if err != nil {
				t.Fatal(err)
			}
			// What is reported was not reported before: more may be missed than seen.
			if got := first.GetMeta().GetTtl().AsDuration(); got > 36*time.Second {
				t.Errorf("%s\nasked again after %s when it is reported first", tc.reason, got)
			}
			rsp, err := answer(t, tc.of, true, composetest.Reported(t, first), nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := rsp.GetMeta().GetTtl().AsDuration(); got != tc.want {
				t.Errorf("%s\nasked again after %s, want %s", tc.reason, got, tc.want)
			}
		})
	}
}
