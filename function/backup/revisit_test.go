package backup

import (
	"strings"
	"testing"
	"time"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
)

// TestRevisit: Crossplane asks again within 30 seconds while a backup runs or something is looked
// up that is waited for, and within an hour otherwise.
func TestRevisit(t *testing.T) {
	cases := map[string]struct {
		reason string
		given  given
		want   time.Duration
	}{
		"Running":  {reason: "Pods are looked up.", given: given{spec: once, required: there(), observed: map[string]string{nameJob: jobOf(onceName, 0, "{active: 1}")}}, want: 30 * time.Second},
		"Complete": {reason: "Nothing is left to do.", given: given{spec: once, required: there(), observed: map[string]string{nameJob: jobOf(onceName, 0, succeeded)}}, want: time.Hour},
		"Failed":   {reason: "Nothing more is tried.", given: given{spec: once, required: there(), observed: map[string]string{nameJob: jobOf(onceName, 0, failed)}}, want: time.Hour},
		"NotDue":   {reason: "A schedule is watched.", given: given{spec: nightly, required: there(), observed: map[string]string{nameCronJob: cronJob}}, want: time.Hour},
		"Waiting":  {reason: "An installation is looked up.", given: given{spec: once, required: there(requirementInstallation)}, want: 30 * time.Second},
		"Refused":  {reason: "What a refusal rests on is looked up.", given: given{spec: strings.Replace(once, "backups}", "backups, prefix: a/../b}", 1), required: there()}, want: 30 * time.Second},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			tc.given.status = composetest.Reported(t, tc.given.safe(t))
			if got := tc.given.safe(t).GetMeta().GetTtl().AsDuration(); got != tc.want {
				t.Errorf("%s\nasked again after %s, want %s", tc.reason, got, tc.want)
			}
		})
	}
}
