package claim

import (
	"slices"
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
	cases := map[string]struct {
		reason     string
		deployment string
		usage      bool
		status     string
		migration  string
		turn       decision.Turn
		kept       bool
		protected  bool
	}{
		"NoDeployment": {reason: "There is no replica."},
		"Deleted":      {reason: "Pods of a Deployment that somebody deleted may still run.", status: "served: {version: 11.4.0, claims: [bucket]}", kept: true},
		"Protected":    {reason: "It cannot be deleted while it has a Usage.", usage: true, kept: true},
		"Served":       {reason: "The Deployment is not applied yet.", deployment: factstest.ServingClaims("bucket,database"), usage: true, kept: true, protected: true},
		"Restoring":    {reason: "A restore may write files to it.", deployment: metadata + "replicas: 2, updatedReplicas: 2, availableReplicas: 2}}", turn: decision.Turn{Active: true}, kept: true},
		"Migrating":    {reason: "The Job runs with it.", deployment: metadata + "replicas: 2, updatedReplicas: 2, availableReplicas: 2}}", migration: factstest.Job(factstest.WantedImage, "", ""), kept: true},
		"Rolling":      {reason: "A replica of before serves.", deployment: metadata + "replicas: 3, updatedReplicas: 1, availableReplicas: 2}}", kept: true},
		"Ending":       {reason: "A replica of before still ends.", deployment: metadata + "replicas: 2, updatedReplicas: 2, availableReplicas: 2, terminatingReplicas: 1}}", kept: true},
		"RolledOut":    {reason: "Every replica has another file store.", deployment: metadata + "replicas: 2, updatedReplicas: 2, availableReplicas: 2}}"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			in := factstest.Given{
				Spec:     "database: {claim: {}}\nfileStore: {discardClaim: true, local: {enabled: true}}",
				Composed: map[string]string{composed.Bucket: factstest.Applied(factstest.AnsweredBucket("files", "{}"))},
			}
			if tc.deployment != "" {
				in.Composed[composed.Deployment] = tc.deployment
			}
			if tc.usage {
				in.Composed[Bucket.protection()] = factstest.Applied("{kind: Usage, metadata: {name: chat-bucket-protection}}")
			}
			if tc.migration != "" {
				in.Composed["migration-observed"] = tc.migration
			}
			in.Status = tc.status
			f := in.Facts(t)
			a := compose.NewAnswer(f.State)
			if err := Bucket.Compose(a, f, &decision.Decisions{Turn: tc.turn}, nil); err != nil {
				t.Fatal(err)
			}
			if kept := slices.Contains(a.Names(), composed.Bucket); kept != tc.kept {
				t.Errorf("%s\nthe bucket is kept: %t", tc.reason, kept)
			}
			if protected := slices.Contains(a.Names(), Bucket.protection()); protected != tc.protected {
				t.Errorf("%s\nthe bucket is protected: %t", tc.reason, protected)
			}
		})
	}
}
