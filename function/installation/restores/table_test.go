package restores

import (
	"fmt"
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
)

// TestEveryRowHolds of the table for an installation that it describes, and decides its part.
func TestEveryRowHolds(t *testing.T) {
	const spec = factstest.Accepted + "version: 11.4.0\nreplicas: 1"
	const onA = "mattermost.crossplane.io/restored: uid-a, mattermost.crossplane.io/migrated: uid-a"
	quiescing := []string{factstest.Restore("a", 1, "Quiescing", "")}
	resuming := []string{factstest.Restore("a", 1, "Resuming", ", restoredAt: now")}
	running := map[string]string{composed.Deployment: factstest.Deployment(factstest.WantedImage, 2)}
	stopped := map[string]string{composed.Deployment: factstest.Stopped("a/uid-a", 0, "")}
	given := []struct {
		reason string
		in     factstest.Given
	}{
		{"nobody asks", factstest.Given{Spec: spec, Composed: running}},
		{"a replica answers on the new data", factstest.Given{Spec: spec, Restores: resuming, Composed: map[string]string{composed.Deployment: factstest.Running(onA, 1)}}},
		{"the data was replaced", factstest.Given{Spec: spec, Restores: resuming, Composed: stopped}},
		{"the first migration is not complete", factstest.Given{Spec: spec, Restores: quiescing}},
		{"no replica is left", factstest.Given{Spec: spec, Restores: quiescing, Composed: stopped}},
		{"a restore asks", factstest.Given{Spec: spec, Restores: quiescing, Composed: running}},
	}
	if len(given) != len(Table) {
		t.Fatalf("%d installations for %d rows", len(given), len(Table))
	}
	for i, of := range given {
		want := Table[i]
		t.Run(want.When, func(t *testing.T) {
			f := of.in.Facts(t)
			got := Decide(f, decision.Version{Version: "11.4.0", Image: factstest.WantedImage}, decision.Sizing{SizingStatus: v1alpha1.SizingStatus{Replicas: 1}})
			if said, wanted := spell(got.Phase, got.Waits, got.Stops, got.Resumes), spell(want.Phase, want.Waits, want.Stops, want.Resumes); said != wanted {
				t.Errorf("%s: decided is %s, want %s", of.reason, said, wanted)
			}
		})
	}
}

func spell(phase v1alpha1.ParticipationPhase, waits, stops, resumes bool) string {
	return fmt.Sprintf("%q waits=%t stops=%t resumes=%t", phase, waits, stops, resumes)
}

// TestTableIsWhole: each row says when it holds and what may come before, and no two decide the
// same.
func TestTableIsWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Table {
		decides := spell(r.Phase, r.Waits, r.Stops, r.Resumes)
		if r.When == "" || len(r.From) == 0 || seen[decides] {
			t.Errorf("row %s, when %q, comes from %v", decides, r.When, r.From)
		}
		seen[decides] = true
	}
	if last := Table[len(Table)-1]; !last.holds(nil) {
		t.Errorf("the last row, %q, must always hold", last.When)
	}
}
