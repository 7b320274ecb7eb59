package compose

import (
	"slices"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// Types of conditions that every composite resource has.
const (
	// conditionAccepted says whether the spec is applied.
	conditionAccepted = "Accepted"
	// conditionReconciling and conditionStalled are those of kstatus, by which GitOps tools tell
	// progress from failure: True is the state that calls for attention.
	conditionReconciling = "Reconciling"
	// ConditionStalled is also reported by answers that are fatal.
	ConditionStalled = "Stalled"
)

// Unapplied says whether Crossplane could not apply what was composed last, or not all of it.
func (s State) Unapplied() bool {
	synced := s.Composite().Condition("Synced")
	return synced.Status == False && synced.Reason == "ReconcileError"
}

// reported conditions: those of the composer, of which Accepted follows whether what was composed
// could be applied, and the progress that they mean together.
func (a *Answer) reported() []Condition {
	if len(a.conditions) == 0 {
		return nil
	}
	out := slices.Clone(a.conditions)
	for i, c := range out {
		if c.Type == conditionAccepted && c.Status == True && a.state.Unapplied() {
			out[i] = Condition{Type: c.Type, Status: False, Reason: "NotApplied", Message: "Kubernetes rejected objects that the spec asks for: condition Synced names them, and the events of this resource say why", Waiting: true}
		}
	}
	return append(out, a.progress(out)...)
}

// progress that conditions mean: one that has stalled is not in progress. Each of the two
// conditions is left out until it is True for the first time.
func (a *Answer) progress(conditions []Condition) []Condition {
	reconciling := Condition{Type: conditionReconciling, Status: False, Reason: "Complete", Progress: ProgressUnaffected, Silent: true}
	stalled := Condition{Type: ConditionStalled, Status: False, Reason: "NotStalled", Progress: ProgressUnaffected, Silent: true}
	if i := slices.IndexFunc(conditions, Condition.stalled); i >= 0 {
		stalled.Status, stalled.Reason, stalled.Message = True, conditions[i].Reason, conditions[i].Type+": "+conditions[i].Message
	} else if slices.ContainsFunc(conditions, Condition.reconciling) || a.unready || a.awaits() {
		reconciling.Status, reconciling.Reason = True, "InProgress"
	}
	return slices.DeleteFunc([]Condition{reconciling, stalled}, func(c Condition) bool {
		return c.Status != True && a.state.Composite().Condition(c.Type).Status == ""
	})
}

// awaits says whether an object that is desired is not ready.
func (a *Answer) awaits() bool {
	for _, r := range a.desired {
		if r.GetReady() != fnv1.Ready_READY_TRUE {
			return true
		}
	}
	return false
}
