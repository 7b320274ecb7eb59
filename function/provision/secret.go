package provision

import (
	"fmt"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// NameVariable in a Secret's name stands for the asking object's name.
const NameVariable = "$(name)"

// Expanded is a Secret's name with the asking object's in place of the variable.
func Expanded(secret, name string) string { return strings.ReplaceAll(secret, NameVariable, name) }

// Complete refuses a Secret of a namespace that does not exist, or that has no value
// under one of the keys.
func Complete(secret compose.Resource, name, namespace string, keys ...string) compose.Verdict {
	if !secret.Exists() {
		noun := "key"
		if len(keys) > 1 {
			noun = "keys"
		}
		return compose.Refuse("SecretNotFound", fmt.Sprintf("Secret %q does not exist in namespace %q: create it with %s %s", name, namespace, noun, strings.Join(keys, ", ")))
	}
	for _, k := range keys {
		if secret.String("data", k) == "" {
			return compose.Refuse("SecretKeyMissing", fmt.Sprintf("Secret %q has no value under key %q: add it", name, k))
		}
	}
	return compose.Passed
}
