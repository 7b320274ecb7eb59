package engine

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

// bootstrapping is an installation with a team and a channel.
func bootstrapping(t *testing.T) *engine {
	t.Helper()
	e := installation(t)
	spec(e)["bootstrap"] = object(t, parse(t, "{team: {name: core, displayName: Core}, channels: [{name: alerts, type: P}]}"))
	return e
}

// managedKinds that are composed, sorted.
func managedKinds(e *engine) []string {
	var out []string
	for _, o := range e.composed {
		if r := compose.NewResource(o); r.String("apiVersion") == serverGroup {
			out = append(out, r.String("kind"))
		}
	}
	slices.Sort(out)
	return out
}

// servers say that they are healthy, or that they are not.
func servers(healthy bool) func(*structpb.Struct) {
	return func(o *structpb.Struct) {
		preview.Succeed(o)
		if !healthy && o.GetFields()["kind"].GetStringValue() == "Server" {
			preview.SetStatus(o, map[string]any{"conditions": []any{map[string]any{"type": "Ready", "status": "False", "message": "connection refused"}}})
		}
	}
}

func TestBootstrapSettles(t *testing.T) {
	e := bootstrapping(t)
	if deleted := settle(t, e); !slices.Equal(deleted, []string{"Job"}) {
		t.Errorf("only the migration leaves, and %v left", deleted)
	}
	if diff := cmp.Diff([]string{"Channel", "ProviderConfig", "Server", "Team"}, managedKinds(e)); diff != "" {
		t.Errorf("-want, +got composed:\n%s", diff)
	}
	if ready, healthy := condition(e, "Ready").Status, condition(e, "ServerHealthy").Status; ready != compose.True || healthy != compose.True {
		t.Errorf("everything is well, and Ready is %s, ServerHealthy %s", ready, healthy)
	}
	before := maps.Clone(e.composed)
	if got := announced(reconciled(t, e)); len(got) > 0 {
		t.Errorf("nothing happened, and %v is announced", got)
	}
	if diff := cmp.Diff(before, e.composed, protocmp.Transform()); diff != "" {
		t.Errorf("nothing happened, and objects changed, -before, +after:\n%s", diff)
	}
}

func TestAnIllServerIsNotReady(t *testing.T) {
	e := bootstrapping(t)
	settle(t, e)
	e.progress = servers(false)
	reconciled(t, e)
	if diff := cmp.Diff([]string{"Warning Unhealthy"}, announced(reconciled(t, e))); diff != "" {
		t.Errorf("-want, +got announced:\n%s", diff)
	}
	state := compose.NewResource(e.composite).String("status", "state")
	if got := condition(e, "Ready").Status; got != compose.False || state != "ready" {
		t.Errorf("the server is ill, Ready is %s and the state %s", got, state)
	}
}

// TestBootstrapIsTakenBack asserts that nothing of it is left but what tells of an account
// that is left.
func TestBootstrapIsTakenBack(t *testing.T) {
	e := bootstrapping(t)
	settle(t, e)
	login := e.composed["administrator"].GetFields()["data"]
	delete(spec(e), "bootstrap")
	deleted := settle(t, e)
	slices.Sort(deleted)
	if diff := cmp.Diff([]string{"Channel", "ProviderConfig", "Server", "Team"}, deleted); diff != "" {
		t.Errorf("-want, +got deleted:\n%s", diff)
	}
	if diff := cmp.Diff(login, e.composed["administrator"].GetFields()["data"], protocmp.Transform()); diff != "" {
		t.Errorf("the login is another, -was, +is:\n%s", diff)
	}
}

// TestARestoreIsNoIllness asserts that nobody is alarmed by a server that does not answer
// because its data is replaced, and that nothing that is in it is taken away.
func TestARestoreIsNoIllness(t *testing.T) {
	p := restoringOf(t, bootstrapping(t), map[string]any{})
	kinds := managedKinds(p.installation)
	var said []string
	run := func(events ...string) {
		for _, event := range events {
			p.see()
			turns[event](t, p)
			for range 3 {
				reconciled(t, p.restore)
				p.see()
				said = append(said, announced(reconciled(t, p.installation))...)
			}
		}
	}
	run("", "checked")
	p.installation.progress = servers(false)
	run("stopped")
	if got := condition(p.installation, "ServerHealthy"); got.Status != compose.False || got.Reason != "Restoring" {
		t.Errorf("ServerHealthy is %s: %s", got.Status, got.Reason)
	}
	if diff := cmp.Diff(kinds, managedKinds(p.installation)); diff != "" {
		t.Errorf("-before, +after composed:\n%s", diff)
	}
	if i := slices.IndexFunc(said, func(s string) bool { return strings.HasPrefix(s, "Warning") }); i >= 0 {
		t.Errorf("somebody is warned: %s", said[i])
	}
}

// TestWhatIsInsideIsValid has the provider's API judge what is composed, as the builders
// and as Crossplane have it.
func TestWhatIsInsideIsValid(t *testing.T) {
	e := bootstrapping(t)
	settle(t, e)
	judged := map[string]int{}
	assertValid := func(manifest map[string]any) {
		kind, _ := manifest["kind"].(string)
		delete(manifest, "status")
		judged[kind]++
		if problems, unknown := judgeManaged(t, manifest, nil); len(problems)+len(unknown) > 0 {
			t.Errorf("%s: the API says %v, and does not know %v", kind, problems, unknown)
		}
	}
	for _, o := range e.composed {
		if compose.NewResource(o).String("apiVersion") == serverGroup {
			assertValid(o.AsMap())
		}
	}
	files, err := filepath.Glob(filepath.Join("..", "..", "function", "installation", "objects", "testdata", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file) //nolint:gosec // A file of this repository.
		if err != nil {
			t.Fatal(err)
		}
		if manifest := parse(t, string(b)); manifest["apiVersion"] == serverGroup {
			assertValid(manifest)
		}
	}
	if diff := cmp.Diff(map[string]int{"Channel": 3, "ProviderConfig": 3, "Server": 2, "Team": 3}, judged); diff != "" {
		t.Errorf("-want, +got judged:\n%s", diff)
	}
}
