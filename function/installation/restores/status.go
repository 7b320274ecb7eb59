package restores

import (
	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
)

// participation tells the restore that has its turn how far this installation is, or else what
// became of the last one. While the spec cannot be followed, a restore that the server was not
// stopped for yet is told nothing, and waits.
func participation(f *facts.Facts, d *decision.Decisions) *v1alpha1.RestoreParticipation {
	was, turn := f.LastRestore(), d.Turn
	if d.Stage != decision.Accepted && turn.Stops && turn.Key() != f.Stopped {
		return was
	}
	if !turn.Active {
		return past(f, d, was)
	}
	out := &v1alpha1.RestoreParticipation{Name: turn.Name, UID: turn.UID, Phase: turn.Phase}
	if was != nil && was.UID == out.UID {
		out.QuiescedAt, out.ServingAt = was.QuiescedAt, was.ServingAt
		if was.Phase == v1alpha1.ParticipationServing {
			out.Phase = was.Phase
		}
	}
	return timed(f, d, out)
}

// past part in a restore that is over. One that is gone before it was granted anything leaves
// nothing behind.
func past(f *facts.Facts, d *decision.Decisions, was *v1alpha1.RestoreParticipation) *v1alpha1.RestoreParticipation {
	if was != nil && was.Phase == v1alpha1.ParticipationStopping {
		was = nil
	}
	if was == nil {
		was = remembered(f, d.Turn)
	}
	if was == nil || was.Phase == v1alpha1.ParticipationServing || !d.Answers(f) {
		return was
	}
	was.Phase = v1alpha1.ParticipationServing
	return timed(f, d, was)
}

// remembered part in the restore that the Deployment says the data is of, nil when there is none,
// or when it is gone.
func remembered(f *facts.Facts, t decision.Turn) *v1alpha1.RestoreParticipation {
	for _, r := range f.Restores {
		if t.Data == r.UID {
			return &v1alpha1.RestoreParticipation{Name: r.Name, UID: r.UID, Phase: v1alpha1.ParticipationResuming}
		}
	}
	return nil
}

// timed is a part with the moments that its phase begins with.
func timed(f *facts.Facts, d *decision.Decisions, p *v1alpha1.RestoreParticipation) *v1alpha1.RestoreParticipation {
	now := f.Deployment.StatusTime()
	switch p.Phase {
	case v1alpha1.ParticipationStopping:
	case v1alpha1.ParticipationQuiesced:
		if p.QuiescedAt == nil {
			p.QuiescedAt = now
		}
	case v1alpha1.ParticipationServing:
		if p.ServingAt == nil && d.Sizing.Replicas > 0 {
			p.ServingAt = now
		}
		p.DataReplaced = d.Turn.Data == p.UID
	case v1alpha1.ParticipationResuming:
		p.DataReplaced = d.Turn.Data == p.UID
	}
	return p
}
