package restores

import (
	"slices"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
)

// Row of the table of an installation's part in restores.
type Row struct {
	// Phase that is reported to the restore, empty while none has its turn.
	Phase v1alpha1.ParticipationPhase
	// From are the phases that may come before, for the same restore. A restore whose status is lost
	// finds out again what became of the data, and the server stays stopped until then.
	From []v1alpha1.ParticipationPhase
	// When the row holds.
	When string
	// Waits, Stops and Resumes are as in decision.Turn.
	Waits, Stops, Resumes bool

	holds func(*candidate) bool
}

// Phases by a shorter name.
const (
	none     = v1alpha1.ParticipationPhase("")
	stopping = v1alpha1.ParticipationStopping
	quiesced = v1alpha1.ParticipationQuiesced
	resuming = v1alpha1.ParticipationResuming
	serving  = v1alpha1.ParticipationServing
)

// Table of an installation's part in restores. The first row that holds counts: each call decides
// from what is observed, and from nothing that it remembers. The server stops when a Deployment
// that says so was seen to have no replica, and it is told to run in the same response in which
// the turn ends.
//
//nolint:gochecknoglobals // A table.
var Table = []Row{
	{
		Phase: none, From: []v1alpha1.ParticipationPhase{none},
		When:  "no restore asks for the data, and none has it",
		holds: func(c *candidate) bool { return !c.active },
	},
	{
		Phase: serving, From: []v1alpha1.ParticipationPhase{none, stopping, quiesced, resuming, serving}, Resumes: true,
		When:  "it is known what became of the data, and a server answers on it",
		holds: func(c *candidate) bool { return outcomeKnown(c.f, c.restore) && c.answers() },
	},
	{
		Phase: resuming, From: []v1alpha1.ParticipationPhase{none, stopping, quiesced, resuming}, Resumes: true,
		When:  "it is known what became of the data",
		holds: func(c *candidate) bool { return outcomeKnown(c.f, c.restore) },
	},
	{
		Phase: stopping, From: []v1alpha1.ParticipationPhase{none, stopping}, Waits: true,
		When: "the server is to stop, and a migration must end before",
		holds: func(c *candidate) bool {
			return !c.held() && c.restore.Step == v1alpha1.RestoreQuiesces && c.migrating()
		},
	},
	{
		Phase: quiesced, From: []v1alpha1.ParticipationPhase{stopping, quiesced, resuming}, Stops: true,
		When:  "the Deployment is stopped for the restore, and nothing runs that could write",
		holds: (*candidate).quiet,
	},
	{
		Phase: stopping, From: []v1alpha1.ParticipationPhase{none, stopping, quiesced, resuming}, Stops: true,
		When:  "a restore asks for the data, or has it",
		holds: func(*candidate) bool { return true },
	},
}

// candidate is the restore that may have its turn, and what is known about the installation.
type candidate struct {
	f       *facts.Facts
	version decision.Version
	sizing  decision.Sizing
	restore facts.Restore
	// active says that there is a restore at all.
	active bool
	// data is the UID of the restore that the data is of.
	data string
}

// next is the restore whose turn it is: the one that the server is stopped for, then one that was
// told so before that was forgotten, then one whose data no server has answered on yet, then the
// oldest that asks.
func (c *candidate) next() (facts.Restore, bool) {
	next, asked := c.oldest(v1alpha1.RestoreQuiesces)
	if c.f.Stopped != "" {
		if held := holder(c.f); !outcomeKnown(c.f, held) || !asked || !c.stuck() {
			return held, true
		}
		return next, true
	}
	if r, ok := c.oldest(v1alpha1.RestoreReplaces); ok {
		return r, true
	}
	if r, ok := c.oldest(v1alpha1.RestoreResumes); ok {
		return r, true
	}
	return next, asked
}

// oldest restore that is at a step. One that is being deleted begins nothing more.
func (c *candidate) oldest(step v1alpha1.RestoreStep) (facts.Restore, bool) {
	for _, r := range c.f.Restores {
		if r.Step == step && (!r.Leaving || step != v1alpha1.RestoreQuiesces) {
			return r, true
		}
	}
	return facts.Restore{}, false
}

// held says whether the server is stopped for the restore.
func (c *candidate) held() bool { return c.f.Stopped != "" && c.restore.Key() == c.f.Stopped }

// stuck says whether the data that is there could not be migrated. Another restore is what
// people try then, so that it need not wait.
func (c *candidate) stuck() bool {
	return c.data != c.f.Deployment.Migrated && slices.ContainsFunc(c.f.Migrations, func(m facts.Migration) bool { return m.Failed() && m.Data == c.data })
}

// migrating says whether a migration is under way: it is waited for, and so is the first one,
// which has to make what data is restored into. One that failed is not waited for.
func (c *candidate) migrating() bool {
	finished := false
	for _, m := range c.f.Migrations {
		if m.Unfinished() {
			return true
		}
		finished = finished || m.Image == c.version.Image
	}
	return c.f.Deployment.Image == "" && !finished
}

// quiet says whether nothing runs that could write. That the Deployment was stopped is seen, and
// so will be by every call that follows.
func (c *candidate) quiet() bool {
	deployment := c.f.Deployment
	return !slices.ContainsFunc(c.f.Migrations, facts.Migration.Unfinished) &&
		deployment.Stopped == c.restore.Key() && deployment.ScaledToZero() &&
		deployment.Int("status", "observedGeneration") >= deployment.Int("metadata", "generation") &&
		deployment.Replicas() == 0 && deployment.Int("status", "terminatingReplicas") == 0
}

func (c *candidate) answers() bool {
	d := decision.Decisions{Sizing: c.sizing, Turn: decision.Turn{Data: c.data}}
	return d.Answers(c.f)
}
