package installation

import (
	"testing"
	"time"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
)

// TestRevisit: Crossplane asks again within 30 seconds while something is waited for that is looked
// up, and within an hour otherwise.
func TestRevisit(t *testing.T) {
	const onA = "mattermost.crossplane.io/restored: uid-a, mattermost.crossplane.io/migrated: uid-a"
	running := map[string]string{composed.Deployment: factstest.Deployment(factstest.WantedImage, 2)}
	stopped := map[string]string{composed.Deployment: factstest.Stopped("a/uid-a", 0, "")}
	cases := map[string]struct {
		reason string
		in     factstest.Given
		stage  decision.Stage
		want   time.Duration
	}{
		"Steady":    {reason: "Everything is watched.", in: factstest.Given{Composed: running}, stage: decision.Accepted, want: time.Hour},
		"Claims":    {reason: "Claims are watched.", in: factstest.Given{}, stage: decision.Waiting, want: time.Hour},
		"Upgrading": {reason: "Jobs are watched.", in: factstest.Given{Composed: map[string]string{composed.Deployment: factstest.Deployment(factstest.OtherImage, 2)}}, stage: decision.Accepted, want: time.Hour},
		"Backup":    {reason: "A backup is waited for.", in: factstest.Given{Spec: "upgrade: {backup: Required}", Composed: map[string]string{composed.Deployment: factstest.Deployment(factstest.OtherImage, 2)}}, stage: decision.Accepted, want: 30 * time.Second},
		"Asked":     {reason: "A restore asks.", in: factstest.Given{Composed: running, Restores: []string{factstest.Restore("a", 1, "Quiescing", "")}}, stage: decision.Accepted, want: 30 * time.Second},
		"Stopped":   {reason: "A restore replaces the data.", in: factstest.Given{Composed: stopped, Restores: []string{factstest.Restore("a", 1, "Replacing", "")}}, stage: decision.Accepted, want: 30 * time.Second},
		"Gone":      {reason: "A restore is gone, and its Job may still work.", in: factstest.Given{Composed: stopped, Pods: []string{"{status: {phase: Running}}"}}, stage: decision.Accepted, want: 30 * time.Second},
		"Resuming":  {reason: "A restore is told that the server answers.", in: factstest.Given{Composed: map[string]string{composed.Deployment: factstest.Running(onA, 1)}, Restores: []string{factstest.Restore("a", 1, "Resuming", ", restoredAt: now")}}, stage: decision.Accepted, want: 30 * time.Second},
		"Done":      {reason: "The restore is over.", in: factstest.Given{Composed: map[string]string{composed.Deployment: factstest.Running(onA, 1)}, Restores: []string{factstest.Restore("a", 1, "Done", ", restoredAt: now")}}, stage: decision.Accepted, want: time.Hour},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			tc.in.Spec, tc.in.Secrets = factstest.Accepted+"version: 11.4.0\nreplicas: 2\n"+tc.in.Spec, factstest.Secrets()
			f := tc.in.Facts(t)
			d := decide(f)
			d.Stage = tc.stage
			if got := revisitOf(f, d); got != tc.want {
				t.Errorf("%s\nrevisited after %s, want %s", tc.reason, got, tc.want)
			}
		})
	}
}
