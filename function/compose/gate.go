package compose

// Verdict of a gate.
type Verdict struct {
	// Pass says that the gate has nothing against it.
	Pass bool
	// Reason is a refusal's machine-readable reason.
	Reason string
	// Message names the field and the remedy of a refusal.
	Message string
	// Waiting says that the refusal will end by itself.
	Waiting bool
}

// AsCondition returns the condition that a refusal sets to False.
func (v Verdict) AsCondition(kind string) Condition {
	return Condition{Type: kind, Status: False, Reason: v.Reason, Message: v.Message, Waiting: v.Waiting}
}

// Passed is the verdict of a gate that has nothing against it.
var Passed = Verdict{Pass: true} //nolint:gochecknoglobals // A constant in all but syntax.

// Refuse is the verdict of a gate that has something against it.
func Refuse(reason, message string) Verdict {
	return Verdict{Reason: reason, Message: message}
}

// Gate decides, from what was gathered and nothing else, whether one thing may
// happen.
type Gate[S any] func(gathered S) Verdict

// Check asks gates in order. The first refusal is the verdict.
func Check[S any](gathered S, gates ...Gate[S]) Verdict {
	for _, g := range gates {
		if v := g(gathered); !v.Pass {
			return v
		}
	}
	return Passed
}

// Chapter is a list of gates that one condition speaks of.
type Chapter[S any] struct {
	// Condition is the type of the condition that is False when a gate refuses.
	Condition string
	// Gates, in the order they are asked.
	Gates []Gate[S]
}

// Refusals are the conditions of the chapters that refuse, in order. Each chapter
// is asked, so that a user learns of all that is wrong at once.
func Refusals[S any](gathered S, chapters []Chapter[S]) []Condition {
	var out []Condition
	for _, c := range chapters {
		if v := Check(gathered, c.Gates...); !v.Pass {
			out = append(out, v.AsCondition(c.Condition))
		}
	}
	return out
}
