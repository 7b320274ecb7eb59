package installation_test

import (
	"context"
	"fmt"
	"maps"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"

	"github.com/crossplane-mattermost/crossplane-mattermost/function"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

// TestAnInstallationThatIsMadeIsQuiet lets an installation see every change of the objects
// that it waits for, one at a time. Every write of its conditions wakes Crossplane three
// times, so it must write them only when a user waits for the news.
func TestAnInstallationThatIsMadeIsQuiet(t *testing.T) {
	ready := []any{map[string]any{"type": "Ready", "status": "True"}}
	seen := []map[string]map[string]any{
		{},
		{"MattermostBucket": {"conditions": []any{map[string]any{"type": "Synced", "status": "True"}}}},
		{"MattermostDatabase": {"conditions": []any{map[string]any{"type": "BackendReady", "status": "False", "message": "waiting for a pod"}}}},
		{"MattermostBucket": {"conditions": ready, "connection": map[string]any{"values": map[string]any{"endpoint": "s3", "bucket": "b", "useServiceAccount": true}}}},
		{"MattermostDatabase": {"conditions": ready, "connection": map[string]any{"secretName": "db", "keys": map[string]any{"url": "DB_CONNECTION_STRING"}}}},
		{"Job": {"active": 1, "ready": 0}},
		{"Job": {"active": 1, "ready": 1}},
		{"Job": {"active": 0, "ready": 0}},
		{"Job": {"conditions": []any{map[string]any{"type": "Complete", "status": "True"}}}},
		{"Deployment": {"observedGeneration": 9, "replicas": 1}},
		{"Deployment": {"observedGeneration": 9, "replicas": 1, "updatedReplicas": 1}},
		{"Deployment": {"observedGeneration": 9, "replicas": 1, "updatedReplicas": 1, "availableReplicas": 1}},
		{"Server": {"conditions": ready}},
	}
	claimed := map[string]any{
		"version": "11.4.0", "size": "miniSingleton",
		"database": map[string]any{"claim": map[string]any{}}, "fileStore": map[string]any{"claim": map[string]any{}},
	}
	migrated := maps.Clone(claimed)
	migrated["updateJob"] = map[string]any{}
	bootstrapped := maps.Clone(claimed)
	bootstrapped["bootstrap"] = map[string]any{}
	external := map[string]any{
		"version": "11.4.0", "size": "miniSingleton",
		"database": map[string]any{"external": map[string]any{"secret": "db"}}, "fileStore": inBucket(),
	}
	cases := map[string]struct {
		reason        string
		spec          map[string]any
		turns, events int
	}{
		"Claims":    {reason: "It is created, one claim is ready, both are ready, the server serves.", spec: claimed, turns: 4, events: 9},
		"WithJob":   {reason: "As with claims, and a Job migrates before the server starts.", spec: migrated, turns: 5, events: 10},
		"Bootstrap": {reason: "As with claims, and the server says that it is healthy.", spec: bootstrapped, turns: 5, events: 11},
		"External":  {reason: "It is created, the schema is migrated, the server serves.", spec: external, turns: 3, events: 5},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := fixture(t, tc.spec)
			status := map[string]map[string]any{}
			c.Progress = func(o *structpb.Struct) {
				preview.SetStatus(o, status[o.GetFields()["kind"].GetStringValue()])
			}
			turns, events := 0, 0
			for _, change := range seen {
				for kind, now := range change {
					status[kind] = now
				}
				for range 4 {
					was := conditions(c)
					r, err := c.Reconcile(context.Background(), function.New(logging.NewNopLogger()))
					if err != nil {
						t.Fatal(err)
					}
					events += len(r.Response.GetResults())
					if !proto.Equal(was, conditions(c)) {
						turns++
						t.Logf("after %s: %v", fmt.Sprint(change), r.Response.GetResults())
					}
				}
			}
			if state(c) != "stable" {
				t.Fatalf("it is %s in the end", state(c))
			}
			if turns > tc.turns || events > tc.events {
				t.Errorf("%s\nconditions were written %d times, want %d; %d events, want %d", tc.reason, turns, tc.turns, events, tc.events)
			}
			if _, protected := c.Composed["protection"]; !protected {
				t.Error("the server serves, and the installation is not protected")
			}
		})
	}
}

// TestProtectedWhenItServes asserts that the Usage and the PodDisruptionBudget are created
// when a server serves, and that Ready does not wait for them.
func TestProtectedWhenItServes(t *testing.T) {
	c := fixture(t, withLocal())
	for _, r := range settle(t, c) {
		for _, name := range r.Came {
			first := name == "protection" || name == "pod-disruption-budget"
			if served := compose.NewResource(c.Composite).String("status", "version") != ""; first && !served {
				t.Errorf("%s came before anything served", name)
			}
			if first && r.Response.GetDesired().GetResources()[name].GetReady().String() != "READY_TRUE" {
				t.Errorf("readiness waits for %s", name)
			}
		}
	}
}

func conditions(c *preview.Cluster) *structpb.Value {
	return compose.NewResource(c.Composite).Value("status", "conditions")
}
