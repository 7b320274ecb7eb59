// Package database is where an installation keeps its data: in a database that it claims, or in
// one that exists.
package database

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/claim"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/feature"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/release"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/pod"
)

const (
	// Keys of the database Secret.
	keyConnectionString   = "DB_CONNECTION_STRING"
	keyDataSource         = "MM_SQLSETTINGS_DATASOURCE"
	keyDataSourceReplicas = "MM_SQLSETTINGS_DATASOURCEREPLICAS"

	// variableConfig says where the server keeps its configuration.
	variableConfig = "MM_CONFIG"

	schemePostgres = "postgres"
	schemeMySQL    = "mysql"

	// Engines of a database, as the status names them.
	enginePostgreSQL = "PostgreSQL"
	engineMySQL      = "MySQL"
)

// Feature is the installation's database.
//
//nolint:gochecknoglobals // A table.
var Feature = feature.Feature{
	Require: claim.Database.RequireVanished,
	Secrets: secrets,
	Rules: []feature.Chapter{
		{Condition: feature.ConditionDatabase, Gates: []feature.Gate{named, claim.Database.Kept, claim.Database.There, claim.Database.Possible, secretComplete, supported, same}},
		{Condition: feature.ConditionAccepted, Gates: []feature.Gate{claimedSecretComplete}},
	},
	Waits:      claim.Database.Waits,
	Server:     part,
	Claim:      composeClaim,
	Compose:    composeConnection,
	Conditions: conditions,
	Status:     reportDataSource,
}

// secrets that the server connects by.
func secrets(f *facts.Facts) []string {
	var out []string
	if db := f.Spec.Database; db != nil && db.External != nil {
		out = append(out, db.External.Secret)
	}
	if f.Database != nil {
		out = append(out, f.Database.SecretName)
	}
	return out
}

// named refuses an installation without a database. The API refuses it first.
func named(f *facts.Facts, _ *decision.Decisions) compose.Verdict {
	if db := f.Spec.Database; db != nil && (db.Claim != nil || db.External != nil && db.External.Secret != "") {
		return compose.Passed
	}
	return compose.Refuse("DatabaseMissing",
		"spec.database is required: set spec.database.claim: {}, or name in spec.database.external.secret a Secret with key "+keyConnectionString)
}

func secretComplete(f *facts.Facts, _ *decision.Decisions) compose.Verdict {
	if f.DatabaseClaimed() {
		return compose.Passed
	}
	return feature.SecretComplete(f, "spec.database.external.secret", f.Spec.Database.External.Secret, keyConnectionString)
}

// supported refuses a connection string that no server understands, and MySQL for servers that
// dropped it.
func supported(f *facts.Facts, d *decision.Decisions) compose.Verdict {
	if f.DatabaseClaimed() {
		return compose.Passed
	}
	switch scheme(f) {
	case schemePostgres, "postgresql":
		return compose.Passed
	case schemeMySQL:
		if line := release.LineOf(d.Version.Version); line != nil && line.Major() < 11 {
			return compose.Passed
		}
		return compose.Refuse(v1alpha1.ReasonDatabaseUnsupported,
			"spec.database.external.secret: key "+keyConnectionString+" is a MySQL URL, which servers from 11.0 on cannot use: move the data to PostgreSQL, or set spec.version below 11.0")
	}
	return compose.Refuse(v1alpha1.ReasonDatabaseUnsupported,
		"spec.database.external.secret: key "+keyConnectionString+" must begin with postgres:// (or mysql:// for servers before 11.0)")
}

// scheme of the connection string: the one part of it that is read.
func scheme(f *facts.Facts) string {
	out, _, found := strings.Cut(f.SecretValue(f.Spec.Database.External.Secret, keyConnectionString), "://")
	if !found {
		return ""
	}
	return out
}

// env makes the server keep its configuration in the database, and use this database even when
// that configuration names another, as after a restore.
func env(f *facts.Facts) []corev1.EnvVar {
	s := sourceOf(f)
	out := []corev1.EnvVar{
		pod.FromSecret(variableConfig, s.secret, s.url),
		pod.FromSecret(keyDataSource, s.secret, s.source),
	}
	if s.replicas != "" {
		out = append(out, pod.FromSecret(keyDataSourceReplicas, s.secret, s.replicas))
	}
	return out
}

// source is a Secret, and the keys of it that the server is connected by.
type source struct {
	secret, url, source string
	// replicas is empty when there are none.
	replicas string
}

func sourceOf(f *facts.Facts) source {
	switch c := f.Database; {
	case c != nil && c.Keys.URL != "":
		return source{secret: c.SecretName, url: c.Keys.URL, source: c.Keys.URL}
	case c != nil:
		s := source{secret: connectionName(f), url: keyConnectionString, source: keyConnectionString}
		if hasReader(*c) {
			s.replicas = keyDataSourceReplicas
		}
		return s
	case f.Spec.Database == nil || f.Spec.Database.External == nil:
		// It is claimed, and not there yet.
		return source{}
	}
	s := source{secret: f.Spec.Database.External.Secret, url: keyConnectionString, source: keyConnectionString}
	found := f.Secret(s.secret)
	if found.String("data", keyDataSource) != "" {
		s.source = keyDataSource
	}
	if found.String("data", keyDataSourceReplicas) != "" {
		s.replicas = keyDataSourceReplicas
	}
	return s
}

// conditions of the database. A change to another one that is permitted, and that is not made because
// something else is refused or waited for, holds backups and restores back, as one that is refused does.
func conditions(f *facts.Facts, d *decision.Decisions) []compose.Condition {
	switch {
	case f.DatabaseClaimed():
		return []compose.Condition{claim.Database.Readiness(f)}
	case d.Stage != decision.Accepted && moves(f, d.Turn):
		return []compose.Condition{{
			Type: feature.ConditionDatabase, Status: compose.False, Reason: v1alpha1.ReasonDatabaseChanged, Waiting: true,
			Message: changed(f) + " names another database than the one that was served last: the servers move there when everything else in the spec is accepted and what it claims is ready",
		}}
	}
	return []compose.Condition{{Type: feature.ConditionDatabase, Status: compose.True, Reason: "SecretComplete"}}
}

// reportDataSource says where the server keeps its data, in an accepted installation. It names
// Secrets, and nothing in them.
func reportDataSource(f *facts.Facts, d *decision.Decisions, to *v1alpha1.MattermostInstallationStatus) {
	if d.Stage != decision.Accepted {
		return
	}
	s := sourceOf(f)
	to.DataSource = &v1alpha1.DataSource{Engine: enginePostgreSQL, SecretName: s.secret, URLKey: s.source}
	if !f.DatabaseClaimed() && scheme(f) == schemeMySQL {
		to.DataSource.Engine = engineMySQL
	}
}
