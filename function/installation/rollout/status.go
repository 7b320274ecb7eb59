package rollout

import (
	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/release"
)

// reportUpgrade tells of the change of version that is under way, or else of the last one. In a
// refused installation, what was decided last is still so.
func reportUpgrade(f *facts.Facts, d *decision.Decisions, to *v1alpha1.MattermostInstallationStatus) {
	switch d.Stage {
	case decision.Refused:
		if to.Upgrade = f.LastUpgrade(); another(f, d) {
			to.Upgrade.RequestedAt = nil
		}
	case decision.Waiting:
	case decision.Accepted:
		to.Upgrade = upgrade(f, d)
	}
}

// upgrade that is under way or was the last. What the Job said is kept when the Job is gone.
func upgrade(f *facts.Facts, d *decision.Decisions) *v1alpha1.UpgradeStatus {
	was, v, r := f.LastUpgrade(), d.Version, d.Rollout
	switch {
	case f.Deployment.Image == "" && d.Backup == nil:
		return nil
	case f.Deployment.Image == v.Image && (was == nil || was.To != v.Version):
		// Nothing changed, or the version was put back.
		return nil
	case f.Deployment.Image == v.Image:
		was.Phase = servedPhase(f, d, was.Phase)
		return was
	}
	_, from := release.Split(f.Deployment.Image)
	out := &v1alpha1.UpgradeStatus{From: from, To: v.Version, Phase: r.Phase}
	if b := d.Backup; b != nil {
		out.From = b.From
		out.RequestedAt, out.Backup = b.At, b.Name
	}
	if d.Turn.Holds(f) && was != nil && was.From == from && was.To == v.Version {
		out.RequestedAt, out.Backup = was.RequestedAt, was.Backup
	}
	if r.Migration == "" || r.Phase == v1alpha1.PhaseSuperseding {
		return out
	}
	job := r.Observed.Job
	out.JobName = jobName(f, r)
	out.Attempts = r.Observed.Attempts()
	out.StartedAt = facts.Moment(job.String("metadata", "creationTimestamp"))
	out.MigratedAt = facts.Moment(job.String("status", "completionTime"))
	return out
}

// servedPhase of a change to the version that is served. Other changes of the server do not begin
// it anew.
func servedPhase(f *facts.Facts, d *decision.Decisions, was v1alpha1.UpgradePhase) v1alpha1.UpgradePhase {
	if was == v1alpha1.PhaseComplete || d.RolledOut(f) {
		return v1alpha1.PhaseComplete
	}
	return v1alpha1.PhaseRolling
}
