// Package claim is what the claims of a database and of a bucket have in common: how an
// installation waits for them, protects them, and leaves them.
package claim

import (
	"fmt"
	"slices"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/feature"
)

// Claim of a database or a bucket.
type Claim struct {
	// Name of the composed resource.
	Name  string
	Kind  string
	Field string
	// condition that speaks of the claim.
	condition string
	// data is what the claim contains, and move how a user moves it.
	data, move string
	// inUse is the reason that refuses to leave the claim.
	inUse string
	// remedy if the claim's data is gone for good.
	remedy string
	// request of the spec, where it contains the claim.
	request func(*facts.Facts) request
	// wanted says whether the spec contains the claim, discarded whether the user consents to
	// leaving it, and connected whether it reports a connection.
	wanted, discarded, connected func(*facts.Facts) bool
}

// Claims of an installation.
//
//nolint:gochecknoglobals // A table.
var (
	Database = Claim{
		Name: composed.Database, Kind: v1alpha1.MattermostDatabaseKind, Field: "spec.database", condition: feature.ConditionDatabase,
		data: "data", move: "move the data", inUse: "DatabaseInUse",
		remedy: "restore its data to another database and name that in spec.database.external",
		request: func(f *facts.Facts) request {
			of := f.Spec.Database.Claim
			return request{class: of.Class, region: of.Region, size: of.StorageSize}
		},
		wanted:    (*facts.Facts).DatabaseClaimed,
		discarded: func(f *facts.Facts) bool { return f.Spec.Database != nil && f.Spec.Database.DiscardClaim },
		connected: func(f *facts.Facts) bool { return f.Database != nil },
	}
	Bucket = Claim{
		Name: composed.Bucket, Kind: v1alpha1.MattermostBucketKind, Field: "spec.fileStore", condition: feature.ConditionFileStore,
		data: "files", move: "copy them to the new store", inUse: "BucketInUse",
		remedy: "restore its files to another store and name that in spec.fileStore",
		request: func(f *facts.Facts) request {
			of := f.Spec.FileStore.Claim
			return request{class: of.Class, region: of.Region, size: of.StorageSize}
		},
		wanted:    (*facts.Facts).BucketClaimed,
		discarded: func(f *facts.Facts) bool { return f.Spec.FileStore != nil && f.Spec.FileStore.DiscardClaim },
		connected: func(f *facts.Facts) bool { return f.Bucket != nil },
	}
	all = []Claim{Database, Bucket}
)

// Served lists the claims that a server runs with, for annotation facts.AnnotationClaims.
func Served(f *facts.Facts) string {
	var names []string
	for _, c := range all {
		if c.wanted(f) {
			names = append(names, c.Name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ",")
}

// Waits says whether the claim is waited for: for a connection, and before the first server
// also until it works. A server that runs is not stopped because its database is away for a
// moment.
func (c Claim) Waits(f *facts.Facts) bool {
	if !c.wanted(f) {
		return false
	}
	return !c.connected(f) || f.Deployment.Image == "" && f.Observed(c.Name).Condition("Ready").Status != compose.True
}

// Readiness says whether a claim is ready and otherwise quotes what its conditions refuse. The
// claim itself reports its progress. Before the first server, two claims become ready together:
// each change of a condition wakes Crossplane again, and nothing can start with one of them.
func (c Claim) Readiness(f *facts.Facts) compose.Condition {
	claim, together := f.Observed(c.Name), awaitsBoth(f)
	if stalled := claim.Condition(compose.ConditionStalled); stalled.Status == compose.True {
		return compose.Condition{Type: c.condition, Status: compose.False, Reason: "ClaimRefused", Message: fmt.Sprintf("%s %q: %s", c.Kind, f.Name, stalled.Message)}
	}
	ready := c.connected(f) && claim.Condition("Ready").Status == compose.True
	if ready && (!together || f.Condition(c.condition).Status == compose.True) {
		return compose.Condition{Type: c.condition, Status: compose.True, Reason: "ClaimReady"}
	}
	message := fmt.Sprintf("waiting for %s %q: see its conditions", c.Kind, f.Name)
	if together {
		message = fmt.Sprintf("waiting for %s and %s %q: see their conditions", Database.Kind, Bucket.Kind, f.Name)
	}
	for _, of := range []string{"Synced", "Accepted"} {
		if said := claim.Condition(of); said.Status == compose.False && said.Message != "" {
			message = fmt.Sprintf("waiting for %s %q: %s", c.Kind, f.Name, said.Message)
			break
		}
	}
	return compose.Condition{Type: c.condition, Status: compose.False, Reason: "ClaimPending", Message: message, Waiting: true}
}

// awaitsBoth says whether no server was started yet, and a database and a bucket are claimed of
// which at least one is not ready.
func awaitsBoth(f *facts.Facts) bool {
	return f.DatabaseClaimed() && f.BucketClaimed() && !f.Deployment.Exists() && slices.ContainsFunc(all, func(c Claim) bool { return c.Waits(f) })
}

// SecretComplete refuses a connection that names a Secret or a key that does not exist.
func (c Claim) SecretComplete(f *facts.Facts, secret string, keys ...string) compose.Verdict {
	keys = slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return key == "" })
	return feature.SecretComplete(f, fmt.Sprintf("%s %q: status.connection", c.Kind, f.Name), secret, keys...)
}

// Kept refuses to leave a claim, unless the user consents.
func (c Claim) Kept(f *facts.Facts, _ *decision.Decisions) compose.Verdict {
	if c.wanted(f) || c.discarded(f) || !f.Observed(c.Name).Exists() {
		return compose.Passed
	}
	return compose.Refuse(c.inUse, fmt.Sprintf(
		"%s: %s %q holds this installation's %s and would be left behind: %s, then set %s.discardClaim: true, or go back to %s.claim",
		c.Field, c.Kind, f.Name, c.data, c.move, c.Field, c.Field))
}
