package restore

import (
	"slices"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/tool"
)

// verdict is what became of the data.
type verdict string

const (
	// undecided means that nothing was replaced so far.
	undecided verdict = "undecided"
	// rejected means that the check failed: the installation never noticed.
	rejected verdict = "rejected"
	// failed means that nothing was replaced, and nothing will be.
	failed verdict = "failed"
	// replaced means that the data is that of the source.
	replaced verdict = "replaced"
)

// decision is everything that was decided about a restore. Each step but the first begins
// with what was seen of the one before:
//
//	Waiting ──▶ Checking ──▶ Quiescing ──▶ Replacing ──▶ Resuming ──▶ Dropping ──▶ Done
//	 rulebook     Job          asks the      Job           asks it      Job, if
//	 and waits    complete     installation  ended         to serve     that is wanted
//	                │ failed                                  │ replacedData: Retain,   ▲
//	                └─────────────────────────────────────────┴─ or it failed ──────────┘
//
// Between Waiting and Checking an archive is Recovering, which may fail as a check may.
// From Quiescing on a restore never goes back: the installation may have stopped already.
type decision struct {
	verdict verdict
	step    v1alpha1.RestoreStep
	// served says that a server has answered since the data was replaced.
	served bool
	// superseded says that another restore replaced the data before a server answered.
	superseded bool
	// refusal by the rulebook, and what is waited for, as far as that still matters.
	refusal, wait compose.Verdict
	// recovery of the source is what became of the scratch Cluster.
	recovery tool.Outcome
	// check, replace and forget are what became of the Jobs.
	check, replace, forget tool.Outcome
	// starts are the names of the Jobs that are to be made.
	starts []string
}

func decide(g gathered) decision { return decideUnder(g, compose.Check(g, rulebook...)) }

// decideUnder a verdict about the whole restore.
func decideUnder(g gathered, refusal compose.Verdict) decision {
	d := decision{refusal: refusal}
	d.wait = compose.Passed
	if d.refusal.Pass {
		d.wait = compose.Check(g, waits...)
	}
	d.recovery = recovery(g)
	d.check, _ = g.job(nameCheck)
	d.replace, _ = g.job(nameReplace)
	d.forget, _ = g.job(nameForget)
	d.verdict = judge(g, d)
	switch d.verdict {
	case undecided:
		d.advance(g)
	case rejected:
		d.step = v1alpha1.RestoreDone
	case failed:
		d.resume(g)
	case replaced:
		d.resume(g)
		d.drop(g)
	}
	return d
}

// judge from all that may tell: Jobs may be lost, and so may statuses.
func judge(g gathered, d decision) verdict {
	switch {
	case d.replace.Phase == tool.Succeeded, g.was.RestoredAt != nil, incomplete(d):
		return replaced
	case d.replace.Phase == tool.Failed:
		return failed
	case g.in(v1alpha1.ParticipationResuming, v1alpha1.ParticipationServing) && g.part.DataReplaced:
		return replaced
	case g.in(v1alpha1.ParticipationResuming, v1alpha1.ParticipationServing):
		return failed
	case d.check.Phase == tool.Failed, d.recovery.Phase == tool.Failed && !asked(g, d):
		return rejected
	case g.was.State == v1alpha1.RestoreFailed && g.state.Composite().Condition(conditionVerified).Status == compose.False:
		return rejected
	case g.was.State == v1alpha1.RestoreFailed:
		return failed
	}
	return undecided
}

// asked says whether the installation was asked to stop, or is about to be.
func asked(g gathered, d decision) bool {
	return d.check.Phase == tool.Succeeded || g.was.Step == v1alpha1.RestoreQuiesces || g.was.Step == v1alpha1.RestoreReplaces || g.mine()
}

// incomplete says whether the database was replaced, and something after it failed for
// good.
func incomplete(d decision) bool { return d.replace.Phase == tool.Failed && d.replace.Result != nil }

// advance towards the data's replacement.
func (d *decision) advance(g gathered) {
	_, checks := g.job(nameCheck)
	_, replaces := g.job(nameReplace)
	may := d.refusal.Pass && d.wait.Pass
	switch {
	case replaces:
		d.step = v1alpha1.RestoreReplaces
	case asked(g, *d):
		d.step = v1alpha1.RestoreQuiesces
		// A recovery that failed is no reason to wait: data may have been replaced by a Job
		// that nobody knows of any more, and only another one can tell.
		if g.in(v1alpha1.ParticipationQuiesced) && may && d.recovery.Phase != tool.Running && !working(g) {
			d.step = v1alpha1.RestoreReplaces
			d.starts = append(d.starts, nameReplace)
		}
	case checks:
		d.step = v1alpha1.RestoreChecks
	case may && d.recovery.Phase == tool.Succeeded:
		d.step = v1alpha1.RestoreChecks
		d.starts = append(d.starts, nameCheck)
	case may, g.scratch().Exists():
		d.step = v1alpha1.RestoreRecovers
	default:
		d.step = v1alpha1.RestoreWaits
	}
}

// working says whether a pod of this restore has not ended: it may be that of a Job which
// somebody deleted.
func working(g gathered) bool { return slices.ContainsFunc(g.pods, tool.Unfinished) }

// resume the installation: it is over when a server has answered, or when another restore
// has its turn.
func (d *decision) resume(g gathered) {
	was := g.was.Step
	over := was == v1alpha1.RestoreDrops || was == v1alpha1.RestoreDone
	passed := g.part != nil && !g.mine()
	d.step = v1alpha1.RestoreDone
	switch {
	case g.in(v1alpha1.ParticipationServing), over:
		d.superseded = d.verdict == replaced && over && g.was.State == v1alpha1.RestoreFailed
		d.served = d.verdict == replaced && !d.superseded
	case passed:
		d.superseded = d.verdict == replaced && was == v1alpha1.RestoreResumes
		// What was told before is forgotten, and what is known is that it came this far.
		d.served = d.verdict == replaced && !d.superseded
	default:
		d.step = v1alpha1.RestoreResumes
	}
}

// drop what was replaced, if that is wanted.
func (d *decision) drop(g gathered) {
	_, exists := g.job(nameForget)
	if !d.served || g.spec.ReplacedData != v1alpha1.DeletionDelete {
		return
	}
	switch {
	case exists && d.forget.Phase != tool.Running:
	case exists:
		d.step = v1alpha1.RestoreDrops
	case g.was.Step == v1alpha1.RestoreDone && g.was.Replaced == "":
	case nothingReplaced(*d):
	case !d.refusal.Pass || !d.wait.Pass || working(g):
		d.step = v1alpha1.RestoreDrops
	default:
		d.step = v1alpha1.RestoreDrops
		d.starts = append(d.starts, nameForget)
	}
}

// nothingReplaced says whether it is known that there was no data before.
func nothingReplaced(d decision) bool {
	r := d.replace.Result
	return r != nil && r.Restored != nil && r.Restored.Replaced == ""
}
