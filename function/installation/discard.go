package installation

import (
	"fmt"
	"slices"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// annotationClaims of the Deployment lists the claims that the server runs with, by the
// names of their composed resources. If one of them no longer exists, it has vanished.
const annotationClaims = "mattermost.crossplane.io/claims"

// claim of a database or a bucket.
type claim struct {
	// name of the composed resource.
	name  string
	kind  string
	field string
	// remedy if the claim's data is gone for good.
	remedy string
	// wanted says whether the spec contains the claim, and discarded whether the user
	// consents to leaving it.
	wanted, discarded func(gathered) bool
}

//nolint:gochecknoglobals // A table.
var (
	claimOfDatabase = claim{
		name: nameDatabase, kind: v1alpha1.MattermostDatabaseKind, field: "spec.database", wanted: databaseClaimed,
		discarded: func(g gathered) bool { return g.spec.Database != nil && g.spec.Database.DiscardClaim },
		remedy:    "restore its data to another database and name that in spec.database.external",
	}
	claimOfBucket = claim{
		name: nameBucket, kind: v1alpha1.MattermostBucketKind, field: "spec.fileStore", wanted: bucketClaimed,
		discarded: func(g gathered) bool { return g.spec.FileStore != nil && g.spec.FileStore.DiscardClaim },
		remedy:    "restore its files to another store and name that in spec.fileStore",
	}
	claims = []claim{claimOfDatabase, claimOfBucket}
)

// discard a claim with the user's consent. Its Usage is deleted first, since the claim
// cannot be deleted while it has one.
func discard(a *compose.Answer, g gathered, c claim) error {
	if !c.discarded(g) {
		return nil
	}
	if g.state.Observed(c.name).Exists() && g.state.Observed(c.protection()).Exists() {
		return a.Keep(c.name)
	}
	a.Discard(c.name)
	return nil
}

// servedClaims returns the claims that a server runs with, for the Deployment's annotation.
func servedClaims(g gathered) string {
	var names []string
	for _, c := range claims {
		if c.wanted(g) {
			names = append(names, c.name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ",")
}

// vanished says whether a claim that the server runs with no longer exists. A new claim of
// its name would be empty.
func (c claim) vanished(g gathered) bool {
	return c.wanted(g) && c.served(g) && !g.state.Observed(c.name).Exists()
}

// requireVanished looks up whether somebody created a vanished claim again.
func requireVanished(a *compose.Answer, g gathered) {
	for _, c := range claims {
		if c.vanished(g) {
			a.Require(requirementVanished+c.name, v1alpha1.GroupVersion.String(), c.kind, g.name)
		}
	}
}

// ownLabels are the labels that mark an object without a controller as belonging to an
// installation.
func ownLabels(g gathered) string {
	if apiVersion, _ := g.state.Subject(); apiVersion != v1alpha1.GroupVersion.String() {
		return fmt.Sprintf("labels crossplane.io/claim-name: %s and crossplane.io/claim-namespace: %s", g.name, g.namespace)
	}
	return "label crossplane.io/composite: " + g.name
}

// claimThere refuses to replace a vanished claim with a new one, which would be empty. A
// claim that somebody created again is used.
func claimThere(c claim) compose.Gate[gathered] {
	return func(g gathered) compose.Verdict {
		if again, _ := g.state.Required(requirementVanished + c.name); !c.vanished(g) || again.Exists() {
			return compose.Passed
		}
		return compose.Refuse("ClaimVanished", fmt.Sprintf(
			"%s.claim: %s %q does not exist any more, and a new one would not hold the data of this installation: if its data was retained, create it again with %s; else %s",
			c.field, c.kind, g.name, ownLabels(g), c.remedy))
	}
}
