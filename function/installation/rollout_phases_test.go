package installation

import (
	"slices"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/rollout"
)

// follows asserts that the table of rollouts lists the phase before among those that may come before
// the phase now, for one change of version.
func follows(t composetest.Test, before, now compose.Resource) {
	t.Helper()
	sameChange := before.String("from") == now.String("from") && before.String("to") == now.String("to")
	if !before.Exists() || !now.Exists() || !sameChange {
		return
	}
	was, is := phaseOf(before), phaseOf(now)
	listed := slices.ContainsFunc(rollout.Table, func(r rollout.Row) bool { return r.Phase == is && slices.Contains(r.From, was) })
	if !listed {
		t.Fatalf("phase %q follows %q, which no row of the table lists", is, was)
	}
}

// phaseOf a change of version, empty when it is complete.
func phaseOf(upgrade compose.Resource) v1alpha1.UpgradePhase {
	phase := v1alpha1.UpgradePhase(upgrade.String("phase"))
	if phase == v1alpha1.PhaseComplete {
		return ""
	}
	return phase
}
