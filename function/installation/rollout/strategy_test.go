package rollout

import (
	"strings"
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
)

// TestStrategyOfAnotherManager: what is not desired any more stays if somebody else owns it, and
// Kubernetes refuses it beside strategy Recreate.
func TestStrategyOfAnotherManager(t *testing.T) {
	owned := func(by string) string {
		return "{kind: Deployment, metadata: {name: chat, managedFields: [{manager: " + by + ", operation: Update, fieldsV1: {'f:spec': {'f:strategy': {'f:rollingUpdate': {'f:maxSurge': {}}}}}}]}, spec: {strategy: {rollingUpdate: {maxSurge: 1}}}}"
	}
	const recreated = "{kind: Deployment, metadata: {name: chat, managedFields: [{manager: kubectl-patch, operation: Update, fieldsV1: {'f:spec': {'f:strategy': {'f:type': {}}}}}]}, spec: {strategy: {type: Recreate}}}"
	cases := map[string]struct {
		reason             string
		observed, required string
		atOnce             bool
		refused            bool
	}{
		"New":        {reason: "There is none.", atOnce: true},
		"TakenOver":  {reason: "It is to be taken over.", required: owned("operator"), atOnce: true, refused: true},
		"Observed":   {reason: "It was taken over before.", observed: owned("operator"), atOnce: true, refused: true},
		"Rolling":    {reason: "Replicas are replaced one by one.", observed: owned("operator")},
		"Crossplane": {reason: "Crossplane removes its own.", observed: owned("apiextensions.crossplane.io/composed/1f"), atOnce: true},
		"Nobody":     {reason: "Nobody removes what nobody owns.", observed: strings.Replace(owned("operator"), "managedFields", "others", 1), atOnce: true, refused: true},
		"Patched":    {reason: "A user followed the message.", observed: recreated, atOnce: true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			in := factstest.Given{Spec: factstest.Accepted, Composed: map[string]string{}, Found: map[string]string{}}
			if tc.observed != "" {
				in.Composed[composed.Deployment] = tc.observed
			}
			if tc.required != "" {
				in.Found[compose.RequirementName+composed.Deployment] = tc.required
			}
			v := Replaceable(in.Facts(t), &decision.Decisions{Server: decision.Server{AtOnce: tc.atOnce}})
			if v.Pass == tc.refused {
				t.Errorf("%s\npassed is %t: %s", tc.reason, v.Pass, v.Message)
			}
			if tc.refused && !strings.Contains(v.Message, "spec.database names") {
				t.Errorf("the message does not name the field: %s", v.Message)
			}
		})
	}
}
