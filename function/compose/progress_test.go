package compose

import (
	"fmt"
	"strings"
	"testing"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// TestProgress: GitOps tools tell progress from failure by conditions Reconciling and Stalled.
func TestProgress(t *testing.T) {
	yes := Condition{Type: "Accepted", Status: True, Reason: "Accepted"}
	waits := Condition{Type: "DatabaseReady", Status: False, Reason: "ClaimPending", Waiting: true}
	fails := Condition{Type: "MigrationComplete", Status: False, Reason: "Failed"}
	cases := map[string]struct {
		reason     string
		composite  string
		conditions []Condition
		unready    bool
		want       string
	}{
		"Done":     {reason: "Everything is done.", conditions: []Condition{yes}, want: ""},
		"Waits":    {reason: "Something is waited for.", conditions: []Condition{yes, waits}, want: "Reconciling=True InProgress"},
		"Unready":  {reason: "Something is not ready.", conditions: []Condition{yes}, unready: true, want: "Reconciling=True InProgress"},
		"Fails":    {reason: "Nothing goes on, whatever else is waited for.", conditions: []Condition{yes, waits, fails}, unready: true, want: "Stalled=True Failed"},
		"Refused":  {reason: "A refusal is no progress.", conditions: []Condition{{Type: "Accepted", Status: False, Reason: "SizeUnknown"}}, want: "Stalled=True SizeUnknown"},
		"Pending":  {reason: "A refusal that ends by itself is.", conditions: []Condition{{Type: "Accepted", Status: False, Reason: "NameTaken", Waiting: true}}, want: "Reconciling=True InProgress"},
		"Retries":  {reason: "What is tried again goes on, with a warning.", conditions: []Condition{yes, {Type: "MigrationComplete", Status: False, Reason: "Retrying", Progress: ProgressContinues}}, want: "Reconciling=True InProgress"},
		"Aside":    {reason: "Not every condition is about progress.", conditions: []Condition{yes, {Type: "ZeroDowntime", Status: False, Reason: "SingleNodeVolume", Progress: ProgressUnaffected}}, want: ""},
		"Expected": {reason: "The spec asks for it.", conditions: []Condition{yes, {Type: "A", Status: False, Reason: "R", Expected: true}}, want: ""},
		"Again":    {reason: "What had stalled goes on.", composite: `{"status": {"conditions": [{"type": "Stalled", "status": "True"}, {"type": "Reconciling", "status": "False"}]}}`, conditions: []Condition{yes}, want: "Reconciling=False Complete, Stalled=False NotStalled"},
		"Then":     {reason: "It is complete now.", composite: `{"status": {"conditions": [{"type": "Reconciling", "status": "True"}]}}`, conditions: []Condition{yes}, want: "Reconciling=False Complete"},
		"Nothing":  {reason: "An answer without conditions leaves them as they are.", unready: true, want: ""},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if tc.composite == "" {
				tc.composite = "{}"
			}
			a := NewAnswer(NewState(&fnv1.RunFunctionRequest{Observed: &fnv1.State{Composite: &fnv1.Resource{Resource: read(t, tc.composite)}}}))
			a.Report(tc.conditions...)
			if tc.unready {
				a.Unready()
			}
			var got []string
			reported := a.reported()
			for _, c := range reported[min(len(tc.conditions), len(reported)):] {
				got = append(got, fmt.Sprintf("%s=%s %s", c.Type, c.Status, c.Reason))
				if c.news(Condition{}) || c.news(Condition{Status: True}) {
					t.Errorf("%s is announced", c.Type)
				}
			}
			if said := strings.Join(got, ", "); said != tc.want {
				t.Errorf("%s\n%s, want %s", tc.reason, said, tc.want)
			}
		})
	}
}

// TestAcceptedFollowsSynced: what Kubernetes refused is not accepted.
func TestAcceptedFollowsSynced(t *testing.T) {
	for synced, want := range map[string]string{
		`{"type": "Synced", "status": "True", "reason": "ReconcileSuccess"}`: "True Accepted",
		`{"type": "Synced", "status": "False", "reason": "ReconcileError"}`:  "False NotApplied",
		`{"type": "Synced", "status": "False", "reason": "ReconcilePaused"}`: "True Accepted",
		`{"type": "Ready", "status": "False", "reason": "Creating"}`:         "True Accepted",
	} {
		s := NewState(&fnv1.RunFunctionRequest{Observed: &fnv1.State{Composite: &fnv1.Resource{Resource: read(t, `{"status": {"conditions": [`+synced+`]}}`)}}})
		a := NewAnswer(s)
		a.Report(Condition{Type: "Accepted", Status: True, Reason: "Accepted"})
		c := a.reported()[0]
		if got := fmt.Sprintf("%s %s", c.Status, c.Reason); got != want || s.Unapplied() != (want == "False NotApplied") {
			t.Errorf("%s: Accepted is %s", synced, got)
		}
	}
}
