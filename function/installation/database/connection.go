package database

import (
	"net"
	"net/url"
	"strconv"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/claim"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
)

const (
	portPostgres = 5432
	sslDefault   = "require"
)

// composeClaim claims the database, if the spec does.
func composeClaim(a *compose.Answer, f *facts.Facts, d *decision.Decisions) error {
	var object any
	if f.DatabaseClaimed() {
		of := f.Spec.Database.Claim
		spec := v1alpha1.MattermostDatabaseSpec{DatabaseRequest: of.DatabaseRequest, Size: d.Sizing.Size}
		object = objects.DatabaseClaim(d.Server.Server, spec, of.Class)
	}
	return claim.Database.Compose(a, f, d, object)
}

// claimedSecretComplete refuses a connection that does not keep its promise.
func claimedSecretComplete(f *facts.Facts, _ *decision.Decisions) compose.Verdict {
	c := f.Database
	switch {
	case c == nil:
		return compose.Passed
	case c.Keys.URL != "":
		return claim.Database.SecretComplete(f, c.SecretName, c.Keys.URL)
	}
	return claim.Database.SecretComplete(f, c.SecretName, c.Keys.Host, c.Keys.Port, c.Keys.Database, c.Keys.Username, c.Keys.Password, c.Keys.ReaderHost)
}

// composeConnection writes the claimed database's connection in the way that the server reads
// it, where it is not written so already.
func composeConnection(a *compose.Answer, f *facts.Facts, _ *decision.Decisions) error {
	c := f.Database
	if c == nil || c.Keys.URL != "" {
		return nil
	}
	values := map[string][]byte{keyConnectionString: []byte(connectionURL(f, c.Keys.Host, c.Values.Host))}
	if hasReader(*c) {
		values[keyDataSourceReplicas] = []byte(connectionURL(f, c.Keys.ReaderHost, c.Values.ReaderHost))
	}
	return a.Desire(composed.Connection, objects.Secret(connectionName(f), f.ServerLabels(), values))
}

func hasReader(c v1alpha1.DatabaseConnection) bool {
	return c.Keys.ReaderHost != "" || c.Values.ReaderHost != ""
}

func connectionName(f *facts.Facts) string { return f.Name + "-connection" }

// connectionURL of the claimed database, at a host.
func connectionURL(f *facts.Facts, hostKey, host string) string {
	c := f.Database
	part := func(key, value string) string {
		if key == "" {
			return value
		}
		return f.SecretValue(c.SecretName, key)
	}
	port := portPostgres
	if c.Values.Port != 0 {
		port = int(c.Values.Port)
	}
	mode := c.Values.SSLMode
	if mode == "" {
		mode = sslDefault
	}
	u := url.URL{
		Scheme:   schemePostgres,
		User:     url.UserPassword(part(c.Keys.Username, c.Values.Username), part(c.Keys.Password, "")),
		Host:     net.JoinHostPort(part(hostKey, host), part(c.Keys.Port, strconv.Itoa(port))),
		Path:     "/" + part(c.Keys.Database, c.Values.Database),
		RawQuery: "sslmode=" + mode + "&connect_timeout=10",
	}
	return u.String()
}
