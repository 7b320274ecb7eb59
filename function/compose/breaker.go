package compose

import (
	"slices"
	"time"
)

// Crossplane limits how often changes wake a composite resource. Too many changes open its
// circuit breaker: condition Responsive becomes False, and Crossplane drops all changes but
// one every 30 seconds. The breaker closes only when a change arrives after its cooldown. A
// composite resource at rest has no changes, so its breaker would stay open. Changes of
// status.nudges close it.
//
// A function has no clock. While the breaker is open, every response changes status.nudges
// and asks Crossplane to call the function again soon, so that the function also sees
// changes that were dropped, such as an edit of the spec.
const (
	// cooldown of the breaker, unless Crossplane's flag --circuit-breaker-cooldown sets
	// another one.
	cooldown = 5 * time.Minute
	// revisitMissed is soon after the breaker lets a change through again. A change right
	// after that one may have been dropped.
	revisitMissed = 36 * time.Second
	// revisitUnderWay is used while something is in progress. It grows by a second each
	// time, so that a long wait causes fewer calls.
	revisitUnderWay = 3 * time.Second
	// revisitNudge is used during a longer cooldown: at most one nudge in a minute.
	revisitNudge = 70 * time.Second
)

const responsive = "Responsive"

// passedOver says whether Crossplane drops changes.
func passedOver(s State) bool { return s.Composite().Condition(responsive).Status == False }

// nudges returns the next value of status.nudges. It is 0 while the breaker is closed.
func nudges(s State) int64 {
	if !passedOver(s) {
		return 0
	}
	return s.Composite().Int("status", "nudges") + 1
}

// revisit says when Crossplane is to call the function again. A response that changes a
// condition asks for another call: its own writes may open the breaker, and then Crossplane
// may not call the function until it lets a change through. A call that finds nothing new
// writes nothing.
func (a *Answer) revisit() time.Duration {
	switch {
	case passedOver(a.state):
		return min(a.ttl, a.revisitPassedOver())
	case a.saysMore():
		return min(a.ttl, revisitMissed)
	}
	return a.ttl
}

func (a *Answer) revisitPassedOver() time.Duration {
	waits := slices.ContainsFunc(a.reported(), func(c Condition) bool { return c.Status != True && c.Waiting })
	switch {
	case waits:
		return min(revisitMissed, revisitUnderWay+time.Duration(nudges(a.state))*time.Second)
	case a.saysMore(), passed(a.state.Composite()) < cooldown:
		return revisitMissed
	}
	return revisitNudge
}

// passed is the time that has certainly passed since the breaker opened, until the
// composite's status was last written.
func passed(composite Resource) time.Duration {
	opened := composite.transition(responsive)
	written := opened
	for _, m := range composite.List("metadata", "managedFields") {
		if at := moment(m.String("time")); m.String("subresource") == "status" && at.After(written) {
			written = at
		}
	}
	return written.Sub(opened)
}

// transition is when a condition last changed, or the zero time if it does not exist.
func (r Resource) transition(kind string) time.Time {
	for _, c := range r.List("status", "conditions") {
		if c.String("type") == kind {
			return moment(c.String("lastTransitionTime"))
		}
	}
	return time.Time{}
}

// moment parses a time of Kubernetes. It returns the zero time if there is none.
func moment(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}
	}
	return t
}
