package claim

import (
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
)

// TestClaimWasServed as far as anything tells.
func TestClaimWasServed(t *testing.T) {
	usage := map[string]string{Database.protection(): "{kind: Usage, metadata: {name: chat-database-protection}}"}
	for _, of := range []struct {
		reason   string
		observed map[string]string
		status   string
		want     bool
	}{
		{"nothing was", nil, "{}", false},
		{"the Deployment says so", map[string]string{composed.Deployment: factstest.ServingClaims("bucket,database")}, "{}", true},
		{"the Usage says so", usage, "{}", true},
		{"the status says so", nil, "{served: {version: 11.4.0, claims: [bucket, database]}}", true},
		{"it was another", nil, "{served: {version: 11.4.0, claims: [bucket]}}", false},
		{"the Deployment has another database by now", map[string]string{composed.Deployment: factstest.ServingClaims("bucket")}, "{served: {version: 11.4.0, claims: [database]}}", false},
	} {
		f := factstest.Given{Spec: factstest.Claiming, Composed: of.observed, Status: of.status}.Facts(t)
		if got := Database.vanished(f); got != of.want {
			t.Errorf("%s: vanished is %t", of.reason, got)
		}
	}
}
