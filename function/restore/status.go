package restore

import (
	"fmt"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/tool"
)

// report what is known of a restore. What was told before is kept where nothing tells it
// any more: pods go, and Jobs may.
func report(a *compose.Answer, g gathered, d decision) error {
	a.Report(acceptedCondition(d), verifiedCondition(g, d), restoredCondition(g, d))
	if d.step != v1alpha1.RestoreDone || stateOf(d) != v1alpha1.RestoreFinished {
		a.Unready()
	}
	out := v1alpha1.MattermostRestoreStatus{
		State:              stateOf(d),
		Step:               d.step,
		Source:             location(g),
		PointInTime:        pointInTime(g),
		ObservedGeneration: a.Generation(),
		QuiescedAt:         g.was.QuiescedAt,
		ServingAt:          g.was.ServingAt,
		RestoredAt:         g.was.RestoredAt,
		Replaced:           g.was.Replaced,
		Tables:             g.was.Tables,
		Rows:               g.was.Rows,
		Files:              g.was.Files,
		LeftOut:            g.was.LeftOut,
		Version:            g.was.Version,
	}
	tellParticipation(&out, g)
	tellRestored(&out, g, d)
	return a.SetStatus(out)
}

func stateOf(d decision) v1alpha1.RestoreState {
	switch {
	case d.verdict == failed, d.verdict == rejected, d.superseded:
		return v1alpha1.RestoreFailed
	case d.served:
		return v1alpha1.RestoreFinished
	}
	return v1alpha1.RestoreRestoring
}

// pointInTime that is asked for, empty for the end of the source.
func pointInTime(g gathered) string {
	if g.spec.From == nil {
		return ""
	}
	return g.spec.From.PointInTime
}

// tellParticipation of the installation, and how long no server answered.
func tellParticipation(out *v1alpha1.MattermostRestoreStatus, g gathered) {
	if g.mine() {
		if g.part.QuiescedAt != nil {
			out.QuiescedAt = g.part.QuiescedAt
		}
		if g.part.ServingAt != nil {
			out.ServingAt = g.part.ServingAt
		}
	}
	if out.QuiescedAt != nil && out.ServingAt != nil {
		out.Downtime = out.ServingAt.Sub(out.QuiescedAt.Time).Round(time.Second).String()
	}
}

// tellRestored is what the tool left: of the check, what would be restored, and then what
// was.
func tellRestored(out *v1alpha1.MattermostRestoreStatus, g gathered, d decision) {
	if r := restored(d.check); r != nil {
		out.LeftOut = leftOut(*r)
		if r.Version != "" {
			out.Version = r.Version
		}
	}
	if d.verdict != replaced {
		return
	}
	if r := restored(d.replace); r != nil {
		out.Replaced, out.Tables, out.Rows, out.Files, out.LeftOut = r.Replaced, r.Tables, r.Rows, r.Files, leftOut(*r)
		if r.Version != "" {
			out.Version = r.Version
		}
		if !r.At.IsZero() {
			out.RestoredAt = ptrTo(r.At)
		}
	}
	if out.RestoredAt == nil {
		out.RestoredAt = replacedAt(g, *out)
	}
	if d.forget.Phase == tool.Succeeded {
		out.Replaced = ""
	}
}

// leftOut lists what was left out of a source: tables by name, and then everything else in
// words.
func leftOut(r job.Restored) []string { return slices.Concat(r.LeftOut, r.Skipped) }

// restored that the result of a Job tells, nil when none does.
func restored(of tool.Outcome) *job.Restored {
	if of.Result == nil {
		return nil
	}
	return of.Result.Restored
}

// replacedAt is the best that is known of when the data was replaced, where the tool does
// not tell: the Job's end, or else what the installation says.
func replacedAt(g gathered, told v1alpha1.MattermostRestoreStatus) *metav1.Time {
	at, err := time.Parse(time.RFC3339, g.state.Observed(nameReplace).String("status", "completionTime"))
	switch {
	case err == nil:
		return ptrTo(at)
	case told.ServingAt != nil:
		return told.ServingAt
	}
	return told.QuiescedAt
}

func ptrTo(at time.Time) *metav1.Time {
	t := metav1.NewTime(at.UTC().Truncate(time.Second))
	return &t
}

func acceptedCondition(d decision) compose.Condition {
	if !d.refusal.Pass && (d.verdict == undecided || d.refusal.Reason == compose.ReasonNameTaken) {
		return d.refusal.AsCondition(conditionAccepted)
	}
	return compose.Condition{Type: conditionAccepted, Status: compose.True, Reason: "Accepted"}
}

