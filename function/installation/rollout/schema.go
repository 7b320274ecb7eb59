package rollout

import (
	"slices"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/release"
)

// schemaImage is the image that the database's schema is of, as far as it was seen: that of the
// last migration of its data that is complete and not rolled out yet, else the one that serves. Of
// data that was only just restored none is known.
func schemaImage(f *facts.Facts, t decision.Turn) string {
	deployment := f.Deployment
	reached, at := deployment.Image, ""
	if t.Data != deployment.Migrated {
		reached = ""
	}
	for _, m := range f.Migrations {
		rolledOut := m.Image == deployment.Image && m.Data == deployment.Migrated
		// Times of Kubernetes compare as text.
		if done := m.Job.String("status", "completionTime"); m.Complete() && m.Data == t.Data && !rolledOut && done >= at {
			reached, at = m.Image, done
		}
	}
	return reached
}

// restoredVersion is the version that the restored data is of, empty when that is not known.
func restoredVersion(f *facts.Facts, t decision.Turn) string {
	for _, r := range f.Restores {
		if r.UID == t.Data {
			return r.Version
		}
	}
	return ""
}

// forgotten says whether no observed object shows the version that was served last. That is so if
// the Deployment is gone and no migration reached that version.
func forgotten(f *facts.Facts, t decision.Turn, migrated string) bool {
	if f.Deployment.Image != "" || t.Data != f.Deployment.Migrated || f.Before.Version == "" {
		return false
	}
	return migrated == "" || release.Earlier(migrated, f.Before.Version)
}

// forgottenImage returns the image that was served last, if no observed object shows it and the
// platform allows its version. A Deployment that is stopped in place of a deleted one gets it: with
// the wanted image, the version of the data would be forgotten, and no rule would hold for the
// change. The status names only a version, which spec.version may name as well.
func forgottenImage(f *facts.Facts, t decision.Turn) string {
	if _, migrated := release.Split(schemaImage(f, t)); !forgotten(f, t, migrated) || !f.Releases.Allows(f.Before.Version) {
		return ""
	}
	return f.Image(f.Before.Version)
}

// startsFresh says whether the first server migrates the database itself. A claimed database is
// empty, unless its data was retained, and the first replica starts alone. A Job would only delay
// it and wake Crossplane with each of its steps. With spec.updateJob there is a Job nevertheless.
func startsFresh(f *facts.Facts, t decision.Turn) bool {
	return f.DatabaseClaimed() && f.Spec.UpdateJob == nil && f.Deployment.Image == "" && t.Data == "" && f.Stopped == "" && len(f.Migrations) == 0
}

// restoredCurrent says whether the data was restored and has the version that is to serve. Its
// first server has nothing to migrate, and starts alone in case there is something. With
// spec.updateJob there is a Job nevertheless.
func restoredCurrent(f *facts.Facts, v decision.Version, t decision.Turn) bool {
	return f.Spec.UpdateJob == nil && t.Data != f.Deployment.Migrated && release.Semantic(v.Version) != nil && restoredVersion(f, t) == v.Version
}

// stillWanted says whether the migration is the one that the spec wants: to its image, of the data
// that there is, and not one that is to be replaced by a new attempt. One that runs is not disturbed by
// what was corrected since.
func (c *change) stillWanted(m facts.Migration) bool {
	if m.Image != c.version.Image || m.Data != c.turn.Data || m.Leaving() {
		return false
	}
	annotations := m.Job.At("metadata", "annotations")
	retried := annotations.String(annotationAttempt) != attempt(c.f)
	corrected := annotations.String(annotationInputs) != c.inputs
	switch {
	case m.Complete():
		return true
	case m.Failed(), waitsFor(c.f, m) != "":
		// A pod that does not start may never start with what was corrected.
		return !retried && !corrected
	}
	return !retried
}

// spent says whether there is no use for a migration any more: its image is rolled out, its data
// was replaced, or it is being deleted. To apply one that is gone, and only still seen, would make
// it run again.
func spent(f *facts.Facts, t decision.Turn, m facts.Migration) bool {
	rolledOut := m.Complete() && m.Image == f.Deployment.Image && m.Data == f.Deployment.Migrated
	replaced := m.Data != t.Data && !m.Unfinished()
	return m.Leaving() || rolledOut || replaced
}

// superseded says whether a migration failed, and was let go since: another was begun, without
// which there would not be two, or the server was stopped for a restore.
func superseded(f *facts.Facts, m facts.Migration) bool {
	another := slices.ContainsFunc(f.Migrations, func(of facts.Migration) bool { return of.Name != m.Name && of.Unfinished() })
	return m.Failed() && (another || f.Stopped != "")
}

// spentMigrations are the names of migrations that are not kept while the spec is refused.
func spentMigrations(f *facts.Facts, d *decision.Decisions) []string {
	var out []string
	for _, m := range f.Migrations {
		if spent(f, d.Turn, m) || superseded(f, m) {
			out = append(out, m.Name)
		}
	}
	return out
}
