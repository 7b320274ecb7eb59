package database

import (
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
)

// Names under which a database on a server that exists is composed.
const (
	backendSQL      = "ProviderSQL"
	nameSQLRole     = "sql-role"
	nameSQLDatabase = "sql-database"
	nameSQLGrant    = "sql-grant"
	nameSQLUsage    = "sql-usage"

	apiSQL = "postgresql.sql.m.crossplane.io/v1alpha1"

	// Keys that provider-sql writes.
	keySQLHost     = "endpoint"
	keySQLPort     = "port"
	keySQLUsername = "username"

	// sqlHashLength tells passwords of roles apart, in hexadecimal digits.
	sqlHashLength = 8
)

type sqlRole struct {
	PasswordSecretRef keyReference  `json:"passwordSecretRef"`
	Privileges        sqlPrivileges `json:"privileges"`
}

type sqlPrivileges struct {
	Login bool `json:"login"`
}

// sqlDatabase names its owner and refers to none: provider-sql would take the reference
// for a difference, and alter the database for ever.
type sqlDatabase struct {
	Owner            string `json:"owner"`
	AllowConnections bool   `json:"allowConnections"`
}

type sqlGrant struct {
	Role             string   `json:"role"`
	Database         string   `json:"database"`
	Privileges       []string `json:"privileges"`
	RevokePublicOnDB bool     `json:"revokePublicOnDb"`
}

type usage struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec usageSpec `json:"spec"`
}

type usageSpec struct {
	Of             usageResource `json:"of"`
	By             usageResource `json:"by"`
	ReplayDeletion bool          `json:"replayDeletion"`
}

type usageResource struct {
	APIVersion  string    `json:"apiVersion"`
	Kind        string    `json:"kind"`
	ResourceRef reference `json:"resourceRef"`
}

// passwordUsage keeps the role's password until the role is gone: the provider reads it
// whenever it looks at the role, also to delete it.
func passwordUsage(g gathered) *usage {
	return &usage{
		TypeMeta:   metav1.TypeMeta{APIVersion: "protection.crossplane.io/v1beta1", Kind: "Usage"},
		ObjectMeta: metav1.ObjectMeta{Name: sqlPassword(g), Labels: provision.Labels(g.name, component, g.policy.Labels)},
		Spec: usageSpec{
			Of:             usageResource{APIVersion: "v1", Kind: "Secret", ResourceRef: reference{Name: sqlPassword(g)}},
			By:             usageResource{APIVersion: apiSQL, Kind: "Role", ResourceRef: reference{Name: g.name}},
			ReplayDeletion: true,
		},
	}
}

// providerSQL is a database on a server that is there already.
func providerSQL() backend {
	return backend{
		Name:  backendSQL,
		Gates: []compose.Gate[gathered]{noReadReplicas, noInstances, noRegion, noRetention, noParameters, noVersion, noStorage, noName},
		Build: buildSQL,
		Connect: func(g gathered) (*v1alpha1.DatabaseConnection, string, error) {
			return connect(g, v1alpha1.DatabaseConnection{
				SecretName: connectionSecret(g),
				Keys:       v1alpha1.DatabaseKeys{Host: keySQLHost, Port: keySQLPort, Username: keySQLUsername, Password: keyPassword},
				Values:     v1alpha1.DatabaseValues{Database: sqlName(g, nameSQLDatabase), SSLMode: g.policy.Database.ProviderSQL.SSLMode},
			},
				provision.Part{Composed: nameSQLRole, Resource: "role." + groupOf(apiSQL), Name: g.name},
				provision.Part{Composed: nameSQLDatabase, Resource: "database." + groupOf(apiSQL), Name: g.name},
				provision.Part{Composed: nameSQLGrant, Resource: "grant." + groupOf(apiSQL), Name: g.name},
			)
		},
	}
}

// sqlPassword is the Secret of the role's password, by a name of its own for each
// composite resource: the deletion that a Usage held back may come when another of the
// same name is there already.
func sqlPassword(g gathered) string {
	name := passwordSecret(g) + "-" + compose.Hash(g.state.Composite().String("metadata", "uid"), sqlHashLength)
	return g.stays(name, provision.NameCredentials, "metadata", "name")
}

// sqlName of a role or a database, which it keeps. Servers know no hyphens in names
// that are not quoted.
func sqlName(g gathered, composed string) string {
	name := strings.ReplaceAll(externalName(g, g.policy.Database.ProviderSQL.ManagedDatabase), "-", "_")
	return g.stays(name, composed, "metadata", "annotations", provision.AnnotationExternalName)
}

// buildSQL composes a role with a database of its own. The password is ours: one that
// the provider makes up for a role that was retained is often told to nobody.
func buildSQL(a *compose.Answer, g gathered) error {
	values, err := ownPassword(g, nameSQLRole, sqlPassword(g))
	if err != nil {
		return err
	}
	of := g.policy.Database.ProviderSQL.ManagedDatabase
	owner, name := sqlName(g, nameSQLRole), sqlName(g, nameSQLDatabase)
	role := g.resource(nameSQLDatabase, apiSQL, "Role", g.name, of, sqlRole{
		PasswordSecretRef: keyReference{Name: sqlPassword(g), Key: keyPassword},
		Privileges:        sqlPrivileges{Login: true},
	}).
		Called(owner).Retain(retained(g)).Writing(connectionSecret(g))
	db := g.resource(nameSQLDatabase, apiSQL, "Database", g.name, of, sqlDatabase{Owner: owner, AllowConnections: true}).
		Called(name).Retain(retained(g)).HoldingData("")
	// It goes with the database. To revoke it first would only fail once that is gone.
	grant := g.resource(nameSQLDatabase, apiSQL, "Grant", g.name, of, sqlGrant{
		Role: owner, Database: name, Privileges: []string{"ALL"}, RevokePublicOnDB: true,
	})
	return errors.Join(
		a.Desire(provision.NameCredentials, provision.Secret(sqlPassword(g), provision.Labels(g.name, component, g.policy.Labels), values)),
		a.Desire(nameSQLUsage, passwordUsage(g)),
		a.Desire(nameSQLRole, role),
		a.Desire(nameSQLDatabase, db),
		a.Desire(nameSQLGrant, grant),
	)
}

// groupOf an API version.
func groupOf(apiVersion string) string {
	group, _, _ := strings.Cut(apiVersion, "/")
	return group
}
