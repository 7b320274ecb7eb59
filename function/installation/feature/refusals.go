package feature

import (
	"slices"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
)

// Refusals are the conditions that the features' rules refuse, in the order of the features:
// one for each condition, so that a user learns at once of all that is wrong.
func Refusals(f *facts.Facts, d *decision.Decisions, features []Feature) []compose.Condition {
	var out []compose.Condition
	for _, of := range features {
		for _, c := range of.Rules {
			if slices.ContainsFunc(out, func(r compose.Condition) bool { return r.Type == c.Condition }) {
				continue
			}
			if v := check(f, d, c.Gates); !v.Pass {
				out = append(out, v.AsCondition(c.Condition))
			}
		}
	}
	return out
}

// check gates in order. The first refusal is the verdict.
func check(f *facts.Facts, d *decision.Decisions, gates []Gate) compose.Verdict {
	for _, gate := range gates {
		if v := gate(f, d); !v.Pass {
			return v
		}
	}
	return compose.Passed
}

// SecretComplete refuses a Secret that a field names and that does not exist or lacks a key.
func SecretComplete(f *facts.Facts, field, name string, keys ...string) compose.Verdict {
	return compose.SecretComplete(f.Secret(name), field, name, f.Namespace, keys...)
}
