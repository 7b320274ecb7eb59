package backup

import (
	"strings"
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
)

// TestSchedulesWithoutMoments: Kubernetes refused the CronJob, and the state was "scheduled".
func TestSchedulesWithoutMoments(t *testing.T) {
	for name, spec := range map[string]string{
		"Hour":     once + "\nschedule: 0 25 * * *",
		"Day":      once + "\nschedule: 0 3 ? * MONDAY",
		"Never":    once + "\nschedule: 0 3 30 2 *",
		"TimeZone": nightly + "\ntimeZone: Europe/Belin",
		"Native":   nativeOnce + "\nschedule: 0 25 * * *",
	} {
		t.Run(name, func(t *testing.T) {
			required := there()
			if name == "Native" {
				required = nativeThere()
			}
			rsp := given{spec: spec, required: required}.safe(t)
			want := "False SpecInvalid: spec.schedule: Invalid value"
			if name == "TimeZone" {
				want = "False SpecInvalid: spec.timeZone: Invalid value"
			}
			if got := composetest.Said(rsp, conditionAccepted); !strings.HasPrefix(got, want) {
				t.Errorf("want %s…\ngot  %s", want, got)
			}
			if len(rsp.GetDesired().GetResources()) > 0 {
				t.Error("a schedule is made")
			}
		})
	}
}

// TestScheduledOnceItIsSeen: a schedule that does not exist yet makes no backups.
func TestScheduledOnceItIsSeen(t *testing.T) {
	for _, of := range []struct {
		reason string
		given  given
		want   string
	}{
		{"a schedule that is not seen", given{spec: nightly, required: there()}, "waiting, False Starting: waiting for the schedule to be created"},
		{"a schedule that is seen", given{spec: nightly, required: there(), observed: map[string]string{nameCronJob: cronJob}}, "scheduled, False NotDue: waiting for the first moment of spec.schedule"},
		{"a native schedule that is not seen", given{spec: nativeNightly, required: nativeThere()}, "waiting, False Starting: waiting for the schedule to be created"},
	} {
		rsp := of.given.safe(t)
		if got := composetest.Status(rsp).String("state") + ", " + composetest.Said(rsp, conditionComplete); got != of.want {
			t.Errorf("%s: %s, want %s", of.reason, got, of.want)
		}
	}
}
