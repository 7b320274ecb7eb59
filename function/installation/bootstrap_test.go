package installation_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"sigs.k8s.io/yaml"

	apiextensionsv1alpha1 "github.com/crossplane/crossplane/apis/v2/apiextensions/v1alpha1"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

// inside is what bootstrapped composes besides the server.
var inside = []string{"administrator", "channel-core.alerts", "provider-config", "server", "team-core"}

func bootstrapped(t *testing.T) *preview.Cluster {
	t.Helper()
	spec := withLocal()
	spec["bootstrap"] = map[string]any{
		"team":     map[string]any{"name": "core"},
		"channels": []any{map[string]any{"name": "alerts", "type": "P"}},
	}
	return fixture(t, spec)
}

// composedInside are the names of what is composed for the inside of the server.
func composedInside(c *preview.Cluster) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(c.Composed)), func(name string) bool {
		return !slices.Contains(inside, name) && !strings.HasPrefix(name, "team-") && !strings.HasPrefix(name, "channel-")
	})
}

// ill Servers say of themselves that they are.
func ill(message string) func(*structpb.Struct) {
	return func(o *structpb.Struct) {
		preview.Succeed(o)
		if o.GetFields()["kind"].GetStringValue() == "Server" {
			preview.SetStatus(o, map[string]any{"conditions": []any{map[string]any{"type": "Ready", "status": "False", "message": message}}})
		}
	}
}

func TestBootstrap(t *testing.T) {
	c := bootstrapped(t)
	history := settle(t, c)
	if got := compose.NewResource(c.Composite).Condition("ServerHealthy"); got.Status != compose.True || got.Reason != "Healthy" {
		t.Errorf("ServerHealthy is %s: %s", got.Status, got.Reason)
	}
	if diff := cmp.Diff("stable", state(c)); diff != "" {
		t.Errorf("-want, +got state:\n%s", diff)
	}
	if diff := cmp.Diff(inside, composedInside(c)); diff != "" {
		t.Errorf("-want, +got composed:\n%s", diff)
	}
	if got := compose.NewResource(c.Composite).String("status", "administrator", "secretName"); got != "chat-administrator" {
		t.Errorf("the administrator's Secret is said to be %q", got)
	}
	if !slices.Contains(history[0].Came, "administrator") {
		t.Errorf("the Secret has to be there first, and %v came", history[0].Came)
	}
	if !compose.NewResource(c.Composed["administrator"]).Has("metadata", "labels", compose.LabelHoldsData) {
		t.Error("the Secret may leave desired by accident")
	}
	served, configured := false, false
	for i, r := range history {
		if slices.Contains(r.Came, "server") && (!served || !configured) {
			t.Errorf("reconcile %d manages what is in a server: one is there: %t, and so is its ProviderConfig: %t", i, served, configured)
		}
		served = served || slices.Contains(r.Came, "deployment")
		configured = configured || slices.Contains(r.Came, "provider-config")
	}
	config := compose.NewResource(c.Composed["provider-config"])
	want := map[string]string{"url": "http://chat.ns.svc:8065", "email": "administrator@chat.example.com"}
	got := map[string]string{"url": config.String("spec", "url"), "email": config.String("spec", "firstAdministrator", "email")}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want, +got configuration:\n%s", diff)
	}
}

func TestNothingIsBootstrappedUnasked(t *testing.T) {
	c := fixture(t, withLocal())
	settle(t, c)
	if got := composedInside(c); len(got) > 0 {
		t.Errorf("%v is composed, for which there may be no provider", got)
	}
	if got := condition(c, "ServerHealthy").Status; got != "" {
		t.Errorf("ServerHealthy is %s of a server that is not asked", got)
	}
}

