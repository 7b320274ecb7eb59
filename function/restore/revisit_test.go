package restore

import (
	"testing"
	"time"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
)

// TestRevisit: Crossplane asks again within 30 seconds until a restore is over. The installation,
// which takes part in it, is looked up.
func TestRevisit(t *testing.T) {
	cases := map[string]struct {
		reason string
		given  given
		want   time.Duration
	}{
		"Waiting":   {reason: "The installation is looked up.", given: given{spec: fromS3, required: with(there(""), requirementInstallation, "")}, want: 30 * time.Second},
		"Checking":  {reason: "Pods are looked up.", given: given{spec: fromS3, required: there("")}, want: 30 * time.Second},
		"Quiescing": {reason: "The installation's part is looked up.", given: given{spec: fromS3, required: there(mine("Stopping", "")), observed: map[string]string{nameCheck: jobOf(checkName, succeeded)}}, want: 30 * time.Second},
		"Failed":    {reason: "Nothing more is tried.", given: given{spec: fromS3, required: there(""), observed: map[string]string{nameCheck: jobOf(checkName, failedJob)}, pods: []string{podOf(checkName, 2, denied)}}, want: time.Hour},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			tc.given.status = composetest.Reported(t, tc.given.answer(t))
			if got := tc.given.answer(t).GetMeta().GetTtl().AsDuration(); got != tc.want {
				t.Errorf("%s\nasked again after %s, want %s", tc.reason, got, tc.want)
			}
		})
	}
}
