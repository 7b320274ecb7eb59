package engine

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/structpb"

	renderv1alpha1 "github.com/crossplane/crossplane/v2/proto/render/v1alpha1"
)

// timeout of one reconcile.
const timeout = time.Minute

func installation(t *testing.T) *engine {
	t.Helper()
	e := start(t, map[string]any{
		"apiVersion": "mattermost.crossplane.io/v1alpha1", "kind": "MattermostInstallation",
		"metadata": map[string]any{"name": "chat", "namespace": "ns", "uid": "4f8b", "generation": 1},
		"spec": map[string]any{
			"version":   "11.4.0",
			"size":      "1000users",
			"replicas":  2,
			"database":  map[string]any{"external": map[string]any{"secret": "db"}},
			"fileStore": map[string]any{"local": map[string]any{"enabled": true}},
		},
	})
	e.secrets["db"] = structOf(t, map[string]any{
		"apiVersion": "v1", "kind": "Secret", "metadata": map[string]any{"name": "db", "namespace": "ns"},
		"data": map[string]any{"DB_CONNECTION_STRING": "cG9zdGdyZXM6Ly9h"},
	})
	return e
}

// settle reconciles until nothing is announced, and returns what was deleted.
func settle(t *testing.T, e *engine) []string {
	t.Helper()
	var deleted []string
	for range 12 {
		before := maps.Clone(e.composed)
		out, err := e.reconcile(t)
		if err != nil {
			t.Fatal(err)
		}
		deleted = append(deleted, deletions(out)...)
		if cmp.Equal(before, e.composed, protocmp.Transform()) {
			return deleted
		}
	}
	t.Fatal("it never settles")
	return nil
}

func deletions(out *renderv1alpha1.CompositeOutput) []string {
	var names []string
	for _, d := range out.GetDeletedResources() {
		names = append(names, d.GetFields()["kind"].GetStringValue())
	}
	return names
}

func spec(e *engine) map[string]*structpb.Value {
	e.composite = proto.CloneOf(e.composite)
	return e.composite.GetFields()["spec"].GetStructValue().GetFields()
}

func TestInstallationSettles(t *testing.T) {
	e := installation(t)
	deleted := settle(t, e)
	if diff := cmp.Diff([]string{"Job"}, deleted); diff != "" {
		t.Errorf("only the migration leaves, -want, +got:\n%s", diff)
	}
	want := []string{"claim", "deployment", "metrics-service", "pod-disruption-budget", "protection", "service", "service-account"}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(e.composed))); diff != "" {
		t.Errorf("-want, +got composed:\n%s", diff)
	}
}

func TestRefusalsDeleteNothing(t *testing.T) {
	cases := map[string]struct {
		reason string
		edit   func(e *engine)
	}{
		"SecretDeleted": {
			reason: "A Secret that vanishes takes nothing with it.",
			edit:   func(e *engine) { delete(e.secrets, "db") },
		},
		"SizeUnknown": {
			reason: "A spec that makes no sense changes nothing.",
			edit:   func(e *engine) { spec(e)["size"] = structpb.NewStringValue("7users") },
		},
		"StoreLeft": {
			reason: "A volume with files stays until its user consents.",
			edit: func(e *engine) {
				spec(e)["fileStore"] = structpb.NewStructValue(&structpb.Struct{Fields: map[string]*structpb.Value{
					"externalVolume": structpb.NewStructValue(&structpb.Struct{Fields: map[string]*structpb.Value{
						"volumeClaimName": structpb.NewStringValue("other"),
					}}),
				}})
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			e := installation(t)
			settle(t, e)
			before := maps.Clone(e.composed)
			tc.edit(e)
			if deleted := settle(t, e); len(deleted) > 0 {
				t.Errorf("%s\nCrossplane deleted %v", tc.reason, deleted)
			}
			if diff := cmp.Diff(before, e.composed, protocmp.Transform()); diff != "" {
				t.Errorf("%s\nobjects changed, -before, +after:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestBrokenPolicyIsFatal(t *testing.T) {
	e := installation(t)
	settle(t, e)
	steps := e.composition.GetFields()["spec"].GetStructValue().GetFields()["pipeline"].GetListValue().GetValues()
	steps[0].GetStructValue().GetFields()["input"].GetStructValue().Fields["nonsense"] = structpb.NewStringValue("x")
	out, err := e.reconcile(t)
	if err == nil || !strings.Contains(err.Error(), "input") {
		t.Errorf("Crossplane says %v, want a complaint about the input", err)
	}
	if deleted := deletions(out); len(deleted) > 0 {
		t.Errorf("Crossplane deleted %v", deleted)
	}
}
