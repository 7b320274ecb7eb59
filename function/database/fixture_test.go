package database

import (
	"encoding/base64"
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
	// policy is the input's database.
	policy string
	// status of the composite.
	status string
	// observed objects by the name they are composed under, besides those of before.
	observed map[string]string
	// secret that is looked up, none when it is empty.
	secret map[string]string
}

func document(t testing.TB, text string) *structpb.Struct {
	t.Helper()
	m := map[string]any{}
	if err := yaml.Unmarshal([]byte(text), &m); err != nil {
		t.Fatalf("cannot parse %s: %v", text, err)
	}
	s, err := structpb.NewStruct(m)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func policyOf(t testing.TB, text string) *v1beta1.Input {
	t.Helper()
	in := &v1beta1.Input{Labels: map[string]string{"team": "a"}}
	if err := yaml.UnmarshalStrict([]byte("database: "+text), in); err != nil {
		t.Fatalf("cannot parse %s: %v", text, err)
	}
	return in
}

func (in given) request(t testing.TB) *fnv1.RunFunctionRequest {
	t.Helper()
	composite := document(t, "apiVersion: mattermost.crossplane.io/v1alpha1\nkind: MattermostDatabase\nmetadata: {name: chat, namespace: ns, generation: 3, uid: 0a1b2c3d-0000-4000-8000-000000000000}")
	composite.Fields["spec"] = structpb.NewStructValue(document(t, in.spec))
	composite.Fields["status"] = structpb.NewStructValue(document(t, in.status))
	req := &fnv1.RunFunctionRequest{
		Observed:          &fnv1.State{Composite: &fnv1.Resource{Resource: composite}, Resources: map[string]*fnv1.Resource{}},
		RequiredResources: map[string]*fnv1.Resources{requirementSecret: {}},
	}
	for name, text := range in.observed {
		req.Observed.Resources[name] = &fnv1.Resource{Resource: applied(document(t, text))}
	}
	if in.secret != nil {
		data := map[string]any{}
		for k, v := range in.secret {
			data[k] = base64.StdEncoding.EncodeToString([]byte(v))
		}
		s, err := structpb.NewStruct(map[string]any{"data": data})
		if err != nil {
			t.Fatal(err)
		}
		req.RequiredResources[requirementSecret].Items = []*fnv1.Resource{{Resource: s}}
	}
	return req
}

// applied is an object as Crossplane applied it, with the status that it has.
func applied(o *structpb.Struct) *structpb.Struct {
	desired := proto.CloneOf(o)
	delete(desired.GetFields(), "status")
	if _, ok := desired.GetFields()["metadata"]; !ok {
		desired.Fields["metadata"] = structpb.NewStructValue(&structpb.Struct{Fields: map[string]*structpb.Value{}})
	}
	return preview.Observed(o, desired)
}

func (in given) answer(t testing.TB) (*fnv1.RunFunctionResponse, error) {
	t.Helper()
	rsp, err := Compose(compose.NewState(in.request(t)), policyOf(t, in.policy))
	secretive(t, rsp, err)
	return rsp, err
}

// accepted answer, or the test fails.
func (in given) accepted(t testing.TB) *fnv1.RunFunctionResponse {
	t.Helper()
	rsp, err := in.answer(t)
	if err != nil {
		t.Fatal(err)
	}
	if c := condition(rsp, "Accepted"); c.GetStatus() != fnv1.Status_STATUS_CONDITION_TRUE {
		t.Fatalf("refused: %s", c.GetMessage())
	}
	return rsp
}

// secretive fails the test when a secret value is anywhere but in a Secret.
func secretive(t testing.TB, rsp *fnv1.RunFunctionResponse, err error) {
	t.Helper()
	encoded := base64.StdEncoding.EncodeToString([]byte(canary))
	if err != nil && (strings.Contains(err.Error(), canary) || strings.Contains(err.Error(), encoded)) {
		t.Fatal("an error shows a secret value")
	}
	if rsp == nil {
		return
	}
	open := proto.CloneOf(rsp)
	for name, r := range open.GetDesired().GetResources() {
		if kindOf(r) == "Secret" {
			delete(open.GetDesired().GetResources(), name)
		}
	}
	b, err := protojson.Marshal(open)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(b), canary) || strings.Contains(string(b), encoded) {
		t.Fatal("a secret value is in the answer, outside of a Secret")
	}
}

func kindOf(r *fnv1.Resource) string {
	return r.GetResource().GetFields()["kind"].GetStringValue()
}

func condition(rsp *fnv1.RunFunctionResponse, kind string) *fnv1.Condition {
	for _, c := range rsp.GetConditions() {
		if c.GetType() == kind {
			return c
		}
	}
	return nil
}

// connection of an answer, as YAML without what is absent.
func connection(rsp *fnv1.RunFunctionResponse) map[string]any {
	c := compose.NewResource(rsp.GetDesired().GetComposite().GetResource()).At("status", "connection").Struct()
	if c == nil {
		return nil
	}
	return c.AsMap()
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
		if text, ok := status[name]; ok {
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
