package provision

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
)

// given is all that the backends of these tests decide by.
type given struct{ refused, waiting, broken bool }

type connected struct {
	Name string `json:"name,omitempty"`
}

var answering = Backend[given, connected]{
	Name: "Answering",
	Gates: []compose.Gate[given]{
		Lacks("field", func(g given) bool { return g.refused }, ""),
	},
	Require: func(a *compose.Answer, _ given) { a.Require("secret", "v1", "Secret", "s") },
	Build: func(a *compose.Answer, g given) error {
		if g.broken {
			return errors.New("cannot build")
		}
		return Build(a, bare(), map[string][]byte{"key": []byte(composetest.Canary)})
	},
	Connect: func(g given) (*connected, string, error) {
		if g.waiting {
			return nil, "waiting for it", nil
		}
		return &connected{Name: "it"}, "", nil
	},
}

// answer of the backend. What is observed is without managed fields, so that keeping it
// fails.
func answer(t *testing.T, g given, asked bool, status string, seen map[string]string) (*fnv1.RunFunctionResponse, error) {
	t.Helper()
	composite := composetest.Document(t, "{apiVersion: a/v1, kind: K, metadata: {name: chat, namespace: ns, generation: 2}}")
	composite.Fields["status"] = structpb.NewStructValue(composetest.Document(t, status))
	req := &fnv1.RunFunctionRequest{Observed: &fnv1.State{Composite: &fnv1.Resource{Resource: composite}, Resources: map[string]*fnv1.Resource{}}}
	for name, text := range seen {
		req.Observed.Resources[name] = &fnv1.Resource{Resource: composetest.Document(t, text)}
	}
	if asked {
		req.RequiredResources = map[string]*fnv1.Resources{"secret": {}}
	}
	return composetest.Asked(t, req, func(s compose.State) (*fnv1.RunFunctionResponse, error) { return Compose(s, g, answering) })
}

func TestComposeAnswers(t *testing.T) {
	rsp, err := answer(t, given{}, true, "{}", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(summary(rsp), "; "); got != "Accepted=TRUE/Accepted; BackendReady=TRUE/Available; Reconciling=TRUE/InProgress" {
		t.Errorf("says %s", got)
	}
	for _, name := range []string{NameCredentials, NameService, NameServer} {
		if rsp.GetDesired().GetResources()[name] == nil {
			t.Errorf("%s is not composed", name)
		}
	}
	if got := composite(rsp).String("status", "connection", "name"); got != "it" {
		t.Errorf("the connection is to %q", got)
	}
}

func TestComposeWaits(t *testing.T) {
	rsp, err := answer(t, given{waiting: true}, true, "{}", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(summary(rsp), "; "); got != "Accepted=TRUE/Accepted; BackendReady=FALSE/Waiting; Reconciling=TRUE/InProgress" {
		t.Errorf("says %s", got)
	}
	if rsp.GetDesired().GetComposite().GetReady() != fnv1.Ready_READY_FALSE || composite(rsp).Has("status", "connection") {
		t.Error("what is waited for is there")
	}
}

func TestComposeRefuses(t *testing.T) {
	rsp, err := answer(t, given{refused: true}, true, "{backend: Answering, connection: {name: another}}", nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(summary(rsp), "; "); got != "Accepted=FALSE/NotOffered; Stalled=TRUE/NotOffered" {
		t.Errorf("says %s", got)
	}
	if composite(rsp).String("status", "connection", "name") != "it" || rsp.GetDesired().GetComposite().GetReady() == fnv1.Ready_READY_FALSE {
		t.Error("what is there is no longer usable")
	}
	rsp, err = answer(t, given{refused: true}, true, "{}", nil)
	if err != nil {
		t.Fatal(err)
	}
	if rsp.GetDesired().GetComposite().GetReady() != fnv1.Ready_READY_FALSE || len(rsp.GetDesired().GetResources()) > 0 {
		t.Error("what was refused from the first is there")
	}
}

// TestVolumesOfOthers asserts that a volume of another owner is not mounted, since it would
// be deleted with the server, and that a volume of a server of the same name is used again.
func TestVolumesOfOthers(t *testing.T) {
	for of, tc := range map[string]struct{ labels, want string }{
		"nobody":         {"{}", "Accepted=FALSE/NameTaken; Stalled=TRUE/NameTaken"},
		"another server": {"{app.kubernetes.io/name: s3, app.kubernetes.io/instance: other}", "Accepted=FALSE/NameTaken; Stalled=TRUE/NameTaken"},
		"one before":     {"{app.kubernetes.io/name: s3, app.kubernetes.io/instance: bare}", "Accepted=TRUE/Accepted; BackendReady=TRUE/Available; Reconciling=TRUE/InProgress"},
	} {
		req := composetest.Request{Kind: "K", Name: "chat", Spec: "{}", Status: "{}", Required: map[string][]string{
			"secret": nil, RequirementVolume("bare"): {"{kind: PersistentVolumeClaim, metadata: {name: data-bare-0, labels: " + tc.labels + "}}"},
		}}.Encode(t)
		rsp, err := composetest.Asked(t, req, func(s compose.State) (*fnv1.RunFunctionResponse, error) { return Compose(s, given{}, answering) })
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(summary(rsp), "; "); got != tc.want {
			t.Errorf("a volume of %s: it says %s, want %s", of, got, tc.want)
		}
	}
}

func TestComposeAsksFirst(t *testing.T) {
	rsp, err := answer(t, given{}, false, "{}", nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(rsp.GetConditions()) > 0 || len(rsp.GetDesired().GetResources()) > 0 || rsp.GetRequirements().GetResources()["secret"] == nil {
		t.Errorf("before anything was looked up, it says %v", rsp)
	}
}

// TestComposeFails where an answer would delete, or overwrite, what there is.
func TestComposeFails(t *testing.T) {
	seen := map[string]string{"server": "{kind: StatefulSet, metadata: {name: bare, labels: {" + compose.LabelHoldsData + ": 'true'}}}"}
	other := map[string]string{"volume": seen["server"]}
	for name, tc := range map[string]struct {
		given  given
		asked  bool
		status string
		seen   map[string]string
	}{
		"refused, and cannot keep":   {given: given{refused: true}, asked: true, status: "{}", seen: seen},
		"not asked, and cannot keep": {status: "{}", seen: seen},
		"would leave out":            {asked: true, status: "{}", seen: other},
		"cannot build":               {given: given{broken: true}, asked: true, status: "{}"},
	} {
		if rsp, err := answer(t, tc.given, tc.asked, tc.status, tc.seen); err == nil {
			t.Errorf("%s: %v", name, rsp)
		}
	}
}

func summary(rsp *fnv1.RunFunctionResponse) []string {
	var out []string
	for _, c := range rsp.GetConditions() {
		out = append(out, c.GetType()+"="+strings.TrimPrefix(c.GetStatus().String(), "STATUS_CONDITION_")+"/"+c.GetReason())
	}
	return out
}

func composite(rsp *fnv1.RunFunctionResponse) compose.Resource {
	return compose.NewResource(rsp.GetDesired().GetComposite().GetResource())
}
