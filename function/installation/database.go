package installation

import (
	"encoding/base64"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// Keys of the database Secret.
const (
	keyConnectionString   = "DB_CONNECTION_STRING"
	keyDataSource         = "MM_SQLSETTINGS_DATASOURCE"
	keyDataSourceReplicas = "MM_SQLSETTINGS_DATASOURCEREPLICAS"
)

// databaseNamed refuses an installation without a database. The API refuses it
// first.
func databaseNamed(g gathered) compose.Verdict {
	if db := g.spec.Database; db != nil && (db.Claim != nil || db.External != nil && db.External.Secret != "") {
		return compose.Passed
	}
	return compose.Refuse("DatabaseMissing",
		"spec.database is required: set spec.database.claim: {}, or name in spec.database.external.secret a Secret with key "+keyConnectionString)
}

func databaseSecretComplete(g gathered) compose.Verdict {
	if databaseClaimed(g) {
		return compose.Passed
	}
	return secretHasKeys(g, "spec.database.external.secret", g.spec.Database.External.Secret, keyConnectionString)
}

// databaseSupported refuses a connection string that no server understands, and
// MySQL for servers that dropped it.
func databaseSupported(g gathered) compose.Verdict {
	if databaseClaimed(g) {
		return compose.Passed
	}
	scheme := connectionScheme(g)
	switch scheme {
	case "postgres", "postgresql":
		return compose.Passed
	case schemeMySQL:
		if line := lineOfTag(g.version); line != nil && line.Major() < 11 {
			return compose.Passed
		}
		return compose.Refuse("DatabaseUnsupported",
			"spec.database.external.secret: key "+keyConnectionString+" is a MySQL URL, which servers from 11.0 on cannot use: move the data to PostgreSQL, or set spec.version below 11.0")
	}
	return compose.Refuse("DatabaseUnsupported",
		"spec.database.external.secret: key "+keyConnectionString+" must begin with postgres:// (or mysql:// for servers before 11.0)")
}

// connectionScheme is the connection string's scheme: the one part of it that is
// read.
func connectionScheme(g gathered) string {
	encoded := g.secret(g.spec.Database.External.Secret).String("data", keyConnectionString)
	decoded, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return ""
	}
	scheme, _, found := strings.Cut(string(decoded), "://")
	if !found {
		return ""
	}
	return scheme
}

// databaseEnv makes the server keep its configuration in the database, and use
// this database even when that configuration names another, as after a restore.
func databaseEnv(g gathered) []corev1.EnvVar {
	d := databaseSecret(g)
	env := []corev1.EnvVar{
		fromSecret("MM_CONFIG", d.name, d.url),
		fromSecret(keyDataSource, d.name, d.source),
	}
	if d.replicas != "" {
		env = append(env, fromSecret(keyDataSourceReplicas, d.name, d.replicas))
	}
	return env
}

// dataSources are the keys of a Secret that the server is connected by.
type dataSources struct {
	name, url, source string
	// replicas is empty when there are none.
	replicas string
}

func databaseSecret(g gathered) dataSources {
	switch c := g.database; {
	case c != nil && c.Keys.URL != "":
		return dataSources{name: c.SecretName, url: c.Keys.URL, source: c.Keys.URL}
	case c != nil:
		d := dataSources{name: connectionName(g), url: keyConnectionString, source: keyConnectionString}
		if c.Keys.ReaderHost != "" || c.Values.ReaderHost != "" {
			d.replicas = keyDataSourceReplicas
		}
		return d
	case g.spec.Database.External == nil:
		// It is claimed, and not there yet.
		return dataSources{}
	}
	d := dataSources{name: g.spec.Database.External.Secret, url: keyConnectionString, source: keyConnectionString}
	secret := g.secret(d.name)
	if secret.String("data", keyDataSource) != "" {
		d.source = keyDataSource
	}
	if secret.String("data", keyDataSourceReplicas) != "" {
		d.replicas = keyDataSourceReplicas
	}
	return d
}
