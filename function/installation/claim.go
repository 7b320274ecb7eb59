package installation

import (
	"encoding/base64"
	"fmt"
	"net"
	"net/url"
	"strconv"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
)

const (
	schemePostgres = "postgres"
	portPostgres   = 5432
	sslDefault     = "require"
)

func databaseClaimed(g gathered) bool { return g.spec.Database != nil && g.spec.Database.Claim != nil }

func bucketClaimed(g gathered) bool { return g.spec.FileStore != nil && g.spec.FileStore.Claim != nil }

// gatherConnections of what is claimed, as whatever answers reports them.
func gatherConnections(g *gathered) error {
	if databaseClaimed(*g) {
		if err := g.state.Observed(nameDatabase).Decode(&g.database, "status", "connection"); err != nil {
			return errors.Wrap(err, "cannot read the database's connection")
		}
	}
	if bucketClaimed(*g) {
		if err := g.state.Observed(nameBucket).Decode(&g.bucket, "status", "connection"); err != nil {
			return errors.Wrap(err, "cannot read the bucket's connection")
		}
	}
	return nil
}

// pending says what of the claims is waited for: a connection, and before the first
// server also that it works. A server that runs is not stopped because its database
// is away for a moment.
func pending(g gathered) bool {
	return claimWaits(g, databaseClaimed(g), nameDatabase, g.database != nil) || claimWaits(g, bucketClaimed(g), nameBucket, g.bucket != nil)
}

func claimWaits(g gathered, claimed bool, name string, connected bool) bool {
	if !claimed {
		return false
	}
	return !connected || g.served == "" && g.state.Observed(name).Condition("Ready").Status != compose.True
}

// claimCondition says whether a claim is ready and otherwise quotes what its conditions
// refuse. The claim itself reports its progress. Before the first server, two claims become
// ready together: each change of a condition wakes Crossplane again, and nothing can start
// with one of them.
func claimCondition(g gathered, condition, name, kind string, connected bool) compose.Condition {
	claim, together := g.state.Observed(name), awaitsBoth(g)
	ready := connected && claim.Condition("Ready").Status == compose.True
	if ready && (!together || g.state.Composite().Condition(condition).Status == compose.True) {
		return compose.Condition{Type: condition, Status: compose.True, Reason: "ClaimReady"}
	}
	message := fmt.Sprintf("waiting for %s %q: see its conditions", kind, g.name)
	if together {
		message = fmt.Sprintf("waiting for %s and %s %q: see their conditions", v1alpha1.MattermostDatabaseKind, v1alpha1.MattermostBucketKind, g.name)
	}
	for _, of := range []string{"Synced", "Accepted"} {
		if c := claim.Condition(of); c.Status == compose.False && c.Message != "" {
			message = fmt.Sprintf("waiting for %s %q: %s", kind, g.name, c.Message)
			break
		}
	}
	return compose.Condition{Type: condition, Status: compose.False, Reason: "ClaimPending", Message: message, Waiting: true}
}

// awaitsBoth says whether no server was started yet, and a database and a bucket are claimed
// of which at least one is not ready.
func awaitsBoth(g gathered) bool {
	return databaseClaimed(g) && bucketClaimed(g) && !g.state.Observed(nameDeployment).Exists() && pending(g)
}

// databaseKept refuses to leave the database that was claimed, unless the user
// consents.
func databaseKept(g gathered) compose.Verdict {
	if databaseClaimed(g) || g.spec.Database.DiscardClaim || !g.state.Observed(nameDatabase).Exists() {
		return compose.Passed
	}
	return compose.Refuse("DatabaseInUse", fmt.Sprintf(
		"spec.database: MattermostDatabase %q holds this installation's data and would be left behind: move the data, then set spec.database.discardClaim: true, or go back to spec.database.claim", g.name))
}

