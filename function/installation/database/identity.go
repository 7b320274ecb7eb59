package database

import (
	"net"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
)

// identityClaimed is the identity of whatever the claim leads to: another endpoint of it has the
// same data.
const identityClaimed = "claim"

// part of the server: how it is connected, and to which database.
func part(f *facts.Facts) decision.Part {
	out := decision.Part{Env: env(f), AtOnce: replacesAtOnce(f)}
	if id := identity(f); id != "" {
		out.DeploymentAnnotations = map[string]string{facts.AnnotationDatabase: id}
	}
	return out
}

// identity of the database: a digest of host, port and name, without credentials and options. It is
// empty if the data source cannot be read.
func identity(f *facts.Facts) string {
	if f.DatabaseClaimed() {
		return identityClaimed
	}
	s := sourceOf(f)
	source := f.SecretValue(s.secret, s.source)
	scheme, rest, found := strings.Cut(source, "://")
	if !found {
		scheme, rest = "", source
	}
	rest, _, _ = strings.Cut(rest, "?")
	// A password may have an '@', a host may not.
	rest = rest[strings.LastIndex(rest, "@")+1:]
	host, name, _ := strings.Cut(rest, "/")
	if host == "" {
		return ""
	}
	if strings.HasPrefix(scheme, schemePostgres) {
		host = withPort(host, "5432")
	}
	return compose.HashOf(16, strings.ToLower(host), name)
}

// withPort returns a host with its port, or with the default one.
func withPort(host, port string) string {
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host
	}
	return host + ":" + port
}

// before is the identity of the database that servers are connected to, empty if there are none, or
// if an earlier release started them.
func before(f *facts.Facts) string {
	return f.Deployment.String("metadata", "annotations", facts.AnnotationDatabase)
}

// changes says whether servers would be connected to another database.
func changes(f *facts.Facts) bool {
	was, is := before(f), identity(f)
	return was != "" && is != "" && was != is
}

// replacesAtOnce says whether old and new replicas would use different databases. That is so until
// every new one is there: the Deployment would otherwise go on replica by replica.
func replacesAtOnce(f *facts.Facts) bool {
	underWay := f.Deployment.String("spec", "strategy", "type") == "Recreate" && !compose.RolledOut(f.Deployment.Resource)
	return changes(f) || underWay
}

// same refuses another database than servers are connected to, unless the user gives a reason. While
// a restore replaces the data of one, there is no change to another.
func same(f *facts.Facts, d *decision.Decisions) compose.Verdict {
	if !changes(f) {
		return compose.Passed
	}
	if d.Turn.Active || f.Stopped != "" {
		return compose.Refuse("DatabaseChanged",
			"spec.database: it names another database than the one that is being restored: put it back, or wait until the restore is over")
	}
	leftClaim := before(f) == identityClaimed && f.Spec.Database.DiscardClaim
	if f.Spec.Database.AllowChange != "" || leftClaim {
		return compose.Passed
	}
	return compose.Refuse("DatabaseChanged",
		"spec.database: it names another host, port or database than the servers are connected to, and they would serve other data: put it back, or give the reason why the data is there in spec.database.allowChange")
}
