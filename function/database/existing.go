package database

import (
	"cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
)

const (
	requirementSecret   = "secret"
	keyConnectionString = "DB_CONNECTION_STRING"
)

// existing is a Secret that is there already, with the key that installations with an
// external database use.
func existing() backend {
	return backend{
		Name:  "Existing",
		Gates: []compose.Gate[gathered]{noReadReplicas, noInstances, noRegion, noRetention, noParameters, noVersion, noStorage, noName, noDeletion, secretComplete},
		Require: func(a *compose.Answer, g gathered) {
			a.Require(requirementSecret, "v1", "Secret", existingName(g))
		},
		Connect: func(g gathered) (*v1alpha1.DatabaseConnection, string, error) {
			return &v1alpha1.DatabaseConnection{SecretName: existingName(g), Keys: v1alpha1.DatabaseKeys{URL: keyConnectionString}}, "", nil
		},
	}
}

func existingName(g gathered) string {
	return provision.Expanded(cmp.Or(g.policy.Database.Existing.SecretName, provision.NameVariable), g.name)
}

func secretComplete(g gathered) compose.Verdict {
	secret, _ := g.state.Required(requirementSecret)
	return compose.SecretComplete(secret, "", existingName(g), g.namespace, keyConnectionString)
}
