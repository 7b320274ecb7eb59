package database

import (
	"fmt"
	"slices"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
)

// identityClaimed is the identity of whatever the claim leads to: another endpoint of it has the
// same data.
const identityClaimed = "claim"

// identityUnreadable is that of a data source that cannot be read. It is another one than those that can.
const identityUnreadable = "unreadable"

// part of the server: how it is connected, and to which database.
func part(f *facts.Facts) decision.Part {
	out := decision.Part{Env: env(f), AtOnce: replacesAtOnce(f)}
	out.DeploymentAnnotations = map[string]string{facts.AnnotationDatabase: identity(f)}
	return out
}

// identity of the database: a digest of host, port and name, without credentials. It is that of the data
// source and, if the configuration is elsewhere, of both.
func identity(f *facts.Facts) string {
	s, claimed := sourceOf(f), f.DatabaseClaimed()
	config, configured := given(f, variableConfig)
	data, led := given(f, keyDataSource)
	if claimed && !configured && !led {
		return identityClaimed
	}
	if !configured {
		config = f.SecretValue(s.secret, s.url)
	}
	if !led {
		data = f.SecretValue(s.secret, s.source)
	}
	at, also := place(data), place(config)
	switch {
	case at == nil, also == nil:
		return identityUnreadable
	case slices.Equal(at, also):
		return compose.HashOf(16, at...)
	}
	return compose.HashOf(16, slices.Concat(at, also)...)
}

// given is the value that a variable of the user has in place of the generated one. It is empty if it
// cannot be read.
func given(f *facts.Facts, variable string) (value string, ok bool) {
	for _, e := range f.Spec.MattermostEnv {
		if e.Name == variable {
			value, _ = f.VariableValue(e)
			return value, true
		}
	}
	return "", false
}

// before is the identity of the database that servers are connected to, or were last if the Deployment
// is gone. It is empty if there were none, or if an earlier release started them.
func before(f *facts.Facts) string {
	if !f.Deployment.Exists() {
		return f.Before.Database
	}
	return f.Deployment.Database
}

// changes says whether servers would be connected to another database, as far as it is known which one
// they are connected to.
func changes(f *facts.Facts) bool {
	was := before(f)
	return was != "" && was != identityUnreadable && was != identity(f)
}

// replacesAtOnce says whether old and new replicas would use different databases. That is so until
// every new one is there: the Deployment would otherwise go on replica by replica.
func replacesAtOnce(f *facts.Facts) bool {
	underWay := f.Deployment.String("spec", "strategy", "type") == "Recreate" && !compose.RolledOut(f.Deployment.Resource)
	return changes(f) || underWay
}

// moves says whether a database that servers have served with is to be left. A first database that no
// server has served with is corrected without a reason.
func moves(f *facts.Facts, t decision.Turn) bool {
	served := f.Before.Database != "" || f.Deployment.Available() > 0 || t.Data != ""
	return served && changes(f)
}

// same refuses another database than servers are connected to, unless the user gives a reason. Until it
// is known what a restore made of the data of one, there is no change to another.
func same(f *facts.Facts, d *decision.Decisions) compose.Verdict {
	if !moves(f, d.Turn) {
		return compose.Passed
	}
	if (d.Turn.Active || f.Stopped != "") && !d.Turn.Resumes {
		return compose.Refuse(v1alpha1.ReasonDatabaseChanged, fmt.Sprintf(
			"%s names another database than the one that MattermostRestore %q has its turn for: restore its old value, or delete the MattermostRestore and set spec.database.allowChange to the reason", changed(f), d.Turn.Name))
	}
	leftClaim := before(f) == identityClaimed && f.Spec.Database.DiscardClaim
	switch {
	case f.Spec.Database.AllowChange == "" && !leftClaim:
	case slices.ContainsFunc(f.Migrations, facts.Migration.Unfinished):
		v := compose.Refuse(v1alpha1.ReasonDatabaseChanged, "waiting for the migration of the database that the servers are connected to, before they are connected to another one")
		v.Waiting = true
		return v
	default:
		return compose.Passed
	}
	return compose.Refuse(v1alpha1.ReasonDatabaseChanged,
		changed(f)+" names another database than the one that was served last. Restore its old value: until then, a pod that restarts uses the other database. If the data was moved there, set spec.database.allowChange to the reason")
}

// changed is what names another database.
func changed(f *facts.Facts) string {
	if _, led := given(f, keyDataSource); led {
		return "spec.mattermostEnv[" + keyDataSource + "]"
	}
	if _, configured := given(f, variableConfig); configured {
		return "spec.mattermostEnv[" + variableConfig + "]"
	}
	switch db := f.Spec.Database; {
	case f.DatabaseClaimed():
		return "spec.database.claim"
	case db == nil || db.External == nil:
		return "spec.database"
	}
	return fmt.Sprintf("spec.database.external.secret: Secret %q", f.Spec.Database.External.Secret)
}
