package compose

import (
	"slices"
	"time"
)

// Crossplane meters the changes that wake a composite resource. Too many of them open its
// circuit breaker: condition Responsive is then False, and what changes is passed over, but
// for one change every 30 seconds. The breaker closes by the first change that comes when
// its cooldown is over, and by nothing else. A composite resource at rest has no changes, so
// that its breaker would stay open: status.nudges is a change that is made for its sake.
//
// A function has no clock. Every answer that is given meanwhile nudges, and asks to be called
// again soon while the cooldown lasts: whatever was passed over, such as an edit of the spec,
// is then seen.
const (
	// cooldown of the breaker, unless Crossplane's flag --circuit-breaker-cooldown says
	// otherwise.
	cooldown = 5 * time.Minute
	// revisitMissed is soon after the breaker lets a change pass again: one that came just
	// after another was passed over.
	revisitMissed = 36 * time.Second
	// revisitUnderWay is for what is under way, and a second more each time: what goes on
	// for long is looked at less often.
	revisitUnderWay = 3 * time.Second
	// revisitNudge is for a cooldown that is longer: no more than one nudge in a minute.
	revisitNudge = 70 * time.Second
)

const responsive = "Responsive"

// passedOver says whether Crossplane passes over what changes.
func passedOver(s State) bool { return s.Composite().Condition(responsive).Status == False }

// nudges that this answer makes it, none while Crossplane hears what changes.
func nudges(s State) int64 {
	if !passedOver(s) {
		return 0
	}
	return s.Composite().Int("status", "nudges") + 1
}

// revisit is when Crossplane is to ask again. An answer that changes a condition is followed
// by another look: its own writes may open the breaker, and the function is not called then
// until a change is let through, which may be never. A look that finds nothing new writes
// nothing.
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
	waits := slices.ContainsFunc(a.conditions, func(c Condition) bool { return c.Status != True && c.Waiting })
	switch {
	case waits:
		return min(revisitMissed, revisitUnderWay+time.Duration(nudges(a.state))*time.Second)
	case a.saysMore(), passed(a.state.Composite()) < cooldown:
		return revisitMissed
	}
	return revisitNudge
}

// passed is how much time is known to have passed since the breaker opened: until the
// composite's status was written last.
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

// transition is when a condition was last another, the zero time when it is not there.
func (r Resource) transition(kind string) time.Time {
	for _, c := range r.List("status", "conditions") {
		if c.String("type") == kind {
			return moment(c.String("lastTransitionTime"))
		}
	}
	return time.Time{}
}

// moment that Kubernetes tells, the zero time when it tells none.
func moment(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}
	}
	return t
}
