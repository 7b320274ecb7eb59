package database

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

const (
	requirementSecret   = "secret"
	keyConnectionString = "DB_CONNECTION_STRING"
	// nameVariable in a Secret's name stands for the asking object's name.
	nameVariable = "$(name)"
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
	return secretNamed(g, cmp.Or(g.policy.Database.Existing.SecretName, nameVariable))
}

// secretNamed is a Secret's name in which a variable stands for the asking object's.
func secretNamed(g gathered, name string) string {
	return strings.ReplaceAll(name, nameVariable, g.name)
}

func secretComplete(g gathered) compose.Verdict {
	name := existingName(g)
	secret, _ := g.state.Required(requirementSecret)
	if !secret.Exists() {
		return compose.Refuse("SecretNotFound", fmt.Sprintf("Secret %q does not exist in namespace %q: create it with key %s", name, g.namespace, keyConnectionString))
	}
	if secret.String("data", keyConnectionString) == "" {
		return compose.Refuse("SecretKeyMissing", fmt.Sprintf("Secret %q has no value under key %q: add it", name, keyConnectionString))
	}
	return compose.Passed
}
