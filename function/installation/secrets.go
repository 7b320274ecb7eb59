package installation

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// secretHasKeys refuses a Secret that does not exist or lacks a key. The message
// names field, Secret and key, and never a value.
func secretHasKeys(g gathered, field, name string, keys ...string) compose.Verdict {
	secret := g.secret(name)
	if !secret.Exists() {
		return compose.Refuse("SecretNotFound", fmt.Sprintf(
			"%s: Secret %q does not exist in namespace %q: create it with key %s", field, name, g.namespace, list(keys)))
	}
	for _, k := range keys {
		if secret.String("data", k) == "" {
			return compose.Refuse("SecretKeyMissing", fmt.Sprintf(
				"%s: Secret %q has no value under key %q: add it", field, name, k))
		}
	}
	return compose.Passed
}

func list(keys []string) string {
	out := ""
	for i, k := range keys {
		if i > 0 {
			out += " and "
		}
		out += k
	}
	return out
}

// environmentSecretsExist refuses variables that a pod could not start with.
func environmentSecretsExist(g gathered) compose.Verdict {
	for _, e := range g.spec.MattermostEnv {
		if e.ValueFrom == nil || e.ValueFrom.SecretKeyRef == nil || optional(e.ValueFrom.SecretKeyRef) {
			continue
		}
		ref := e.ValueFrom.SecretKeyRef
		field := fmt.Sprintf("spec.mattermostEnv[%s].valueFrom.secretKeyRef", e.Name)
		if v := secretHasKeys(g, field, ref.Name, ref.Key); !v.Pass {
			return v
		}
	}
	return compose.Passed
}

// secretsChecksum changes when a value that the server reads from a Secret at
// start changes. It is one digest over all of them, so that it cannot be used to
// guess one that is short.
func secretsChecksum(g gathered) string {
	var line []byte
	h := sha256.New()
	for _, name := range secretNames(g) {
		data := g.secret(name).At("data").Struct().GetFields()
		for _, key := range slices.Sorted(maps.Keys(data)) {
			line = line[:0]
			for _, part := range []string{name, key, data[key].GetStringValue()} {
				line = strconv.AppendQuote(line, part)
			}
			_, _ = h.Write(line)
		}
	}
	return hex.EncodeToString(h.Sum(nil))[:32]
}
