package compose

import (
	"fmt"
	"testing"
	"time"
)

// openedAt is when the breaker of a test opened.
const openedAt = "2026-11-01T10:00:00Z"

// breaker is the state of a composite whose condition Responsive has a status since
// openedAt, with a number of nudges, the last of them some seconds later.
func breaker(t testing.TB, status string, nudged, later int) State {
	t.Helper()
	s := state(t, nil)
	written, err := time.Parse(time.RFC3339, openedAt)
	if err != nil {
		t.Fatal(err)
	}
	s.request.Observed.Composite.Resource = read(t, fmt.Sprintf(`{"apiVersion": "g/v1", "kind": "K",
		"metadata": {"managedFields": [
			{"manager": "kubectl", "time": "2026-11-01T12:00:00Z"},
			{"manager": "crossplane", "subresource": "status", "time": "2026-11-01T09:59:00Z"},
			{"manager": "apiextensions.crossplane.io/composite", "subresource": "status", "time": %q}]},
		"status": {"nudges": %d, "conditions": [
			{"type": "Accepted", "status": "True", "reason": "Accepted"},
			{"type": "Responsive", "status": %q, "lastTransitionTime": %q}]}}`,
		written.Add(time.Duration(later)*time.Second).Format(time.RFC3339), nudged, status, openedAt))
	return s
}

func TestRevisit(t *testing.T) {
	told := Condition{Type: "Accepted", Status: True, Reason: "Accepted"}
	cases := map[string]struct {
		reason   string
		state    State
		reported Condition
		asked    time.Duration
		want     time.Duration
	}{
		"Heard":   {reason: "The breaker is closed, so nothing was dropped.", state: breaker(t, "True", 0, 0), reported: told, asked: time.Hour, want: time.Hour},
		"Unsaid":  {reason: "A new composite resource has no conditions yet.", state: state(t, nil), reported: told, asked: time.Hour, want: revisitMissed},
		"Settles": {reason: "This response may open the breaker.", state: breaker(t, "True", 0, 0), reported: Condition{Type: "Accepted", Status: False, Reason: "Refused"}, asked: time.Hour, want: revisitMissed},
		"Opened":  {reason: "A change right after the breaker opened may have been dropped.", state: breaker(t, "False", 0, 0), reported: told, asked: time.Hour, want: revisitMissed},
		"Changes": {reason: "A change after this one may be dropped.", state: breaker(t, "False", 3, 60), reported: Condition{Type: "Accepted", Status: False, Reason: "Refused"}, asked: time.Hour, want: revisitMissed},
		"Waits":   {reason: "Something is in progress and is about to change.", state: breaker(t, "False", 3, 60), reported: Condition{Type: "Accepted", Status: False, Waiting: true}, asked: time.Hour, want: 7 * time.Second},
		"WaitsOn": {reason: "A long wait causes fewer calls.", state: breaker(t, "False", 60, 60), reported: Condition{Type: "Accepted", Status: False, Waiting: true}, asked: time.Hour, want: revisitMissed},
		"Sooner":  {reason: "An earlier call stays earlier.", state: breaker(t, "False", 3, 60), reported: told, asked: time.Second, want: time.Second},
		"Rests":   {reason: "An edit of a resource at rest may be dropped too.", state: breaker(t, "False", 2, 39), reported: told, asked: time.Hour, want: revisitMissed},
		"Longer":  {reason: "A longer cooldown gets one nudge a minute.", state: breaker(t, "False", 3, 330), reported: told, asked: time.Hour, want: revisitNudge},
		"Unknown": {reason: "Times that make no sense are ignored.", state: breaker(t, "False", 2, -3600), reported: told, asked: time.Hour, want: revisitMissed},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			a := NewAnswer(tc.state)
			a.Revisit(tc.asked)
			a.Report(tc.reported)
			if got := respond(t, a).GetMeta().GetTtl().AsDuration(); got.Round(time.Second) != tc.want.Round(time.Second) {
				t.Errorf("%s: revisited after %s, want %s", tc.reason, got, tc.want)
			}
		})
	}
}

// TestNudges asserts that every response changes status.nudges while the breaker is open,
// and none while it is closed.
func TestNudges(t *testing.T) {
	for status, want := range map[string]int64{"False": 3, "True": 0} {
		a := NewAnswer(breaker(t, status, 2, 39))
		if err := a.SetStatus(struct{}{}); err != nil {
			t.Fatal(err)
		}
		if got := NewResource(respond(t, a).GetDesired().GetComposite().GetResource()).Int("status", "nudges"); got != want {
			t.Errorf("while Responsive is %s, nudges are %d, want %d", status, got, want)
		}
	}
}

// TestRestCloses simulates a composite at rest with an open breaker, with the shortest and
// the longest delays of Crossplane's queue. The function must be called again after the
// cooldown and before seven minutes have passed.
func TestRestCloses(t *testing.T) {
	for _, jitter := range []float64{0.9, 1, 1.1} {
		var now time.Duration
		nudged, written := 0, 0
		for now < cooldown {
			a := NewAnswer(breaker(t, "False", nudged, written))
			a.Revisit(time.Hour)
			written, nudged = int(now.Seconds()), nudged+1
			now += time.Duration(float64(respond(t, a).GetMeta().GetTtl().AsDuration()) * jitter)
		}
		if now > 7*time.Minute-5*time.Second {
			t.Errorf("with jitter %.1f the breaker is closed after %s", jitter, now)
		}
		if nudged > 11 {
			t.Errorf("with jitter %.1f it took %d changes", jitter, nudged)
		}
	}
}
