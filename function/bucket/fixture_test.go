package bucket

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"sigs.k8s.io/yaml"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

// canary is in every Secret, and nowhere else.
const canary = "canary-of-a-secret"

// given is what a test composes from.
type given struct {
	spec string
	// policy is the input's bucket.
	policy string
	// status of the composite.
	status string
	// observed objects by the name they are composed under.
	observed map[string]string
	// required objects by requirement. What is not here was looked for and is absent.
	required map[string]string
	// unasked says that Crossplane has not looked yet.
	unasked bool
}

func parse(text string) (*structpb.Struct, error) {
	m := map[string]any{}
	if err := yaml.Unmarshal([]byte(text), &m); err != nil {
		return nil, err
	}
	return structpb.NewStruct(m)
}

func document(t testing.TB, text string) *structpb.Struct {
	t.Helper()
	s, err := parse(text)
	if err != nil {
		t.Fatalf("cannot parse %s: %v", text, err)
	}
	return s
}

func policyOf(t testing.TB, text string) *v1beta1.Input {
	t.Helper()
	in := &v1beta1.Input{Labels: map[string]string{"team": "a"}}
	if err := yaml.UnmarshalStrict([]byte("bucket: "+text), in); err != nil {
		t.Fatalf("cannot parse %s: %v", text, err)
	}
	return in
}

func (in given) request(t testing.TB) *fnv1.RunFunctionRequest {
	t.Helper()
	composite := document(t, "apiVersion: mattermost.crossplane.io/v1alpha1\nkind: MattermostBucket\nmetadata: {name: chat, namespace: ns, generation: 3, uid: 0a1b2c3d-0000-4000-8000-000000000000}")
	composite.Fields["spec"] = structpb.NewStructValue(document(t, in.spec))
	composite.Fields["status"] = structpb.NewStructValue(document(t, in.status))
	req := &fnv1.RunFunctionRequest{Observed: &fnv1.State{Composite: &fnv1.Resource{Resource: composite}, Resources: map[string]*fnv1.Resource{}}}
	for name, text := range in.observed {
		req.Observed.Resources[name] = &fnv1.Resource{Resource: applied(document(t, text))}
	}
	if in.unasked {
		return req
	}
	req.RequiredResources = map[string]*fnv1.Resources{requirementSecret: {}, requirementConfigMap: {}}
	for name, text := range in.required {
		req.RequiredResources[name] = &fnv1.Resources{Items: []*fnv1.Resource{{Resource: document(t, text)}}}
	}
	return req
}

// applied is an object as Crossplane applied it, with the status that it has.
func applied(o *structpb.Struct) *structpb.Struct {
	desired := proto.CloneOf(o)
	delete(desired.GetFields(), "status")
	return preview.Observed(o, desired)
}

func (in given) answer(t testing.TB) (*fnv1.RunFunctionResponse, error) {
	t.Helper()
	rsp, err := Compose(compose.NewState(in.request(t)), policyOf(t, in.policy))
	secretive(t, rsp, err)
	return rsp, err
}

// safe answer, or the test fails.
func (in given) safe(t testing.TB) *fnv1.RunFunctionResponse {
	t.Helper()
	rsp, err := in.answer(t)
	if err != nil {
		t.Fatal(err)
	}
	return rsp
}

// accepted answer, or the test fails.
func (in given) accepted(t testing.TB) *fnv1.RunFunctionResponse {
	t.Helper()
	rsp := in.safe(t)
	if got := said(rsp, "Accepted"); got != "Accepted: " {
		t.Fatalf("refused: %s", got)
	}
	return rsp
}

// secretive fails the test when a secret value is anywhere but in a Secret.
func secretive(t testing.TB, rsp *fnv1.RunFunctionResponse, err error) {
	t.Helper()
	if shows(rsp, err) {
		t.Fatal("a secret value is shown outside of a Secret")
	}
}

// shows says whether a secret value is anywhere but in a Secret.
func shows(rsp *fnv1.RunFunctionResponse, err error) bool {
	shown := ""
	if err != nil {
		shown = err.Error()
	}
	if rsp != nil {
		open := proto.CloneOf(rsp)
		for name, r := range open.GetDesired().GetResources() {
			if compose.NewResource(r.GetResource()).String("kind") == "Secret" {
				delete(open.GetDesired().GetResources(), name)
			}
		}
		shown += protojson.Format(open)
	}
	forms := []string{canary}
	for skipped := range 3 {
		// What stands before a value shifts its base64 form.
		encoded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", skipped) + canary))
		forms = append(forms, encoded[4:len(encoded)-4])
	}
	return slices.ContainsFunc(forms, func(form string) bool { return strings.Contains(shown, form) })
}

// said is a condition's reason and message.
func said(rsp *fnv1.RunFunctionResponse, kind string) string {
	for _, c := range rsp.GetConditions() {
		if c.GetType() == kind {
			return c.GetReason() + ": " + c.GetMessage()
		}
	}
	return ""
}

// connection of an answer, nil when there is none.
func connection(rsp *fnv1.RunFunctionResponse) map[string]any {
	return compose.NewResource(rsp.GetDesired().GetComposite().GetResource()).At("status", "connection").Struct().AsMap()
}

func desired(rsp *fnv1.RunFunctionResponse, name string) compose.Resource {
	return compose.NewResource(rsp.GetDesired().GetResources()[name].GetResource())
}

// settled is what is observed after an answer was applied, with each object's status.
func settled(t testing.TB, rsp *fnv1.RunFunctionResponse, status map[string]string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for name, r := range rsp.GetDesired().GetResources() {
		o := proto.CloneOf(r.GetResource())
		if text := status[name]; text != "" {
			o.Fields["status"] = structpb.NewStructValue(document(t, text))
		}
		b, err := yaml.Marshal(o.AsMap())
		if err != nil {
			t.Fatal(err)
		}
		out[name] = string(b)
	}
	return out
}

// ready is the status of a managed resource that is there.
const ready = "conditions: [{type: Ready, status: 'True'}, {type: Synced, status: 'True'}]"

// secretOf values.
func secretOf(values map[string]string) string {
	data := map[string]string{}
	for k, v := range values {
		data[k] = base64.StdEncoding.EncodeToString([]byte(v))
	}
	b, err := yaml.Marshal(map[string]any{"apiVersion": "v1", "kind": "Secret", "metadata": map[string]any{"name": "secret"}, "data": data})
	if err != nil {
		panic(err)
	}
	return string(b)
}

// refusal of a spec, in a table of a backend.
type refusal struct {
	reason string
	given  given
	want   string
}

func testRefusals(t *testing.T, cases map[string]refusal) {
	t.Helper()
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			rsp := tc.given.safe(t)
			if got := said(rsp, "Accepted"); got != tc.want {
				t.Errorf("%s\nwant %s\ngot  %s", tc.reason, tc.want, got)
			}
			if got, want := len(rsp.GetDesired().GetResources()), len(tc.given.observed); tc.want != "Accepted: " && got != want {
				t.Errorf("%s\na refusal leaves %d of %d objects", tc.reason, got, want)
			}
		})
	}
}