// verifiedCondition says whether the source was read to its end, and the database opened.
func verifiedCondition(g gathered, d decision) compose.Condition {
	c := compose.Condition{Type: conditionVerified, Status: compose.False}
	switch {
	case d.verdict == rejected:
		c.Reason, c.Message = rejection(g, d)
	case !slices.Contains([]v1alpha1.RestoreStep{v1alpha1.RestoreWaits, v1alpha1.RestoreRecovers, v1alpha1.RestoreChecks}, d.step):
		c.Status, c.Reason = compose.True, "Verified"
	case d.step == v1alpha1.RestoreChecks:
		return under(c, "Checking", fmt.Sprintf("waiting for Job %q to read the source and to try the database", g.jobName(job.CommandCheck)), d.check)
	case !d.refusal.Pass:
		c.Reason, c.Message = "Refused", "nothing is done: condition "+conditionAccepted+" says why"
	case d.wait.Pass:
		return under(c, "Recovering", recovering(g), d.recovery)
	default:
		c.Reason, c.Message, c.Waiting = d.wait.Reason, d.wait.Message, true
	}
	return c
}

// rejection says why nothing was touched, also when nothing tells it any more.
func rejection(g gathered, d decision) (reason, message string) {
	switch {
	case d.check.Phase == tool.Failed:
		return d.check.Reason, failure("the source or the database cannot be used, and nothing was touched", d.check)
	case d.recovery.Phase == tool.Failed:
		return d.recovery.Reason, failure("the archive cannot be recovered, and nothing was touched", d.recovery)
	}
	was := g.state.Composite().Condition(conditionVerified)
	return was.Reason, was.Message
}

// restoredCondition says whether the data was replaced.
func restoredCondition(g gathered, d decision) compose.Condition {
	c := compose.Condition{Type: conditionRestored, Status: compose.False, Waiting: true}
	switch {
	case d.superseded:
		c.Reason, c.Waiting = "Superseded", false
		c.Message = "another MattermostRestore replaced the data before a server had answered on it"
	case incomplete(d):
		c.Reason, c.Waiting = "Incomplete", false
		c.Message = failure("the database was replaced, but not every file of the backup is in place", d.replace) + "; another MattermostRestore of the same source brings the others"
	case d.verdict == replaced:
		c.Status, c.Reason, c.Message = compose.True, "Restored", restoredMessage(g, d)
	case d.verdict == failed:
		c.Reason, c.Message, c.Waiting = failedReason(g, d), failedMessage(g, d), false
	case d.verdict == rejected:
		c.Reason, c.Message, c.Waiting = "NotVerified", "nothing was touched: condition "+conditionVerified+" says why; "+another, false
	case d.step == v1alpha1.RestoreReplaces:
		return under(c, "Replacing", fmt.Sprintf("waiting for Job %q to replace the data", g.jobName(job.CommandRestore)), d.replace)
	case d.step == v1alpha1.RestoreQuiesces:
		c.Reason, c.Message = quiescing(g, d)
	default:
		c.Reason, c.Message = "NotBegun", "waiting for condition "+conditionVerified
	}
	return c
}

// quiescing says what keeps the data from being replaced.
func quiescing(g gathered, d decision) (reason, message string) {
	installation := g.spec.MattermostClusterName
	accepted := g.installation.Condition(conditionAccepted)
	switch {
	case !g.installation.Exists() || !d.refusal.Pass || !d.wait.Pass:
		why := d.wait
		if !d.refusal.Pass {
			why = d.refusal
		}
		return "Waiting", "what the restore needs is gone since it was verified: " + why.Message + "; delete this MattermostRestore to start the server without it"
	case d.recovery.Phase == tool.Running:
		return "Waiting", "what was verified is gone: " + recovering(g) + " again; delete this MattermostRestore to start the server without it"
	case turnOf(g) != "":
		return "WaitingForTurn", fmt.Sprintf("waiting for MattermostRestore %q of the same installation: if it is stuck, its deletion lets this one begin", turnOf(g))
	case !g.mine() && accepted.Status == compose.False:
		return "InstallationRefused", fmt.Sprintf("waiting for the spec of MattermostInstallation %q to be accepted: %s", installation, accepted.Message)
	}
	return "Quiescing", fmt.Sprintf("waiting for every replica of MattermostInstallation %q to stop: its status.restore.phase says how far it is", installation)
}

func restoredMessage(g gathered, d decision) string {
	switch {
	case d.step == v1alpha1.RestoreResumes:
		return fmt.Sprintf("waiting for MattermostInstallation %q to migrate the data and to answer on it: its conditions say how far it is", g.spec.MattermostClusterName)
	case d.step == v1alpha1.RestoreDrops:
		return fmt.Sprintf("waiting for Job %q to drop the data that was replaced", g.jobName(job.CommandForget))
	case d.forget.Phase == tool.Failed:
		return failure("the data that was replaced could not be dropped", d.forget)
	}
	return ""
}

func failedReason(g gathered, d decision) string {
	if d.replace.Reason != "" {
		return d.replace.Reason
	}
	if was := g.state.Composite().Condition(conditionRestored); was.Status == compose.False && was.Reason != "" {
		return was.Reason
	}
	return string(job.ReasonInternal)
}

// failedMessage is kept when nothing tells any more why it failed.
func failedMessage(g gathered, d decision) string {
	if d.replace.Reason != "" {
		return failure("nothing was replaced", d.replace) + "; " + another
	}
	if was := g.state.Composite().Condition(conditionRestored); was.Status == compose.False && was.Message != "" {
		return was.Message
	}
	return "nothing was replaced, and why is not known any more; " + another
}
