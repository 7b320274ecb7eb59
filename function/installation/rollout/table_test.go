package rollout

import (
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
)

// TestEveryRowHolds of the table for an installation that it describes, and decides its phase.
func TestEveryRowHolds(t *testing.T) {
	const spec = factstest.Accepted + "version: 11.4.0\nreplicas: 2"
	serving := map[string]string{composed.Deployment: factstest.Deployment(factstest.OtherImage, 2)}
	with := func(job string) map[string]string {
		return map[string]string{composed.Deployment: serving[composed.Deployment], "migration-observed": job}
	}
	inputs := inputsOf(factstest.Given{Spec: spec, Secrets: factstest.Secrets()}.Facts(t))
	given := []struct {
		reason string
		in     factstest.Given
	}{
		{"a restore asks", factstest.Given{Spec: spec, Restores: []string{factstest.Restore("a", 1, "Quiescing", "")}, Composed: serving}},
		{"a restore failed, and the old data is served first", factstest.Given{Spec: spec, Restores: []string{factstest.Restore("a", 1, "Resuming", "")}, Composed: map[string]string{composed.Deployment: factstest.Stopped("a/uid-a", 0, "")}}},
		{"nothing changes", factstest.Given{Spec: spec, Composed: map[string]string{composed.Deployment: factstest.Deployment(factstest.WantedImage, 2)}}},
		{"there is no backup", factstest.Given{Spec: spec + "\nupgrade: {backup: Required}", Composed: serving}},
		{"another Job runs", factstest.Given{Spec: spec, Composed: with(factstest.Job(factstest.ThirdImage, inputs, ""))}},
		{"the Job is complete", factstest.Given{Spec: spec, Composed: with(factstest.Job(factstest.WantedImage, inputs, "Complete"))}},
		{"the Job failed", factstest.Given{Spec: spec, Composed: with(factstest.Job(factstest.WantedImage, inputs, "Failed"))}},
		{"there is no Job", factstest.Given{Spec: spec, Composed: serving}},
	}
	if len(given) != len(Table) {
		t.Fatalf("%d installations for %d rows", len(given), len(Table))
	}
	for i, of := range given {
		t.Run(Table[i].When, func(t *testing.T) {
			of.in.Secrets = factstest.Secrets()
			f := of.in.Facts(t)
			d := decided(f)
			if got := rowOf(consider(f, d.Version, d.Turn, d.Backup, d.Server)); got.When != Table[i].When {
				t.Errorf("%s: the row is %q", of.reason, got.When)
			}
			if d.Rollout.Phase != Table[i].Phase {
				t.Errorf("%s: the phase is %q, want %q", of.reason, d.Rollout.Phase, Table[i].Phase)
			}
		})
	}
}

// TestTableIsWhole: each row says when it holds and what may come before.
func TestTableIsWhole(t *testing.T) {
	for _, r := range Table {
		if r.When == "" || len(r.From) == 0 {
			t.Errorf("row %q, when %q, comes from %v", r.Phase, r.When, r.From)
		}
	}
	if last := Table[len(Table)-1]; !last.holds(nil) {
		t.Errorf("the last row, %q, must always hold", last.When)
	}
}
