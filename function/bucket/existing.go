package bucket

import (
	"cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
)

const (
	requirementSecret = "secret"

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
	return provision.Expanded(cmp.Or(g.policy.Bucket.Existing.SecretName, provision.NameVariable), g.name)
}

func secretComplete(g gathered) compose.Verdict {
	secret, _ := g.state.Required(requirementSecret)
	return compose.SecretComplete(secret, "", existingName(g), g.namespace, keyEndpoint, keyBucket, keyAccessKey, keySecretKey)
}
