package restore_test

import (
	"slices"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/restores"
)

// follows asserts that the table of an installation's part in restores lists the phase before among
// those that may come before the phase now, for one restore.
func follows(t composetest.Test, before, now compose.Resource) {
	t.Helper()
	if !before.Exists() || !now.Exists() || before.String("uid") != now.String("uid") {
		return
	}
	was, is := v1alpha1.ParticipationPhase(before.String("phase")), v1alpha1.ParticipationPhase(now.String("phase"))
	listed := slices.ContainsFunc(restores.Table, func(r restores.Row) bool { return r.Phase == is && slices.Contains(r.From, was) })
	if !listed {
		t.Fatalf("phase %q follows %q, which no row of the table lists", is, was)
	}
}
