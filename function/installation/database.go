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
	if db := g.spec.Database; db != nil && db.External != nil && db.External.Secret != "" {
		return compose.Passed
	}
	return compose.Refuse("DatabaseMissing",
		"spec.database.external.secret is required: name a Secret with key "+keyConnectionString)
}

func databaseSecretComplete(g gathered) compose.Verdict {
	return secretHasKeys(g, "spec.database.external.secret", g.spec.Database.External.Secret, keyConnectionString)
}

// databaseSupported refuses a connection string that no server understands, and
// MySQL for servers that dropped it.
func databaseSupported(g gathered) compose.Verdict {
	scheme := connectionScheme(g)
	switch scheme {
	case "postgres", "postgresql":
		return compose.Passed
	case "mysql":
		if v := semantic(g.version); v != nil && v.Major() < 11 {
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
	name := g.spec.Database.External.Secret
	secret := g.secret(name)
	source := keyConnectionString
	if secret.String("data", keyDataSource) != "" {
		source = keyDataSource
	}
	env := []corev1.EnvVar{
		fromSecret("MM_CONFIG", name, keyConnectionString),
		fromSecret(keyDataSource, name, source),
	}
	if secret.String("data", keyDataSourceReplicas) != "" {
		env = append(env, fromSecret(keyDataSourceReplicas, name, keyDataSourceReplicas))
	}
	return env
}
