package database

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
)

func TestExistingConnection(t *testing.T) {
	cases := map[string]struct{ policy, want string }{
		"Named":   {"{existing: {}}", "chat"},
		"Pattern": {"{existing: {secretName: $(name)-database}}", "chat-database"},
		"Shared":  {"{existing: {secretName: shared}}", "shared"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			rsp := given{policy: tc.policy, spec: "{size: 1000users}", secret: map[string]string{keyConnectionString: composetest.Canary}}.accepted(t)
			want := map[string]any{"secretName": tc.want, "keys": map[string]any{"url": keyConnectionString}, "values": map[string]any{}}
			if diff := cmp.Diff(want, composetest.Connection(rsp)); diff != "" {
				t.Errorf("-want, +got connection:\n%s", diff)
			}
			if got := rsp.GetRequirements().GetResources()[requirementSecret].GetMatchName(); got != tc.want {
				t.Errorf("Secret %q is looked up", got)
			}
			if len(rsp.GetDesired().GetResources()) > 0 {
				t.Error("something is composed")
			}
		})
	}
}

func TestExistingWaitsForCrossplane(t *testing.T) {
	in := given{policy: "{existing: {}}", spec: "{}"}
	req := in.request(t)
	req.RequiredResources = nil
	rsp, err := composetest.Asked(t, req, func(s compose.State) (*fnv1.RunFunctionResponse, error) { return Compose(s, policyOf(t, in.policy)) })
	if err != nil {
		t.Fatal(err)
	}
	if len(rsp.GetConditions()) > 0 {
		t.Errorf("it judges a Secret that nobody looked for: %v", rsp.GetConditions())
	}
}

func TestChosen(t *testing.T) {
	for name, policy := range map[string]string{"None": "{}", "Two": "{existing: {}, standalone: {}}"} {
		t.Run(name, func(t *testing.T) {
			if _, err := (given{policy: policy, spec: "{}"}).answer(t); err == nil {
				t.Error("a backend is chosen")
			}
		})
	}
}

// TestRefusedKeepsTheConnection that was told before.
func TestRefusedKeepsTheConnection(t *testing.T) {
	in := given{policy: "{existing: {}}", spec: "{}", status: "{backend: Existing, connection: {secretName: another, keys: {url: DB_CONNECTION_STRING}}}"}
	rsp, err := in.answer(t)
	if err != nil {
		t.Fatal(err)
	}
	if c := composetest.Condition(rsp, "Accepted"); c.GetStatus() != fnv1.Status_STATUS_CONDITION_FALSE {
		t.Errorf("it is accepted: %v", c)
	}
	if composetest.Connection(rsp)["secretName"] != "chat" {
		t.Errorf("the connection is %v", composetest.Connection(rsp))
	}
}
