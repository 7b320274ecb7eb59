// Package restores is an installation's part in restores of its data: it stops for one at a
// time, and starts again when it is known what became of the data.
package restores

import (
	"slices"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/feature"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/tool"
)

// Feature is the installation's part in restores.
//
//nolint:gochecknoglobals // A table.
var Feature = feature.Feature{
	Require: require,
	Status: func(f *facts.Facts, d *decision.Decisions, to *v1alpha1.MattermostInstallationStatus) {
		to.Restore = participation(f, d)
	},
}

// Decide which restore has its turn, and what the installation does for it.
func Decide(f *facts.Facts, v decision.Version, s decision.Sizing) decision.Turn {
	c := &candidate{f: f, version: v, sizing: s, data: dataOf(f)}
	c.restore, c.active = c.next()
	r := rowOf(c)
	return decision.Turn{Restore: c.restore, Active: c.active, Waits: r.Waits, Stops: r.Stops, Resumes: r.Resumes, Phase: r.Phase, Data: c.data}
}

// rowOf the table that holds first. The last one always does.
func rowOf(c *candidate) Row {
	i := slices.IndexFunc(Table, func(r Row) bool { return r.holds(c) })
	return Table[i]
}

// dataOf is the UID of the restore that the data is of: what the Deployment says, or the restore
// that it was stopped for and that replaced the data since.
func dataOf(f *facts.Facts) string {
	held := holder(f)
	if f.Stopped != "" && outcomeKnown(f, held) && (held.Replaced || held.Gone) {
		// Of one that is gone nobody knows whether it replaced the data before it went. To
		// migrate what is migrated changes nothing.
		return held.UID
	}
	return f.Deployment.Restored
}

// holder is the restore that the server is stopped for.
func holder(f *facts.Facts) facts.Restore {
	for _, r := range f.Restores {
		if r.Key() == f.Stopped {
			return r
		}
	}
	name, uid, _ := strings.Cut(f.Stopped, "/")
	return facts.Restore{Name: name, UID: uid, Gone: true}
}

// outcomeKnown says whether it is known what became of the data. A restore that is gone may have
// a Job that still ends.
func outcomeKnown(f *facts.Facts, r facts.Restore) bool {
	if r.Gone {
		pods, _ := f.State.RequiredAll(facts.RequirementPods)
		jobs, _ := f.State.RequiredAll(facts.RequirementJobs)
		return !slices.ContainsFunc(pods, tool.Unfinished) && !slices.ContainsFunc(jobs, tool.Unfinished)
	}
	return slices.Contains([]v1alpha1.RestoreStep{v1alpha1.RestoreResumes, v1alpha1.RestoreDrops, v1alpha1.RestoreDone}, r.Step)
}

// require all restores. The Jobs and pods of a restore are only required if that restore is gone
// while the server is stopped for it. Those of an existing restore are not: each of their
// changes would wake the installation, and the status of the restore has their outcome.
func require(a *compose.Answer, f *facts.Facts, _ *decision.Decisions) {
	if f.Legacy() {
		return
	}
	a.RequireAll(facts.RequirementRestores, v1alpha1.GroupVersion.String(), v1alpha1.MattermostRestoreKind, nil)
	_, asked := f.State.RequiredAll(facts.RequirementRestores)
	if held := holder(f); asked && f.Stopped != "" && held.Gone {
		of := map[string]string{tool.LabelRestore: held.Name}
		a.RequireAll(facts.RequirementJobs, "batch/v1", "Job", of)
		a.RequireAll(facts.RequirementPods, "v1", "Pod", of)
	}
}
