package provision

import "github.com/crossplane/crossplane-runtime/v2/pkg/errors"

// Candidate is a backend that a platform's policy may name.
type Candidate[G, C any] struct {
	// Named says whether it does.
	Named bool
	// Make the backend.
	Make func() Backend[G, C]
}

// Choose the backend that the policy names, in a field of the function's input. It
// fails unless there is exactly one, since no user could mend that.
func Choose[G, C any](field string, candidates ...Candidate[G, C]) (Backend[G, C], error) {
	var out []Backend[G, C]
	for _, c := range candidates {
		if c.Named {
			out = append(out, c.Make())
		}
	}
	if len(out) != 1 {
		return Backend[G, C]{}, errors.Errorf("cannot choose a backend: %s of the function's input names %d and must name exactly one, such as standalone: {}", field, len(out))
	}
	return out[0], nil
}
