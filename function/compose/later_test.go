package compose

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// TestConditionsFollowTheStatus checks which answers leave the conditions to the next call.
func TestConditionsFollowTheStatus(t *testing.T) {
	const (
		works    = `{type: Works, status: "True", reason: Works, message: ""}`
		waits    = `{type: Works, status: "False", reason: Waiting, message: ""}`
		closed   = `{type: Responsive, status: "True"}`
		ready    = `{type: Ready, status: "True"}`
		creating = `{type: Ready, status: "False", reason: Creating}`
	)
	for name, tc := range map[string]struct {
		reason     string
		conditions string
		status     string
		composes   string
		told       map[string]any
		want       string
	}{
		"Changed":    {reason: "The status comes first, and Ready stays.", conditions: ready + "," + closed + "," + waits, status: "state: a", told: map[string]any{"state": "b"}, want: "0 conditions, READY_TRUE"},
		"NotReady":   {reason: "Ready stays False too.", conditions: creating + "," + closed + "," + waits, status: "state: a", told: map[string]any{"state": "b"}, want: "0 conditions, READY_FALSE"},
		"Below":      {reason: "A value of an object in the status counts.", conditions: ready + "," + closed + "," + waits, status: "of: {count: 1}", told: map[string]any{"of": map[string]any{"count": 2}}, want: "0 conditions, READY_TRUE"},
		"Seen":       {reason: "The status is as it was.", conditions: ready + "," + closed + "," + waits, status: "state: b", told: map[string]any{"state": "b"}, want: "1 conditions, READY_UNSPECIFIED"},
		"NoChange":   {reason: "The conditions are as they were.", conditions: ready + "," + closed + "," + works, status: "state: a", told: map[string]any{"state": "b"}, want: "1 conditions, READY_UNSPECIFIED"},
		"NewField":   {reason: "An older schema may not have the field.", conditions: ready + "," + closed + "," + waits, status: "state: b", told: map[string]any{"state": "b", "new": "x"}, want: "1 conditions, READY_UNSPECIFIED"},
		"List":       {reason: "Others may have elements of the list.", conditions: ready + "," + closed + "," + waits, status: "all: [a]", told: map[string]any{"all": []any{"b"}}, want: "1 conditions, READY_UNSPECIFIED"},
		"Gone":       {reason: "A field that nobody sets any more may stay.", conditions: ready + "," + closed + "," + waits, status: "state: b, old: x", told: map[string]any{"state": "b"}, want: "1 conditions, READY_UNSPECIFIED"},
		"Open":       {reason: "The breaker may hold the next call back.", conditions: ready + `,{type: Responsive, status: "False"},` + waits, status: "state: a", told: map[string]any{"state": "b"}, want: "1 conditions, READY_UNSPECIFIED"},
		"Unknown":    {reason: "Nothing says that the breaker is closed.", conditions: ready + "," + waits, status: "state: a", told: map[string]any{"state": "b"}, want: "1 conditions, READY_UNSPECIFIED"},
		"First":      {reason: "Crossplane has not said yet whether it is ready.", conditions: closed + "," + waits, status: "state: a", told: map[string]any{"state": "b"}, want: "1 conditions, READY_UNSPECIFIED"},
		"Lists":      {reason: "The list of what is not ready would be lost.", conditions: `{type: Ready, status: "False", message: "a, b"},` + closed + "," + waits, status: "state: a", told: map[string]any{"state": "b"}, want: "1 conditions, READY_UNSPECIFIED"},
		"OtherNames": {reason: "The generation changes with what is composed.", conditions: ready + "," + closed + "," + waits, status: "state: a", composes: "another", told: map[string]any{"state": "b"}, want: "2 conditions, READY_UNSPECIFIED"},
	} {
		t.Run(name, func(t *testing.T) {
			observed, err := yaml.YAMLToJSON(fmt.Appendf(nil, "{apiVersion: g/v1, kind: K, metadata: {name: chat}, status: {conditions: [%s], %s}}", tc.conditions, tc.status))
			if err != nil {
				t.Fatal(err)
			}
			s := state(t, nil)
			s.request.Observed.Composite.Resource = read(t, string(observed))
			a := NewAnswer(s)
			if err := a.SetStatus(tc.told); err != nil {
				t.Fatal(err)
			}
			a.Revisit(time.Minute)
			a.Report(Condition{Type: "Works", Status: True, Reason: "Works"})
			if tc.composes != "" {
				if err := a.Desire(tc.composes, map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{}}); err != nil {
					t.Fatal(err)
				}
			}

			rsp := respond(t, a)

			got := fmt.Sprintf("%d conditions, %s", len(rsp.GetConditions()), rsp.GetDesired().GetComposite().GetReady())
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s -want, +got:\n%s", tc.reason, diff)
			}
			if state := rsp.GetDesired().GetComposite().GetResource().GetFields()["status"]; state == nil {
				t.Error("the status is not reported")
			}
			if rsp.GetDesired().GetComposite().GetReady() != fnv1.Ready_READY_UNSPECIFIED && len(rsp.GetResults()) > 0 {
				t.Error("a condition that is left to the next call is announced already")
			}
		})
	}
}
