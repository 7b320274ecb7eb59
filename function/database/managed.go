package database

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

const (
	namePrefix = "mm"

	// maxExternalName leaves room for a suffix in the 63 characters that AWS, Azure and
	// PostgreSQL allow. Cloud SQL allows 67 besides the longest name of a project.
	maxExternalName = 60
	suffixReader    = "-r"
)

type reference = provision.Reference

// keyReference is a key of a Secret of the same namespace.
type keyReference struct {
	Name string `json:"name"`
	Key  string `json:"key"`
}

func retained(g gathered) bool { return provision.Retained(g.spec.DeletionPolicy) }

// resource of a provider, beside a composed object whose account it has.
func (g gathered) resource(with, apiVersion, kind, name string, of v1beta1.ManagedDatabase, forProvider any) *provision.Managed {
	return provision.Manage(apiVersion, kind, name, provision.Labels(g.name, component, g.policy.Labels), of.ProviderConfigRef, forProvider).
		Beside(g.state.Observed(with))
}

// Secrets that hold the password, and what a provider writes of a connection.
func passwordSecret(g gathered) string   { return g.name + "-database-password" }
func connectionSecret(g gathered) string { return g.name + "-database" }

// ownPassword of a user, which nobody but us makes, and once. It fails when its Secret
// is not seen though the user is, or was: another password would lock everybody out
// until they have it.
func ownPassword(g gathered, user, secretName string) (map[string][]byte, error) {
	secret, of := g.state.Observed(provision.NameCredentials), g.state.Observed(user)
	if !secret.Exists() && (of.Exists() || g.told) {
		return nil, errors.Errorf("cannot find the password of the database's user: restore Secret %q", secretName)
	}
	return provision.Credentials(secret, of, keyPassword)
}

var dashes = regexp.MustCompile("-{2,}")

// externalName of what is made outside of this cluster, where the names of all
// namespaces meet. The same object always gets the same, so that one of the same name
// finds again what was retained.
func externalName(g gathered, of v1beta1.ManagedDatabase) string {
	name := dashes.ReplaceAllString(strings.Join([]string{cmp.Or(of.NamePrefix, namePrefix), g.namespace, g.name}, "-"), "-")
	return provision.Distinct(name, g.namespace+"/"+g.name, maxExternalName)
}

// stays is what an object was made with at a path, and something else only when there
// is none.
func (g gathered) stays(otherwise, composed string, path ...string) string {
	return cmp.Or(g.state.Observed(composed).String(path...), otherwise)
}

// connect reports a connection once its host is known and, the first time, all parts are
// ready.
func connect(g gathered, c v1alpha1.DatabaseConnection, parts ...provision.Part) (*v1alpha1.DatabaseConnection, string, error) {
	waiting := provision.Awaited(g.state, parts...)
	if c.Values.Host == "" && c.Keys.Host == "" {
		if waiting == "" {
			waiting = fmt.Sprintf("waiting for %s %q to tell its address", parts[0].Resource, parts[0].Name)
		}
		return nil, waiting, nil
	}
	return provision.Tell(g.told, &c, waiting)
}
