package database

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
	// policy is the input's database.
	policy string
	// status of the composite.
	status string
	// observed objects by the name they are composed under, besides those of before.
	observed map[string]string
	// secret that is looked up, none when it is empty.
	secret map[string]string
	// required objects besides, by requirement.
	required map[string]string
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
	r := composetest.Request{Kind: "MattermostDatabase", Name: "chat", Spec: in.spec, Status: in.status, Observed: in.observed}
	r.Required = composetest.Looked(in.required, requirementSecret, provision.RequirementStorage)
	if in.secret != nil {
		r.Required[requirementSecret] = []string{composetest.Secret(in.secret)}
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

// accepted answer, or the test fails.
func (in given) accepted(t testing.TB) *fnv1.RunFunctionResponse {
	t.Helper()
	rsp, err := in.answer(t)
	if err != nil {
		t.Fatal(err)
	}
	if c := composetest.Condition(rsp, "Accepted"); c.GetStatus() != fnv1.Status_STATUS_CONDITION_TRUE {
		t.Fatalf("refused: %s", c.GetMessage())
	}
	return rsp
}
