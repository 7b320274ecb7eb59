package compose

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/structpb"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"pgregory.net/rapid"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

const composite = `{"apiVersion": "g/v1", "kind": "K", "metadata": {"name": "chat", "namespace": "ns"}, "status": {"conditions": [
	{"type": "Accepted", "status": "True", "reason": "Accepted", "message": "before"},
	{"type": "DatabaseReady", "status": "False", "reason": "SecretNotFound"}]}}`

// state of a composite with composed objects.
func state(t testing.TB, composed map[string]string) State {
	t.Helper()
	req := &fnv1.RunFunctionRequest{
		Meta:     &fnv1.RequestMeta{Tag: "tag"},
		Observed: &fnv1.State{Composite: &fnv1.Resource{Resource: read(t, composite)}, Resources: map[string]*fnv1.Resource{}},
	}
	for name, o := range composed {
		req.Observed.Resources[name] = &fnv1.Resource{Resource: read(t, o)}
	}
	return NewState(req)
}

// respond after Crossplane has looked up all names and found them free.
func respond(t testing.TB, a *Answer) *fnv1.RunFunctionResponse {
	t.Helper()
	free(a)
	rsp, err := a.Response()
	if err != nil {
		t.Fatal(err)
	}
	return rsp
}

// free adds empty results for the names that were not looked up yet.
func free(a *Answer) {
	for name := range a.wanted {
		if a.state.request.GetRequiredResources() == nil {
			a.state.request.RequiredResources = map[string]*fnv1.Resources{}
		}
		if _, asked := a.state.Required(name); !asked {
			a.state.request.RequiredResources[name] = &fnv1.Resources{}
		}
	}
}

func TestResultsOnlyOnChange(t *testing.T) {
	cases := map[string]struct {
		reason    string
		condition Condition
		want      *fnv1.Result
	}{
		"Same":           {reason: "Nothing changed.", condition: Condition{Type: "Accepted", Status: True, Reason: "Accepted", Message: "before"}},
		"MessageChanged": {reason: "Messages may carry numbers that move.", condition: Condition{Type: "Accepted", Status: True, Reason: "Accepted", Message: "after"}},
		"ReasonChanged": {
			reason:    "Another reason is news.",
			condition: Condition{Type: "DatabaseReady", Status: False, Reason: "SecretKeyMissing", Message: "add it"},
			want:      &fnv1.Result{Severity: fnv1.Severity_SEVERITY_WARNING, Message: "add it", Reason: proto.String("SecretKeyMissing"), Target: fnv1.Target_TARGET_COMPOSITE_AND_CLAIM.Enum()},
		},
		"StatusChanged": {
			reason:    "Good news is no warning.",
			condition: Condition{Type: "DatabaseReady", Status: True, Reason: "SecretNotFound"},
			want:      &fnv1.Result{Severity: fnv1.Severity_SEVERITY_NORMAL, Message: "DatabaseReady is True", Reason: proto.String("SecretNotFound"), Target: fnv1.Target_TARGET_COMPOSITE_AND_CLAIM.Enum()},
		},
		"New":     {reason: "A new condition that is True needs no event.", condition: Condition{Type: "RolloutComplete", Status: True, Reason: "Complete"}},
		"GoesOn":  {reason: "A condition that waits for the next step needs no event.", condition: Condition{Type: "DatabaseReady", Status: False, Reason: "Creating", Waiting: true}},
		"Another": {reason: "Another reason needs an event.", condition: Condition{Type: "Accepted", Status: True, Reason: "Lifted"}, want: &fnv1.Result{Severity: fnv1.Severity_SEVERITY_NORMAL, Message: "Accepted is True", Reason: proto.String("Lifted"), Target: fnv1.Target_TARGET_COMPOSITE_AND_CLAIM.Enum()}},
		"Waiting": {
			reason:    "What is on its way warns nobody.",
			condition: Condition{Type: "RolloutComplete", Status: False, Reason: "Rolling", Message: "waiting", Waiting: true},
			want:      &fnv1.Result{Severity: fnv1.Severity_SEVERITY_NORMAL, Message: "waiting", Reason: proto.String("Rolling"), Target: fnv1.Target_TARGET_COMPOSITE_AND_CLAIM.Enum()},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			a := NewAnswer(state(t, nil))
			a.Report(tc.condition)
			rsp := respond(t, a)
			var want []*fnv1.Result
			if tc.want != nil {
				want = append(want, tc.want)
			}
			if diff := cmp.Diff(want, rsp.GetResults(), protocmp.Transform()); diff != "" {
				t.Errorf("%s\n-want, +got results:\n%s", tc.reason, diff)
			}
			if got := rsp.GetConditions()[0]; got.GetReason() != tc.condition.Reason || got.GetMessage() != tc.condition.Message {
				t.Errorf("%s\nthe condition is reported as %v", tc.reason, got)
			}
		})
	}
}

