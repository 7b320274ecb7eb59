package compose

// Verdict of a gate.
type Verdict struct {
	// Pass says that the gate has nothing against it.
	Pass bool
	// Condition is the type of the condition that a refusal makes False.
	Condition string
	// Reason is a refusal's machine-readable reason.
	Reason string
	// Message names the field and the remedy of a refusal.
	Message string
}

// Passed is the verdict of a gate that has nothing against it.
var Passed = Verdict{Pass: true} //nolint:gochecknoglobals // A constant in all but syntax.

// Refuse is the verdict of a gate that has something against it.
func Refuse(condition, reason, message string) Verdict {
	return Verdict{Condition: condition, Reason: reason, Message: message}
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
