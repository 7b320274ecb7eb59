package backup

import (
	"fmt"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/tool"
)

// Types of a backup's conditions. Ready, Synced and Responsive are Crossplane's.
const (
	conditionAccepted = "Accepted"
	conditionComplete = "BackupComplete"
)

// maxBackups that the status lists.
const maxBackups = 12

// report what is known of backups that are made as the spec says.
func report(a *compose.Answer, g gathered, attempts []attempt) error {
	stored := storedBackups(g, attempts)
	state, complete := outcome(g, attempts, stored)
	a.Report(compose.Condition{Type: conditionAccepted, Status: compose.True, Reason: "Accepted"}, complete)
	if state == v1alpha1.BackupFailed {
		// A schedule works on, and its last backup is missing all the same.
		a.Unready()
	}
	return a.SetStatus(statusOf(a, g, state, stored))
}

// await reports what is waited for before a backup can begin.
func await(a *compose.Answer, g gathered, attempts []attempt, v compose.Verdict) error {
	a.Report(
		compose.Condition{Type: conditionAccepted, Status: compose.True, Reason: "Accepted"},
		compose.Condition{Type: conditionComplete, Status: compose.False, Reason: v.Reason, Message: v.Message, Waiting: true},
	)
	a.Unready()
	return a.SetStatus(statusOf(a, g, v1alpha1.BackupWaiting, storedBackups(g, attempts)))
}

// refuse the spec. What was made by the one before stays, and goes on.
func refuse(a *compose.Answer, g gathered, attempts []attempt, v compose.Verdict) error {
	complete := compose.Condition{Type: conditionComplete, Status: compose.False, Reason: "Refused", Message: "no backup is made: condition " + conditionAccepted + " says why"}
	stored := storedBackups(g, attempts)
	if len(a.Names()) > 0 {
		_, complete = outcome(g, attempts, stored)
	} else {
		a.Unready()
	}
	a.Report(v.AsCondition(conditionAccepted), complete)
	return a.SetStatus(statusOf(a, g, v1alpha1.BackupRefused, stored))
}

func statusOf(a *compose.Answer, g gathered, state v1alpha1.BackupState, stored []v1alpha1.StoredBackup) v1alpha1.MattermostBackupStatus {
	return v1alpha1.MattermostBackupStatus{
		State:              state,
		Location:           location(g),
		ObservedGeneration: a.Generation(),
		Backups:            stored,
	}
}

// outcome of the one backup, or of the last of a schedule: the state in one word, and
// what its condition says.
func outcome(g gathered, attempts []attempt, stored []v1alpha1.StoredBackup) (v1alpha1.BackupState, compose.Condition) {
	if !g.scheduled() {
		return outcomeOnce(g, attempts)
	}
	state := v1alpha1.BackupScheduled
	running := len(attempts) > 0 && attempts[len(attempts)-1].Phase == tool.Running
	last, ended := lastEnded(attempts)
	observed := g.state.Observed(wayOf(g).scheduled).Exists()
	switch {
	case !observed:
		state = v1alpha1.BackupWaiting
	case running:
		state = v1alpha1.BackupRunning
	case g.suspended():
		state = v1alpha1.BackupSuspended
	case ended && last.Phase == tool.Failed:
		state = v1alpha1.BackupFailed
	}
	switch {
	case ended:
		return state, condition(last)
	case len(stored) > 0:
		return state, compose.Condition{Type: conditionComplete, Status: compose.True, Reason: "Complete"}
	case running:
		return state, condition(attempts[len(attempts)-1])
	}
	if !observed {
		return state, compose.Condition{Type: conditionComplete, Status: compose.False, Reason: "Starting", Message: "waiting for the schedule to be created", Waiting: true}
	}
	return state, compose.Condition{Type: conditionComplete, Status: compose.False, Reason: "NotDue", Message: "waiting for the first moment of spec.schedule", Waiting: true, Progress: compose.ProgressUnaffected}
}

