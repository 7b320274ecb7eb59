package compose

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

const (
	namespaced = `{"apiVersion": "g/v1", "kind": "K", "metadata": {"name": "chat", "namespace": "ns", "uid": "mine"}}`
	legacyXR   = `{"apiVersion": "claims.g/v1", "kind": "XK", "metadata": {"name": "chat-x7k2p", "uid": "mine"}, "spec": {"claimRef": {"apiVersion": "claims.g/v1", "kind": "K", "namespace": "ns", "name": "chat"}}}`
	service    = `{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "chat"}}`
)

// owner reference of an object.
func owner(apiVersion, kind, name, uid string, controller bool) string {
	out := `{"apiVersion": "` + apiVersion + `", "kind": "` + kind + `", "name": "` + name + `", "uid": "` + uid + `"`
	if controller {
		out += `, "controller": true`
	}
	return out + "}"
}

// serviceWith adds metadata to the Service.
func serviceWith(metadata string) string {
	return strings.Replace(service, `"name": "chat"`, `"name": "chat", `+metadata, 1)
}

// desiring returns an answer that desires a Service, given the existing object of its name,
// if any.
func desiring(t *testing.T, of, exists string) *Answer {
	t.Helper()
	req := &fnv1.RunFunctionRequest{
		Meta:              &fnv1.RequestMeta{Capabilities: []fnv1.Capability{fnv1.Capability_CAPABILITY_REQUIRED_RESOURCES}},
		Observed:          &fnv1.State{Composite: &fnv1.Resource{Resource: read(t, of)}},
		RequiredResources: map[string]*fnv1.Resources{"name/service": {}},
	}
	if exists != "" {
		req.RequiredResources["name/service"].Items = []*fnv1.Resource{{Resource: read(t, exists)}}
	}
	a := NewAnswer(NewState(req))
	a.Adopt(func(o Resource) bool { return o.Has("metadata", "labels", "released") })
	if err := a.Desire("service", read(t, service).AsMap()); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestNamesFree(t *testing.T) {
	const taken = `metadata.name: Service "chat" exists and does not belong to this K: delete what is not needed, or create the K under another name`
	labelled := `"labels": {"crossplane.io/composite": "chat"}`
	claimed := `"labels": {"crossplane.io/claim-name": "chat", "crossplane.io/claim-namespace": "ns"}`
	cases := map[string]struct {
		reason    string
		composite string
		exists    string
		want      Verdict
	}{
		"Free":      {reason: "No object has the name.", want: Passed},
		"Foreign":   {reason: "An object that nobody owns would be deleted with the composite.", exists: service, want: Verdict{Reason: ReasonNameTaken, Message: taken}},
		"Mine":      {reason: "It was composed under another name before.", exists: serviceWith(`"ownerReferences": [` + owner("g/v1", "K", "chat", "mine", true) + `]`), want: Passed},
		"Orphaned":  {reason: "The composite was deleted, and its objects were not.", exists: serviceWith(labelled), want: Passed},
		"OnlyOwned": {reason: "An owner that is no controller says nothing.", exists: serviceWith(`"ownerReferences": [` + owner("g/v1", "K", "chat", "mine", false) + `]`), want: Verdict{Reason: ReasonNameTaken, Message: taken}},
		"AnotherComposites": {
			reason: "The labels of one composite are not those of another.",
			exists: serviceWith(`"labels": {"crossplane.io/composite": "talk"}`), want: Verdict{Reason: ReasonNameTaken, Message: taken},
		},
		"Controlled": {
			reason: "Labels can be copied. A controller counts more.",
			exists: serviceWith(labelled + `, "ownerReferences": [` + owner("h/v1", "H", "talk", "other", true) + `]`),
			want:   Verdict{Reason: ReasonNameTaken, Message: strings.Replace(taken, `"chat" exists`, `"chat" (of H "talk") exists`, 1)},
		},
		"Released": {reason: "Its former owner released it.", exists: serviceWith(`"labels": {"released": "true"}`), want: Passed},
		"NotReleased": {
			reason: "Its owner still controls it.",
			exists: serviceWith(`"labels": {"released": "true"}, "ownerReferences": [` + owner("h/v1", "H", "talk", "other", true) + `]`),
			want:   Verdict{Reason: ReasonNameTaken, Message: strings.Replace(taken, `"chat" exists`, `"chat" (of H "talk") exists`, 1)},
		},
		"Before": {
			reason: "The earlier composite was deleted, and Kubernetes garbage-collects its objects.",
			exists: serviceWith(labelled + `, "ownerReferences": [` + owner("g/v1", "K", "chat", "before", true) + `]`),
			want:   Verdict{Reason: ReasonNameTaken, Message: `waiting for the deletion of Service "chat"`, Waiting: true},
		},
		"Leaving": {
			reason: "An object that is being deleted is waited for, whoever owned it.",
			exists: serviceWith(`"deletionTimestamp": "2026-03-01T00:00:00Z"`),
			want:   Verdict{Reason: ReasonNameTaken, Message: `waiting for the deletion of Service "chat"`, Waiting: true},
		},
		"MineLeaving": {
			reason: "It is our own object that is being deleted, and Crossplane observes it until it is gone.",
			exists: serviceWith(`"deletionTimestamp": "2026-03-01T00:00:00Z", "ownerReferences": [` + owner("g/v1", "K", "chat", "mine", true) + `]`),
			want:   Passed,
		},
		"Claimed": {reason: "A claim that was created again has another composite.", composite: legacyXR, exists: serviceWith(claimed), want: Passed},
		"ClaimedBefore": {
			reason: "The earlier composite of the claim is being deleted.", composite: legacyXR,
			exists: serviceWith(claimed + `, "ownerReferences": [` + owner("claims.g/v1", "XK", "chat-other", "before", true) + `]`),
			want:   Verdict{Reason: ReasonNameTaken, Message: `waiting for the deletion of Service "chat"`, Waiting: true},
		},
		"ClaimedByAnother": {
			reason: "The claim has another name.", composite: legacyXR,
			exists: serviceWith(strings.Replace(claimed, `"chat"`, `"talk"`, 1)), want: Verdict{Reason: ReasonNameTaken, Message: taken},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			of := tc.composite
			if of == "" {
				of = namespaced
			}
			a := desiring(t, of, tc.exists)
			got := a.NamesFree()
			if got != tc.want {
				t.Errorf("%s\nwant %+v\ngot  %+v", tc.reason, tc.want, got)
			}
			required := a.requirements["name/service"]
			if required.GetMatchName() != "chat" || required.GetKind() != "Service" || required.GetNamespace() != "ns" {
				t.Errorf("%s\nit looks for %v", tc.reason, required)
			}
			if got.Pass {
				return
			}
			if rsp, err := a.Response(); err == nil && !got.Waiting {
				t.Errorf("%s\nit is taken all the same: %v", tc.reason, rsp)
			}
			a.Withdraw()
			rsp, err := a.Response()
			if err != nil {
				t.Fatal(err)
			}
			if len(rsp.GetDesired().GetResources()) > 0 || rsp.GetRequirements().GetResources()["name/service"] == nil {
				t.Errorf("%s\nafter it was withdrawn, it says %v", tc.reason, rsp)
			}
		})
	}
}

