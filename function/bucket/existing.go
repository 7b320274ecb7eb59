package bucket

import (
	"fmt"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

const (
	requirementSecret = "secret"
	// nameVariable in a Secret's name stands for the asking object's name.
	nameVariable = "$(name)"

	keyEndpoint  = "endpoint"
	keyBucket    = "bucket"
	keyAccessKey = "accesskey"
	keySecretKey = "secretkey"
)

// existing is a Secret that is there already.
func existing() backend {
	return backend{
		Name:  "Existing",
		Gates: []compose.Gate[gathered]{noRegion, noRetention, noStorage, noName, noDeletion, secretComplete},
		Require: func(a *compose.Answer, g gathered) {
			a.Require(requirementSecret, "v1", "Secret", existingName(g))
		},
		Connect: func(g gathered) (*v1alpha1.BucketConnection, string, error) {
			return &v1alpha1.BucketConnection{
				SecretName: existingName(g),
				Keys:       v1alpha1.BucketKeys{Endpoint: keyEndpoint, Bucket: keyBucket, AccessKey: keyAccessKey, SecretKey: keySecretKey},
			}, "", nil
		},
	}
}

func existingName(g gathered) string {
	name := g.policy.Bucket.Existing.SecretName
	if name == "" {
		name = nameVariable
	}
	return strings.ReplaceAll(name, nameVariable, g.name)
}

func secretComplete(g gathered) compose.Verdict {
	name := existingName(g)
	secret, _ := g.state.Required(requirementSecret)
	keys := []string{keyEndpoint, keyBucket, keyAccessKey, keySecretKey}
	if !secret.Exists() {
		return compose.Refuse("SecretNotFound", fmt.Sprintf("Secret %q does not exist in namespace %q: create it with keys %s", name, g.namespace, strings.Join(keys, ", ")))
	}
	for _, k := range keys {
		if secret.String("data", k) == "" {
			return compose.Refuse("SecretKeyMissing", fmt.Sprintf("Secret %q has no value under key %q: add it", name, k))
		}
	}
	return compose.Passed
}
