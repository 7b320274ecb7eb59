package compose

import (
	"fmt"
	"strings"
)

// SecretComplete refuses a Secret of a namespace that does not exist, or that has no value under
// one of the keys. The message names the field, unless it is empty, the Secret and the key, and
// never a value.
func SecretComplete(secret Resource, field, name, namespace string, keys ...string) Verdict {
	if field != "" {
		field += ": "
	}
	if !secret.Exists() {
		return Refuse("SecretNotFound", fmt.Sprintf("%sSecret %q does not exist in namespace %q: create it with %s", field, name, namespace, enumerated(keys)))
	}
	for _, k := range keys {
		if secret.String("data", k) == "" {
			return Refuse("SecretKeyMissing", fmt.Sprintf("%sSecret %q has no value under key %q: add it", field, name, k))
		}
	}
	return Passed
}

// enumerated keys, such as "keys a, b and c".
func enumerated(keys []string) string {
	last := len(keys) - 1
	if last < 1 {
		return "key " + strings.Join(keys, "")
	}
	return "keys " + strings.Join(keys[:last], ", ") + " and " + keys[last]
}
