package compose

import (
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// Status of a condition.
type Status string

// Statuses of a condition.
const (
	True    Status = "True"
	False   Status = "False"
	Unknown Status = "Unknown"
)

// Condition says one thing about a composite resource. Messages are stable:
// sorted, without times, without secret values.
type Condition struct {
	Type    string
	Status  Status
	Reason  string
	Message string
	// Waiting says that what is not True is on its way, so that its announcement
	// warns nobody.
	Waiting bool
	// Expected says that the spec asks for a condition that is not True, so its event is no
	// warning.
	Expected bool
	// Progress says what a condition that is False means for conditions Reconciling and Stalled.
	Progress Progress
	// Silent conditions cause no events.
	Silent bool
}

// Progress is what a condition that is False means for the progress of the whole.
type Progress string

const (
	// ProgressByWaiting means that something is in progress if the condition is Waiting, and that
	// it has stalled otherwise.
	ProgressByWaiting Progress = ""
	// ProgressUnaffected means that what the spec asks for is done or not done all the same.
	ProgressUnaffected Progress = "Unaffected"
	// ProgressContinues means that something is in progress, though somebody should look at it.
	ProgressContinues Progress = "Continues"
)

// reconciling says whether a condition means that something is in progress.
func (c Condition) reconciling() bool {
	return c.Status == False && (c.Progress == ProgressContinues || c.Progress == ProgressByWaiting && c.Waiting)
}

// stalled says whether a condition means that nothing goes on until somebody acts.
func (c Condition) stalled() bool {
	return c.Status == False && c.Progress == ProgressByWaiting && !c.Waiting && !c.Expected
}

func (c Condition) proto() *fnv1.Condition {
	status := fnv1.Status_STATUS_CONDITION_UNKNOWN
	switch c.Status {
	case True:
		status = fnv1.Status_STATUS_CONDITION_TRUE
	case False:
		status = fnv1.Status_STATUS_CONDITION_FALSE
	case Unknown:
	}
	out := &fnv1.Condition{
		Type:   c.Type,
		Status: status,
		Reason: c.Reason,
		Target: fnv1.Target_TARGET_COMPOSITE_AND_CLAIM.Enum(),
	}
	if c.Message != "" {
		out.Message = &c.Message
	}
	return out
}

// news says whether a condition needs an event, compared with the condition before: it has
// another status, or another reason that somebody must act on. A new condition that is
// True, or that waits as expected, needs none.
func (c Condition) news(was Condition) bool {
	if c.Silent {
		return false
	}
	switch was.Status {
	case "":
		return c.Status != True
	case c.Status:
		return was.Reason != c.Reason && !c.Waiting
	}
	return true
}

// result announces a condition that changed, as an event.
func (c Condition) result() *fnv1.Result {
	severity := fnv1.Severity_SEVERITY_NORMAL
	if c.Status == False && !c.Waiting && !c.Expected {
		severity = fnv1.Severity_SEVERITY_WARNING
	}
	message := c.Message
	if message == "" {
		message = c.Type + " is " + string(c.Status)
	}
	reason := c.Reason
	return &fnv1.Result{
		Severity: severity,
		Message:  message,
		Reason:   &reason,
		Target:   fnv1.Target_TARGET_COMPOSITE_AND_CLAIM.Enum(),
	}
}