// TestNothingInsideIsDeletedWithTheServer asserts what keeps the deletion of an
// installation from waiting for a server that is deleted with it.
func TestNothingInsideIsDeletedWithTheServer(t *testing.T) {
	c := bootstrapped(t)
	settle(t, c)
	objects := managed(c)
	for name, r := range objects {
		var policies []string
		for _, p := range r.Value("spec", "managementPolicies").GetListValue().GetValues() {
			policies = append(policies, p.GetStringValue())
		}
		if len(policies) == 0 || slices.Contains(policies, "*") || slices.Contains(policies, "Delete") {
			t.Errorf("%s has policies %v, by which its deletion waits for the server", name, policies)
		}
	}
	if len(objects) != 3 {
		t.Errorf("%d managed resources, want a Server, a Team and a Channel", len(objects))
	}
}

// TestWhatIsComposedInsideIsActivated asserts that the Configuration has the kinds served
// that an installation composes, on a platform that has none served by default.
func TestWhatIsComposedInsideIsActivated(t *testing.T) {
	manifest, err := os.ReadFile("../../package/configuration/activationpolicy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	policy := &apiextensionsv1alpha1.ManagedResourceActivationPolicy{}
	if err := yaml.UnmarshalStrict(manifest, policy); err != nil {
		t.Fatal(err)
	}
	c := bootstrapped(t)
	settle(t, c)
	var want []apiextensionsv1alpha1.ActivationPolicy
	for _, r := range managed(c) {
		want = append(want, apiextensionsv1alpha1.ActivationPolicy(strings.ToLower(r.String("kind"))+"s.mattermost.m.crossplane.io"))
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, policy.Spec.Activations); diff != "" {
		t.Errorf("-composed, +activated:\n%s", diff)
	}
}

// managed resources that are composed, by name.
func managed(c *preview.Cluster) map[string]compose.Resource {
	out := map[string]compose.Resource{}
	for name, o := range c.Composed {
		r := compose.NewResource(o)
		if r.String("apiVersion") == "mattermost.m.crossplane.io/v1alpha1" && r.String("kind") != "ProviderConfig" {
			out[name] = r
		}
	}
	return out
}

func TestBootstrapIsLeft(t *testing.T) {
	c := bootstrapped(t)
	settle(t, c)
	c.Composite = proto.CloneOf(c.Composite)
	delete(c.Composite.GetFields()["spec"].GetStructValue().GetFields(), "bootstrap")
	history := settle(t, c)
	if diff := cmp.Diff([]string{"administrator"}, composedInside(c)); diff != "" {
		t.Errorf("-want, +got composed:\n%s", diff)
	}
	if !announces(history, "SEVERITY_NORMAL", "the server is not asked any more") {
		t.Error("what the server said before is left to be taken for what it says")
	}
	if diff := cmp.Diff("stable", state(c)); diff != "" {
		t.Errorf("-want, +got state:\n%s", diff)
	}
}

func TestTheServerSaysHowItIs(t *testing.T) {
	const unhealthy = "the server says that it is unhealthy: database"
	c := bootstrapped(t)
	settle(t, c)
	c.Progress = ill(unhealthy)
	history := settle(t, c)
	got := condition(c, "ServerHealthy")
	if got.Status != compose.False || got.Reason != "Unhealthy" || !strings.Contains(got.Message, unhealthy) {
		t.Errorf("ServerHealthy is %s (%s): %s", got.Status, got.Reason, got.Message)
	}
	if diff := cmp.Diff("ready", state(c)); diff != "" {
		t.Errorf("-want, +got state of a server that is ill:\n%s", diff)
	}
	if !announces(history, "SEVERITY_WARNING", unhealthy) {
		t.Error("nobody is warned of a server that fell ill")
	}
	c.Progress = nil
	settle(t, c)
	if diff := cmp.Diff("stable", state(c)); diff != "" {
		t.Errorf("-want, +got state of a server that recovered:\n%s", diff)
	}
}

// TestAStartingServerIsNoAlarm asserts that nobody is warned of a server that is ill while
// its replicas are replaced.
func TestAStartingServerIsNoAlarm(t *testing.T) {
	const refused = "connection refused"
	c := bootstrapped(t)
	settle(t, c)
	c.Progress = func(o *structpb.Struct) {
		ill(refused)(o)
		if o.GetFields()["kind"].GetStringValue() == "Deployment" {
			preview.SetStatus(o, map[string]any{"replicas": 2, "updatedReplicas": 1, "availableReplicas": 1})
		}
	}
	history := settle(t, c)
	if got := condition(c, "ServerHealthy"); got.Status != compose.False || !strings.Contains(got.Message, refused) {
		t.Errorf("ServerHealthy is %s: %s", got.Status, got.Message)
	}
	if announces(history, "SEVERITY_WARNING", refused) {
		t.Error("somebody is warned of a server that starts")
	}
}

func TestAStoppedServerIsNotIll(t *testing.T) {
	c := bootstrapped(t)
	settle(t, c)
	c.Composite = proto.CloneOf(c.Composite)
	edit(t, c, 0, "replicas")
	c.Progress = ill("cannot ask the server for its health")
	history := settle(t, c)
	if got := condition(c, "ServerHealthy"); got.Status != compose.False || got.Reason != "Stopped" {
		t.Errorf("ServerHealthy is %s: %s", got.Status, got.Reason)
	}
	if announces(history, "SEVERITY_WARNING", "no server runs: spec.replicas is 0") {
		t.Error("somebody is warned of a server that was stopped on purpose")
	}
	if diff := cmp.Diff("stable", state(c)); diff != "" {
		t.Errorf("-want, +got state:\n%s", diff)
	}
	desired := history[len(history)-1].Response.GetDesired()
	if desired.GetComposite().GetReady() == fnv1.Ready_READY_FALSE {
		t.Error("an installation that was stopped on purpose is not ready")
	}
	for name, r := range desired.GetResources() {
		if r.GetReady() != fnv1.Ready_READY_TRUE {
			t.Errorf("%s is not ready", name)
		}
	}
}

// announces says whether an event of a severity that says something is among what was
// announced.
func announces(history []preview.Reconciled, severity, something string) bool {
	for _, r := range history {
		for _, result := range r.Response.GetResults() {
			if result.GetSeverity().String() == severity && strings.Contains(result.GetMessage(), something) {
				return true
			}
		}
	}
	return false
}

func TestAnotherTeamIsAnotherTeam(t *testing.T) {
	c := bootstrapped(t)
	settle(t, c)
	c.Composite = proto.CloneOf(c.Composite)
	edit(t, c, "support", "bootstrap", "team", "name")
	settle(t, c)
	want := []string{"administrator", "channel-support.alerts", "provider-config", "server", "team-support"}
	if diff := cmp.Diff(want, composedInside(c)); diff != "" {
		t.Errorf("-want, +got composed:\n%s", diff)
	}
	if got := compose.NewResource(c.Composed["channel-support.alerts"]).String("spec", "forProvider", "teamRef", "name"); got != "chat.support" {
		t.Errorf("the channel is in %q", got)
	}
}

func TestServerBelowAPath(t *testing.T) {
	cases := map[string]struct{ reason, path, want string }{
		"Plain":   {reason: "The server is below the path in the cluster too.", path: "/chat/", want: "/chat"},
		"Escaped": {reason: "The path stays escaped: a ProviderConfig with a query or a fragment is refused.", path: "/a%3Fb/%23", want: "/a%3Fb/%23"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := bootstrapped(t)
			edit(t, c, []any{map[string]any{"name": "MM_SERVICESETTINGS_SITEURL", "value": "https://example.com" + tc.path}}, "mattermostEnv")
			settle(t, c)
			got := compose.NewResource(c.Composed["provider-config"]).String("spec", "url")
			if diff := cmp.Diff("http://chat.ns.svc:8065"+tc.want, got); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
