package engine

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

// archived is a database of which the platform keeps an archive, and what belongs to it.
var archived = map[string]string{
	"talk": "{apiVersion: mattermost.crossplane.io/v1alpha1, kind: MattermostDatabase, metadata: {name: talk, namespace: ns}, " +
		"status: {backend: CloudNativePG, archive: {objectStore: talk-pg, serverName: s, destinationPath: 's3://b/ns', databaseName: mattermost, version: '17'}}}",
	"store": "{apiVersion: barmancloud.cnpg.io/v1, kind: ObjectStore, metadata: {name: talk-pg, namespace: ns}, spec: {configuration: {destinationPath: 's3://b/ns'}}, " +
		"status: {serverRecoveryWindow: {s: {firstRecoverabilityPoint: '2026-02-01T00:00:00Z'}}}}",
	"cluster": "{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: {name: talk-pg, namespace: ns}, spec: {imageName: 'pg:17', storage: {size: 1Gi}}}",
}

// recovering an archive for an installation that serves.
func recovering(t *testing.T) *pair {
	t.Helper()
	p := restoring(t, map[string]any{"from": map[string]any{"database": "talk", "pointInTime": "2026-03-01T02:30:00Z"}})
	for name, text := range archived {
		p.restore.secrets[name] = documentOf(t, text)
	}
	return p
}

// TestEveryEdgeOfARecovery lets one event happen at a time. The Cluster is deleted when
// what became of the data is known, and never before.
func TestEveryEdgeOfARecovery(t *testing.T) {
	const steady = "11.4.0 by 2, stable"
	events := map[string]func(*testing.T, *pair){
		"recovered": func(t *testing.T, p *pair) {
			t.Helper()
			preview.Succeed(p.restore.composed["scratch"])
		},
		"unrecoverable": func(t *testing.T, p *pair) {
			t.Helper()
			name := compose.NewResource(p.restore.composed["scratch"]).Name()
			p.restore.secrets["recovery"] = documentOf(t, fmt.Sprintf("{apiVersion: batch/v1, kind: Job, metadata: {name: %s-1-full-recovery, namespace: ns}, status: {conditions: [{type: Failed, status: 'True'}]}}", name))
		},
		"deleted talk": func(_ *testing.T, p *pair) {
			for name := range archived {
				delete(p.restore.secrets, name)
			}
		},
	}
	// A step is an event, what is then the case, and whether the Cluster is deleted.
	type steps [][3]string
	begins := steps{
		{"", "Recovering restoring [scratch] | " + steady, ""},
		{"recovered", "Checking restoring [check scratch] | " + steady, ""},
		{"checked", "Quiescing restoring [check scratch] | 11.4.0 by 0, restoring, Stopping", ""},
		{"stopped", "Quiescing restoring [check scratch] | 11.4.0 by 0, restoring, Quiesced", ""},
		{"", "Replacing restoring [check restore scratch] | 11.4.0 by 0, restoring, Quiesced", ""},
	}
	cases := map[string]struct {
		reason string
		steps  steps
	}{
		"Straight": {
			reason: "It is recovered while the server serves, and deleted before the server serves again.",
			steps: append(slices.Clone(begins), steps{
				{"replaced", "Resuming restoring [check restore] | 11.4.0 by 0, Job 11.4.0, restoring, Resuming", "deleted"},
				{"migrated", "Resuming restoring [check restore] | 11.4.0 by 1, Job 11.4.0, restoring, Resuming", ""},
				{"serving", "Resuming restoring [check restore] | 11.4.0 by 2, reconciling, Serving", ""},
				{"serving", "Done finished [check restore] | 11.4.0 by 2, stable, Serving", ""},
				{"", "Done finished [check restore] | 11.4.0 by 2, stable, Serving", ""},
			}...),
		},
		"Unrecoverable": {
			reason: "The installation never notices, and nothing is recovered again.",
			steps: steps{
				begins[0],
				{"unrecoverable", "Done failed [] | " + steady, "deleted"},
				{"", "Done failed [] | " + steady, ""},
				{"", "Done failed [] | " + steady, ""},
			},
		},
		"Uncheckable": {
			reason: "Nor does it notice what cannot be restored.",
			steps:  steps{begins[0], begins[1], {"uncheckable", "Done failed [check] | " + steady, "deleted"}, {"", "Done failed [check] | " + steady, ""}},
		},
		"Failed": {
			reason: "The old data is served.",
			steps: append(slices.Clone(begins), steps{
				{"failed", "Resuming failed [check restore] | 11.4.0 by 1, restoring, Resuming", "deleted"},
				{"serving", "Resuming failed [check restore] | 11.4.0 by 2, reconciling, Serving", ""},
				{"serving", "Done failed [check restore] | 11.4.0 by 2, stable, Serving", ""},
			}...),
		},
		"SourceGone": {
			reason: "What is recovered needs its archive no more.",
			steps: append(slices.Clone(begins[:2]), steps{
				{"deleted talk, checked", "Quiescing restoring [check scratch] | 11.4.0 by 0, restoring, Stopping", ""},
				{"stopped, wiped", "Quiescing restoring [check scratch] | 11.4.0 by 0, restoring, Quiesced", ""},
				{"", "Replacing restoring [check restore scratch] | 11.4.0 by 0, restoring, Quiesced", ""},
				{"replaced", "Resuming restoring [check restore] | 11.4.0 by 0, Job 11.4.0, restoring, Resuming", "deleted"},
			}...),
		},
		"Deleted": {
			reason: "Whoever deletes a restore midway gets a server that runs.",
			steps: append(slices.Clone(begins[:4]), steps{
				{"deleted", "- | 11.4.0 by 0, Job 11.4.0, restoring, Resuming", ""},
				{"migrated", "- | 11.4.0 by 1, Job 11.4.0, restoring, Resuming", ""},
			}...),
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			p := recovering(t)
			for i, step := range tc.steps {
				for _, event := range strings.Split(step[0], ", ") {
					if happens, ok := events[event]; ok {
						happens(t, p)
						continue
					}
					turns[event](t, p)
				}
				deleted := ""
				p.see()
				if p.restore.composite != nil {
					gone := deletions(reconciled(t, p.restore))
					if slices.Contains(gone, "Cluster") {
						deleted = "deleted"
					}
					if slices.Contains(gone, "Job") {
						t.Errorf("Crossplane deleted %v", gone)
					}
				}
				p.see()
				reconciled(t, p.installation)
				if diff := cmp.Diff([2]string{step[1], step[2]}, [2]string{p.look(), deleted}); diff != "" {
					t.Fatalf("%s\nstep %d, %q, -want, +got:\n%s", tc.reason, i, step[0], diff)
				}
			}
		})
	}
}