func outcomeOnce(g gathered, attempts []attempt) (v1alpha1.BackupState, compose.Condition) {
	one := attempt{name: g.onceName(), Outcome: tool.Outcome{Phase: tool.Running}}
	switch {
	case len(attempts) > 0:
		one = attempts[0]
	case g.done():
		one.Phase = tool.Succeeded
	}
	state := map[tool.Phase]v1alpha1.BackupState{
		tool.Running: v1alpha1.BackupRunning, tool.Succeeded: v1alpha1.BackupComplete, tool.Failed: v1alpha1.BackupFailed,
	}[one.Phase]
	c := condition(one)
	if state == v1alpha1.BackupFailed {
		c.Message += "; it is not tried again: create another MattermostBackup"
	}
	return state, c
}

// lastEnded attempt, if any has ended.
func lastEnded(attempts []attempt) (last attempt, ended bool) {
	for _, of := range slices.Backward(attempts) {
		if of.Phase != tool.Running {
			return of, true
		}
	}
	return attempt{}, false
}

// condition says what became of an attempt.
func condition(of attempt) compose.Condition {
	c := compose.Condition{Type: conditionComplete, Status: compose.False}
	switch {
	case of.Phase == tool.Succeeded:
		c.Status, c.Reason = compose.True, "Complete"
	case of.Phase == tool.Failed:
		c.Reason, c.Message = of.Reason, failure(fmt.Sprintf("backup %q failed", of.name), of.Outcome)
	case of.Reason != "":
		c.Reason, c.Message, c.Progress = "Retrying", failure(fmt.Sprintf("backup %q failed and is tried again", of.name), of.Outcome), compose.ProgressContinues
	case of.Waiting != "":
		c.Reason, c.Message, c.Waiting = "Starting", fmt.Sprintf("waiting for backup %q: %s", of.name, of.Waiting), true
	default:
		c.Reason, c.Message, c.Waiting = "Running", fmt.Sprintf("waiting for backup %q", of.name), true
	}
	return c
}

// storedBackups that exist, newest first: those that the newest result tells of, or else
// those that were told of before. Results go with their pods.
func storedBackups(g gathered, attempts []attempt) []v1alpha1.StoredBackup {
	out := slices.Clone(g.told)
	asOf := time.Time{}
	if len(out) > 0 {
		asOf = out[0].CompletedAt.Time
	}
	for _, of := range attempts {
		r := of.Result
		if r == nil || len(r.Backups) == 0 {
			continue
		}
		// What an attempt left may be seen later than that it succeeded.
		if !r.FinishedAt.Before(asOf) || r.Backups[0].Name == out[0].Name {
			out, asOf = listOf(*r), r.FinishedAt
		}
	}
	for _, of := range attempts {
		b, unheard := untold(of)
		listed := slices.ContainsFunc(out, func(o v1alpha1.StoredBackup) bool { return o.Name == b.Name })
		if unheard && !listed && b.CompletedAt.After(asOf) {
			out = append(out, b)
		}
	}
	slices.SortStableFunc(out, func(a, b v1alpha1.StoredBackup) int {
		if c := b.CompletedAt.Compare(a.CompletedAt.Time); c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
	return out[:min(len(out), maxBackups)]
}

// listOf the backups of a result.
func listOf(r job.Result) []v1alpha1.StoredBackup {
	out := make([]v1alpha1.StoredBackup, 0, len(r.Backups))
	for _, b := range r.Backups {
		out = append(out, v1alpha1.StoredBackup{
			Name:        b.Name,
			StartedAt:   metav1.NewTime(b.StartedAt.Truncate(time.Second)),
			CompletedAt: metav1.NewTime(b.CompletedAt.Truncate(time.Second)),
			Bytes:       b.Bytes,
			Files:       b.Files,
			Checksum:    b.Checksum,
			Version:     b.Version,
		})
	}
	return out
}

// untold backup: one that is complete and whose result nobody saw.
func untold(of attempt) (b v1alpha1.StoredBackup, ok bool) {
	if of.Phase != tool.Succeeded || of.Result != nil {
		return b, false
	}
	began, err := time.Parse(time.RFC3339, of.began)
	if err != nil {
		return b, false
	}
	completed, err := time.Parse(time.RFC3339, of.completed)
	if err != nil {
		return b, false
	}
	return v1alpha1.StoredBackup{Name: of.name, StartedAt: metav1.NewTime(began), CompletedAt: metav1.NewTime(completed)}, true
}