func TestManyNamesAreTaken(t *testing.T) {
	req := &fnv1.RunFunctionRequest{Observed: &fnv1.State{Composite: &fnv1.Resource{Resource: read(t, namespaced)}}, RequiredResources: map[string]*fnv1.Resources{}}
	a := NewAnswer(NewState(req))
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g"} {
		req.RequiredResources["name/"+name] = &fnv1.Resources{Items: []*fnv1.Resource{{Resource: read(t, service)}}}
		if err := a.Desire(name, read(t, strings.Replace(service, "chat", name, 1)).AsMap()); err != nil {
			t.Fatal(err)
		}
	}
	want := `metadata.name: Service "a", Service "b", Service "c", Service "d", Service "e", and 2 more exist and do not belong to this K`
	if got := a.NamesFree().Message; !strings.HasPrefix(got, want) {
		t.Errorf("want %s…\ngot  %s", want, got)
	}
}

// TestNothingIsComposedBeforeItsNameIsFree asserts that an answer changes nothing until
// Crossplane has looked, and that it looks no more when the object exists.
func TestNothingIsComposedBeforeItsNameIsFree(t *testing.T) {
	s := state(t, map[string]string{
		"server": `{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "server", "managedFields": [{"manager": "apiextensions.crossplane.io/composed/1f", "operation": "Apply", "fieldsV1": {}}]}}`,
	})
	s.request.Meta.Capabilities = []fnv1.Capability{fnv1.Capability_CAPABILITY_REQUIRED_RESOURCES}
	a := NewAnswer(s)
	if err := a.Desire("service", read(t, service).AsMap()); err != nil {
		t.Fatal(err)
	}
	a.Report(Condition{Type: "Accepted", Status: True, Reason: "Accepted"})
	rsp, err := a.Response()
	if err != nil {
		t.Fatal(err)
	}
	if rsp.GetDesired().GetResources()["server"] == nil || len(rsp.GetDesired().GetResources()) != 1 || len(rsp.GetConditions()) > 0 {
		t.Errorf("before it has looked, it says %v", rsp)
	}
	if rsp.GetRequirements().GetResources()["name/service"] == nil {
		t.Error("it does not look")
	}

	seen := NewAnswer(state(t, map[string]string{"service": service}))
	if err := seen.Desire("service", read(t, service).AsMap()); err != nil {
		t.Fatal(err)
	}
	seen.WantFree("service", "v1", "Endpoints", "chat", func(Resource) bool { return false })
	if got := len(seen.requirements); got > 0 {
		t.Errorf("%d names are looked for though the object is there", got)
	}

	a.state.request = proto.CloneOf(a.state.request)
	a.state.request.Meta.Capabilities = nil
	if _, err := a.Response(); err == nil || !strings.Contains(err.Error(), "use Crossplane 2.4 or later") {
		t.Errorf("a Crossplane that cannot look is told %v", err)
	}
}

// TestWhatIsTakenBesides asserts that an object that a composed object would use must be
// ours too.
func TestWhatIsTakenBesides(t *testing.T) {
	for of, mine := range map[string]bool{"ours": true, "somebody else's": false} {
		req := &fnv1.RunFunctionRequest{Observed: &fnv1.State{Composite: &fnv1.Resource{Resource: read(t, namespaced)}}, RequiredResources: map[string]*fnv1.Resources{
			"name/service": {}, "name/service/endpoints/chat": {Items: []*fnv1.Resource{{Resource: read(t, service)}}},
		}}
		a := NewAnswer(NewState(req))
		a.WantFree("service", "v1", "Endpoints", "chat", func(Resource) bool { return mine })
		if err := a.Desire("service", read(t, service).AsMap()); err != nil {
			t.Fatal(err)
		}
		if got := a.NamesFree(); got.Pass != mine {
			t.Errorf("what is %s: %+v", of, got)
		}
		if _, err := a.Response(); (err == nil) != mine {
			t.Errorf("what is %s: %v", of, err)
		}
	}
}
