package bucket

import (
	"testing"

	"sigs.k8s.io/yaml"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

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
	r := composetest.Request{Kind: "MattermostBucket", Name: "chat", Spec: in.spec, Status: in.status, Observed: in.observed}
	if !in.unasked {
		r.Required = composetest.Looked(in.required, requirementSecret, requirementConfigMap, provision.RequirementStorage)
	}
	return r.Encode(t)
}

func (in given) answer(t testing.TB) (*fnv1.RunFunctionResponse, error) {
	t.Helper()
	rsp, err := composetest.Asked(t, in.request(t), func(s compose.State) (*fnv1.RunFunctionResponse, error) { return Compose(s, policyOf(t, in.policy)) })
	if composetest.Shows(rsp, err) {
		t.Fatal("a secret value is shown outside of a Secret")
	}
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

// said is a condition's reason and message.
func said(rsp *fnv1.RunFunctionResponse, kind string) string {
	c := composetest.Condition(rsp, kind)
	return c.GetReason() + ": " + c.GetMessage()
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
