package installation_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"

	"github.com/crossplane-mattermost/crossplane-mattermost/function"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

func login(c *preview.Cluster) string {
	return compose.NewResource(c.Composed["administrator"]).String("data", "password")
}

func TestTheLoginIsMadeOnce(t *testing.T) {
	cases := map[string]struct {
		reason string
		edit   func(t *testing.T, c *preview.Cluster)
	}{
		"Nothing": {reason: "Nothing happens.", edit: func(*testing.T, *preview.Cluster) {}},
		"Version": {reason: "The server is upgraded.", edit: func(t *testing.T, c *preview.Cluster) { t.Helper(); edit(t, c, "11.5.0", "version") }},
		"Refused": {reason: "The spec is refused.", edit: func(t *testing.T, c *preview.Cluster) { t.Helper(); edit(t, c, "7users", "size") }},
		"Host":    {reason: "The address was said when it was made.", edit: func(t *testing.T, c *preview.Cluster) { t.Helper(); edit(t, c, "talk.example.com", "ingress", "host") }},
		"Left": {reason: "The account stays, and so does its login.", edit: func(_ *testing.T, c *preview.Cluster) {
			delete(c.Composite.GetFields()["spec"].GetStructValue().GetFields(), "bootstrap")
		}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := bootstrapped(t)
			settle(t, c)
			before := proto.CloneOf(c.Composed["administrator"].GetFields()["data"].GetStructValue())
			c.Composite = proto.CloneOf(c.Composite)
			tc.edit(t, c)
			settle(t, c)
			if !proto.Equal(before, c.Composed["administrator"].GetFields()["data"].GetStructValue()) {
				t.Errorf("%s\nthe login is another", tc.reason)
			}
		})
	}
}

func TestALostLoginIsNotMadeAnew(t *testing.T) {
	c := bootstrapped(t)
	settle(t, c)
	before := maps.Clone(c.Composed)
	delete(c.Composed, "administrator")
	delete(before, "administrator")
	settle(t, c)
	if got := condition(c, "Accepted"); got.Reason != "AdministratorSecretMissing" || !strings.Contains(got.Message, `Secret "chat-administrator"`) {
		t.Errorf("Accepted is %s: %s", got.Reason, got.Message)
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(before)), slices.Sorted(maps.Keys(c.Composed))); diff != "" {
		t.Errorf("-before, +after composed:\n%s", diff)
	}

	c.Objects["Secret/chat-administrator"] = secret(t, map[string]string{"username": "ann", "password": canary})
	settle(t, c)
	if got := condition(c, "Accepted").Status; got != compose.True || state(c) != "stable" {
		t.Errorf("the user gave a login, and Accepted is %s, the state %s", got, state(c))
	}
}

// TestALoginThatIsNotSeen asserts that a Secret that is the installation's, and only missing
// from what Crossplane says is composed, is not taken for a user's, nor made anew.
func TestALoginThatIsNotSeen(t *testing.T) {
	c := bootstrapped(t)
	c.Composite.GetFields()["metadata"].GetStructValue().Fields["uid"] = structpb.NewStringValue("4f8b")
	settle(t, c)
	was := login(c)
	unseen := proto.CloneOf(c.Composed["administrator"])
	unseen.GetFields()["metadata"].GetStructValue().Fields["ownerReferences"] = structpb.NewListValue(&structpb.ListValue{
		Values: []*structpb.Value{structpb.NewStructValue(mustStruct(t, map[string]any{"uid": "4f8b", "controller": true}))},
	})
	c.Objects["Secret/chat-administrator"] = unseen
	delete(c.Composed, "administrator")
	settle(t, c)
	if got := login(c); got == "" || got != was {
		t.Error("the login is not what it was")
	}
}

func TestAUsersLogin(t *testing.T) {
	c := bootstrapped(t)
	c.Objects["Secret/chat-administrator"] = secret(t, map[string]string{"username": "ann"})
	settle(t, c)
	if got := condition(c, "Accepted"); got.Reason != "SecretKeyMissing" {
		t.Errorf("a login without a password, and Accepted is %s: %s", got.Reason, got.Message)
	}
	c.Objects["Secret/chat-administrator"] = secret(t, map[string]string{"username": "ann", "password": canary})
	settle(t, c)
	if got := composedInside(c); slices.Contains(got, "administrator") || !slices.Contains(got, "provider-config") {
		t.Errorf("composed are %v, want what uses the user's Secret, and not the Secret", got)
	}
	if compose.NewResource(c.Composed["provider-config"]).Has("spec", "firstAdministrator") {
		t.Error("an account is created by a login that has no address")
	}
}

func TestTheLoginIsToldNobody(t *testing.T) {
	c := bootstrapped(t)
	for range 8 {
		r, err := c.Reconcile(t.Context(), function.New(logging.NewNopLogger()))
		if err != nil {
			t.Fatal(err)
		}
		rsp := proto.CloneOf(r.Response)
		delete(rsp.GetDesired().GetResources(), "administrator")
		if strings.Contains(rsp.String(), login(c)) {
			t.Fatal("the password is elsewhere than in its Secret")
		}
	}
}