// bucketKept refuses to leave the bucket that was claimed, unless the user consents.
func bucketKept(g gathered) compose.Verdict {
	if bucketClaimed(g) || g.spec.FileStore.DiscardClaim || !g.state.Observed(nameBucket).Exists() {
		return compose.Passed
	}
	return compose.Refuse("BucketInUse", fmt.Sprintf(
		"spec.fileStore: MattermostBucket %q holds this installation's files and would be left behind: copy them to the new store, then set spec.fileStore.discardClaim: true, or go back to spec.fileStore.claim", g.name))
}

// claimedSecretsComplete refuses a connection that does not keep its promise.
func claimedSecretsComplete(g gathered) compose.Verdict {
	if c := g.database; c != nil {
		keys := named(c.Keys.URL)
		if c.Keys.URL == "" {
			keys = named(c.Keys.Host, c.Keys.Port, c.Keys.Database, c.Keys.Username, c.Keys.Password, c.Keys.ReaderHost)
		}
		if v := secretHasKeys(g, fmt.Sprintf("MattermostDatabase %q: status.connection", g.name), c.SecretName, keys...); !v.Pass {
			return v
		}
	}
	if c := g.bucket; c != nil && c.SecretName != "" {
		keys := named(c.Keys.Endpoint, c.Keys.Bucket, c.Keys.Region, c.Keys.AccessKey, c.Keys.SecretKey)
		return secretHasKeys(g, fmt.Sprintf("MattermostBucket %q: status.connection", g.name), c.SecretName, keys...)
	}
	return compose.Passed
}

// named are the keys that are.
func named(keys ...string) []string {
	var out []string
	for _, k := range keys {
		if k != "" {
			out = append(out, k)
		}
	}
	return out
}

// buildClaims composes the claims of the spec, and removes those that the user consents to
// leave.
func buildClaims(a *compose.Answer, g gathered, s objects.Server) error {
	if databaseClaimed(g) {
		claim := g.spec.Database.Claim
		spec := v1alpha1.MattermostDatabaseSpec{DatabaseRequest: claim.DatabaseRequest, Size: sizeName(g)}
		if err := a.Desire(nameDatabase, objects.DatabaseClaim(s, spec, claim.Class)); err != nil {
			return err
		}
	}
	if bucketClaimed(g) {
		claim := g.spec.FileStore.Claim
		if err := a.Desire(nameBucket, objects.BucketClaim(s, v1alpha1.MattermostBucketSpec{BucketRequest: claim.BucketRequest}, claim.Class)); err != nil {
			return err
		}
	}
	for _, c := range claims {
		if err := discard(a, g, c); err != nil {
			return err
		}
	}
	return buildClaimProtection(a, g)
}

// buildConnection writes the claimed database's connection in the way that the server
// reads it, where it is not written so already.
func buildConnection(a *compose.Answer, g gathered) error {
	c := g.database
	if c == nil || c.Keys.URL != "" {
		return nil
	}
	values := map[string][]byte{keyConnectionString: []byte(connectionURL(g, c.Keys.Host, c.Values.Host))}
	if c.Keys.ReaderHost != "" || c.Values.ReaderHost != "" {
		values[keyDataSourceReplicas] = []byte(connectionURL(g, c.Keys.ReaderHost, c.Values.ReaderHost))
	}
	return a.Desire(nameConnection, objects.Secret(connectionName(g), serverLabels(g), values))
}

func connectionName(g gathered) string { return g.name + "-connection" }

// connectionURL of the claimed database, at a host.
func connectionURL(g gathered, hostKey, host string) string {
	c := g.database
	part := func(key, value string) string {
		if key == "" {
			return value
		}
		return g.secretValue(c.SecretName, key)
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

// secretValue is a value of a Secret that was looked up, empty when there is none.
func (g gathered) secretValue(secret, key string) string {
	decoded, err := base64.StdEncoding.DecodeString(g.secret(secret).String("data", key))
	if err != nil {
		return ""
	}
	return string(decoded)
}
