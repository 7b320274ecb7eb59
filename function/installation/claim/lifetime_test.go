package claim

import (
	"slices"
	"strings"
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
)

// TestDiscardedClaimOutlivesItsReplicas, which would serve without their files or their data.
func TestDiscardedClaimOutlivesItsReplicas(t *testing.T) {
	const replicas = "spec: {replicas: 2, template: {spec: {containers: [{name: mattermost, image: m}]}}}, status: {observedGeneration: 2, "
	const metadata = "{metadata: {name: chat, generation: 2, annotations: {mattermost.crossplane.io/claims: database}}, " + replicas
	const applied = "metadata: {name: chat, managedFields: [{manager: apiextensions.crossplane.io/composed/1f, operation: Apply, fieldsV1: {}}]}"
	const usage = "{kind: Usage, metadata: {name: chat-bucket-protection}}"
	cases := map[string]struct {
		reason     string
		deployment string
		usage      string
		kept       bool
	}{
		"NoDeployment": {reason: "There is no replica."},
		"Protected":    {reason: "It cannot be deleted while it has a Usage.", usage: usage, kept: true},
		"Served":       {reason: "The Deployment is not applied yet.", deployment: factstest.ServingClaims("bucket,database"), kept: true},
		"Rolling":      {reason: "A replica of before serves.", deployment: metadata + "replicas: 3, updatedReplicas: 1, availableReplicas: 2}}", kept: true},
		"Ending":       {reason: "A replica of before still ends.", deployment: metadata + "replicas: 2, updatedReplicas: 2, availableReplicas: 2, terminatingReplicas: 1}}", kept: true},
		"RolledOut":    {reason: "Every replica has another file store.", deployment: metadata + "replicas: 2, updatedReplicas: 2, availableReplicas: 2}}"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			in := factstest.Given{
				Spec:     "database: {claim: {}}\nfileStore: {discardClaim: true, local: {enabled: true}}",
				Composed: map[string]string{composed.Bucket: strings.Replace(factstest.AnsweredBucket("files", "{}"), "metadata: {name: chat}", applied, 1)},
			}
			if tc.deployment != "" {
				in.Composed[composed.Deployment] = tc.deployment
			}
			if tc.usage != "" {
				in.Composed[Bucket.protection()] = tc.usage
			}
			f := in.Facts(t)
			a := compose.NewAnswer(f.State)
			if err := Bucket.Compose(a, f, &decision.Decisions{}, nil); err != nil {
				t.Fatal(err)
			}
			if kept := slices.Contains(a.Names(), composed.Bucket); kept != tc.kept {
				t.Errorf("%s\nthe bucket is kept: %t", tc.reason, kept)
			}
		})
	}
}
