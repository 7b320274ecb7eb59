package rollout

import (
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
)

// TestMigrationCondition says what a change waits for beside a restore, and who migrates.
func TestMigrationCondition(t *testing.T) {
	active := decision.Turn{Active: true, Restore: facts.Restore{Name: "a", UID: "uid-a"}}
	resumed := decision.Turn{Active: true, Resumes: true, Data: "uid-a", Restore: facts.Restore{Name: "a", UID: "uid-a"}}
	before := map[string]string{composed.Deployment: factstest.Deployment(factstest.OtherImage, 2)}
	unmigrated := decision.Rollout{Image: factstest.OtherImage}
	cases := map[string]struct {
		reason   string
		spec     string
		observed map[string]string
		turn     decision.Turn
		rollout  decision.Rollout
		want     string
	}{
		"Held":      {reason: "The change waits until the restore is over.", observed: before, turn: active, rollout: unmigrated, want: "Restoring"},
		"Migrates":  {reason: "The restored data is migrated.", observed: before, turn: resumed, rollout: decision.Rollout{Image: factstest.OtherImage, Phase: v1alpha1.PhaseMigrating, Migration: "migration-a"}, want: "Pending"},
		"First":     {reason: "The first server migrates what was claimed for it.", spec: factstest.Claiming, rollout: decision.Rollout{Image: factstest.WantedImage}, want: "FirstServer"},
		"ByJob":     {reason: "The user wants a Job nevertheless.", spec: factstest.Claiming + "updateJob: {}\n", rollout: decision.Rollout{Image: factstest.WantedImage}, want: "Complete"},
		"NotByJob":  {reason: "The user wants none.", spec: factstest.Accepted + "updateJob: {disabled: true}\n", rollout: decision.Rollout{Image: factstest.WantedImage}, want: "Disabled"},
		"HasServed": {reason: "A server has served.", spec: factstest.Claiming, turn: decision.Turn{Data: "uid-a"}, rollout: decision.Rollout{Image: factstest.WantedImage, Migrated: "uid-a"}, want: "Complete"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if tc.spec == "" {
				tc.spec = factstest.Accepted
			}
			f := factstest.Given{Spec: tc.spec + "version: 11.4.0", Secrets: factstest.Secrets(), Composed: tc.observed}.Facts(t)
			d := &decision.Decisions{Stage: decision.Accepted, Version: decision.Version{Version: "11.4.0", Image: factstest.WantedImage}, Turn: tc.turn, Rollout: tc.rollout}
			if got := migration(f, d); got.Reason != tc.want {
				t.Errorf("%s\nthe reason is %s, want %s: %s", tc.reason, got.Reason, tc.want, got.Message)
			}
		})
	}
}

// TestRolloutConditionBesideARestore: none may run, or the change waits.
func TestRolloutConditionBesideARestore(t *testing.T) {
	f := factstest.Given{Spec: factstest.Accepted + "version: 11.4.0", Secrets: factstest.Secrets(), Composed: map[string]string{composed.Deployment: factstest.Deployment(factstest.OtherImage, 2)}}.Facts(t)
	version := decision.Version{Version: "11.4.0", Image: factstest.WantedImage}
	for reason, of := range map[string]struct {
		d    decision.Decisions
		want string
	}{
		"none may run":       {decision.Decisions{Turn: decision.Turn{Active: true, Stops: true}, Rollout: decision.Rollout{Image: factstest.OtherImage}}, "Restoring"},
		"the change waits":   {decision.Decisions{Turn: decision.Turn{Active: true}, Rollout: decision.Rollout{Image: factstest.OtherImage}}, "Restoring"},
		"a migration runs":   {decision.Decisions{Rollout: decision.Rollout{Image: factstest.OtherImage, Phase: v1alpha1.PhaseMigrating}}, "Migrating"},
		"a migration failed": {decision.Decisions{Rollout: decision.Rollout{Image: factstest.OtherImage, Phase: v1alpha1.PhaseFailed}}, "MigrationFailed"},
		"replicas follow":    {decision.Decisions{Rollout: decision.Rollout{Image: factstest.WantedImage, Phase: v1alpha1.PhaseRolling}}, "Rolling"},
	} {
		of.d.Stage, of.d.Version, of.d.Template = decision.Accepted, version, "t"
		if got := rolledOut(f, &of.d, compose.Condition{Status: compose.False}); got.Reason != of.want {
			t.Errorf("%s: the reason is %s, want %s: %s", reason, got.Reason, of.want, got.Message)
		}
	}
}
