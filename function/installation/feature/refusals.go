package feature

import (
	"fmt"
	"slices"
	"strings"

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

// SecretHasKeys refuses a Secret that does not exist or lacks a key. The message names field,
// Secret and key, and never a value.
func SecretHasKeys(f *facts.Facts, field, name string, keys ...string) compose.Verdict {
	secret := f.Secret(name)
	if !secret.Exists() {
		return compose.Refuse("SecretNotFound", fmt.Sprintf(
			"%s: Secret %q does not exist in namespace %q: create it with key %s", field, name, f.Namespace, strings.Join(keys, " and ")))
	}
	for _, k := range keys {
		if secret.String("data", k) == "" {
			return compose.Refuse("SecretKeyMissing", fmt.Sprintf(
				"%s: Secret %q has no value under key %q: add it", field, name, k))
		}
	}
	return compose.Passed
}