func TestWhatHoldsDataIsNotLeftOut(t *testing.T) {
	held := `{"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "chat", "labels": {"mattermost.crossplane.io/holds-data": "files"}}}`
	other := `{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "chat"}}`
	cases := map[string]struct {
		reason string
		answer func(a *Answer) error
		want   string
	}{
		"LeftOut": {
			reason: "Crossplane would delete it.",
			answer: func(*Answer) error { return nil },
			want:   "cannot leave out claim, claim-2: it holds data, and the spec does not consent to its deletion",
		},
		"Consent": {
			reason: "The user said so, of one.",
			answer: func(a *Answer) error { a.Discard("claim"); return nil },
			want:   "cannot leave out claim-2: it holds data, and the spec does not consent to its deletion",
		},
		"Desired": {
			reason: "Nothing is deleted.",
			answer: func(a *Answer) error {
				a.Discard("claim-2")
				return a.Desire("claim", &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: "chat"}})
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			a := NewAnswer(state(t, map[string]string{"claim": held, "claim-2": held, "service": other}))
			if err := tc.answer(a); err != nil {
				t.Fatal(err)
			}
			_, err := a.Response()
			got := ""
			if err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want, +got error:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestReadinessOfAnswers(t *testing.T) {
	service := `{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "chat", "managedFields": [{"manager": "apiextensions.crossplane.io/composed/1f", "operation": "Apply", "fieldsV1": {}}]}}`
	a := NewAnswer(state(t, map[string]string{"kept": service, "desired": service, "overruled": service}))
	for _, name := range []string{"desired", "overruled", "new"} {
		if err := a.Desire(name, &corev1.Service{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Service"}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Keep("kept"); err != nil {
		t.Fatal(err)
	}
	a.NotReady("overruled")
	a.NotReady("unknown")
	got := map[string]bool{}
	rsp := respond(t, a)
	for name, r := range rsp.GetDesired().GetResources() {
		got[name] = r.GetReady() == fnv1.Ready_READY_TRUE
	}
	want := map[string]bool{"kept": true, "desired": true, "overruled": false, "new": false}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want, +got ready:\n%s", diff)
	}
	if got := rsp.GetDesired().GetComposite(); got != nil {
		t.Errorf("nothing was said of the composite, and desired is %v", got)
	}

	a.Unready()
	if got := respond(t, a).GetDesired().GetComposite().GetReady(); got != fnv1.Ready_READY_FALSE {
		t.Errorf("the composite is %s, want not ready", got)
	}
}

func TestKeepAllFailsWithoutManagedFields(t *testing.T) {
	a := NewAnswer(state(t, map[string]string{"service": `{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "chat"}}`}))
	want := `cannot compose "service": cannot keep Service "chat" as it is: its managed fields do not say what Crossplane applied`
	if err := a.KeepAll(); err == nil || err.Error() != want {
		t.Errorf("want error %q, got %v", want, err)
	}
}

func TestResponse(t *testing.T) {
	a := NewAnswer(state(t, nil))
	a.Revisit(90 * time.Second)
	if err := a.SetStatus(struct {
		Replicas int32  `json:"replicas"`
		Endpoint string `json:"endpoint,omitempty"`
	}{}); err != nil {
		t.Fatal(err)
	}
	rsp := respond(t, a)
	if got := rsp.GetMeta(); got.GetTag() != "tag" || got.GetTtl().AsDuration() != 90*time.Second {
		t.Errorf("meta is %v", got)
	}
	want := read(t, `{"apiVersion": "g/v1", "kind": "K", "status": {"replicas": 0}}`)
	if diff := cmp.Diff(want, rsp.GetDesired().GetComposite().GetResource(), protocmp.Transform()); diff != "" {
		t.Errorf("-want, +got composite:\n%s", diff)
	}
}

func TestGeneration(t *testing.T) {
	const composite = `{"metadata": {"generation": 3}, "status": {"observedGeneration": 2, "conditions": [
		{"type": "A", "status": "True", "reason": "Done"}, {"type": "B", "status": "False", "reason": "Rolling", "message": "waiting"}, {"type": "Ready", "status": "False"},
		{"type": "Reconciling", "status": "True", "reason": "InProgress"}]}}`
	a := Condition{Type: "A", Status: True, Reason: "Done"}
	b := Condition{Type: "B", Status: False, Reason: "Rolling", Message: "waiting", Waiting: true}
	cases := map[string]struct {
		reason   string
		reported []Condition
		want     int64
	}{
		"Seen":     {reason: "The conditions are those of this generation already.", reported: []Condition{a, b}, want: 3},
		"New":      {reason: "A condition is reported for the first time.", reported: []Condition{a, b, {Type: "C", Status: True}}, want: 2},
		"Status":   {reason: "The condition that is there speaks of the generation before.", reported: []Condition{{Type: "A", Status: False, Reason: "Done"}}, want: 2},
		"Reason":   {reason: "It is the same for another reason.", reported: []Condition{{Type: "A", Status: True, Reason: "Complete"}}, want: 2},
		"Message":  {reason: "It waits for something else.", reported: []Condition{a, {Type: "B", Status: False, Reason: "Rolling", Message: "waiting on"}}, want: 2},
		"Unspoken": {reason: "Nothing is reported.", want: 3},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := state(t, nil)
			s.request.Observed.Composite.Resource = read(t, composite)
			answer := NewAnswer(s)
			answer.Report(tc.reported...)
			if got := answer.Generation(); got != tc.want {
				t.Errorf("%s\ngeneration %d, want %d", tc.reason, got, tc.want)
			}
		})
	}
}

func TestDesireFails(t *testing.T) {
	a := NewAnswer(state(t, nil))
	if err := a.Desire("x", func() {}); err == nil {
		t.Error("a function was desired")
	}
	if err := a.SetStatus(func() {}); err == nil {
		t.Error("a function became a status")
	}
	if got := a.Names(); len(got) > 0 {
		t.Errorf("%v is desired", got)
	}
}

// TestResponsesDoNotDependOnOrder of maps, which Go and protobuf leave open.
func TestResponsesDoNotDependOnOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(0, 8).Draw(rt, "objects")
		seed := rapid.Uint64().Draw(rt, "seed")
		answer := func(shuffle *rand.Rand) []byte {
			composed := map[string]*fnv1.Resource{}
			for _, i := range shuffle.Perm(n) {
				o := &structpb.Struct{Fields: map[string]*structpb.Value{}}
				for _, j := range shuffle.Perm(4) {
					o.Fields[fmt.Sprintf("f%d", j)] = structpb.NewNumberValue(float64(i))
				}
				o.Fields["metadata"] = structpb.NewStructValue(read(t, `{"name": "n", "managedFields": [{"manager": "apiextensions.crossplane.io/composed/1f", "operation": "Apply", "fieldsV1": {"f:f0": {}, "f:f2": {}}}]}`))
				composed[fmt.Sprintf("object-%d", i)] = &fnv1.Resource{Resource: o}
			}
			a := NewAnswer(NewState(&fnv1.RunFunctionRequest{Observed: &fnv1.State{Resources: composed}}))
			for _, i := range shuffle.Perm(n) {
				a.Require(fmt.Sprintf("secret/%d", i), "v1", "Secret", "s")
			}
			if err := a.KeepAll(); err != nil {
				rt.Fatal(err)
			}
			b, err := proto.MarshalOptions{Deterministic: true}.Marshal(respond(t, a))
			if err != nil {
				rt.Fatal(err)
			}
			return b
		}
		first := answer(rand.New(rand.NewPCG(seed, 1)))  //nolint:gosec // An order, not a secret.
		second := answer(rand.New(rand.NewPCG(seed, 2))) //nolint:gosec // An order, not a secret.
		if string(first) != string(second) {
			rt.Error("two orders of the same request have two answers")
		}
	})
}
