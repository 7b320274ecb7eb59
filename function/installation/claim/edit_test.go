package claim

import (
	"strings"
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
)

// TestEditsThatCannotHappen of a claim are refused by the name of their field. Before, they were
// accepted and had no effect.
func TestEditsThatCannotHappen(t *testing.T) {
	const made = "{metadata: {name: chat}, spec: {region: eu, storageSize: 100Gi, crossplane: {compositionRef: {name: c}, compositionSelector: {matchLabels: {mattermost.crossplane.io/class: small}}}}, status: {connection: {secretName: s}}}"
	unchosen := strings.NewReplacer("compositionRef: {name: c}, ", "", "status: {connection: {secretName: s}}", "status: {}").Replace(made)
	unanswered := strings.Replace(made, "status: {connection: {secretName: s}}", "status: {}", 1)
	refused := strings.Replace(made, "status: {", "status: {conditions: [{type: Accepted, status: 'False'}], ", 1)
	cases := map[string]struct {
		reason string
		claim  string
		made   string
		// want are words of the refusal, empty when it passes.
		want []string
	}{
		"Same":        {reason: "Nothing changes.", claim: "{class: small, region: eu, storageSize: 100Gi}", made: made},
		"Grows":       {reason: "Storage may grow.", claim: "{class: small, region: eu, storageSize: 1Ti}", made: made},
		"New":         {reason: "A claim that is not there yet may be anything.", claim: "{class: large, region: us, storageSize: 1Gi}"},
		"Unset":       {reason: "What nobody set is the default.", claim: "{}", made: "{metadata: {name: chat}}"},
		"Region":      {reason: "Data does not move by itself.", claim: "{class: small, region: us, storageSize: 100Gi}", made: made, want: []string{"claim.region", `has "eu"`, `get "us"`, `set it back to "eu"`}},
		"NoRegion":    {reason: "The default may be another region.", claim: "{class: small, storageSize: 100Gi}", made: made, want: []string{"claim.region", "get the default"}},
		"FirstRegion": {reason: "It was made in the default's region.", claim: "{region: eu}", made: "{metadata: {name: chat}}", want: []string{"claim.region", "has the default", "remove the field"}},
		"Class":       {reason: "Crossplane chooses once.", claim: "{class: large, region: eu, storageSize: 100Gi}", made: made, want: []string{"claim.class", "chosen once"}},
		"Shrinks":     {reason: "Storage only grows.", claim: "{class: small, region: eu, storageSize: 10Gi}", made: made, want: []string{"claim.storageSize", `has "100Gi"`, `get "10Gi"`}},
		"Unchosen":    {reason: "No Composition has the class: another may be chosen.", claim: "{class: large, region: eu, storageSize: 100Gi}", made: unchosen},
		"Unanswered":  {reason: "There is no data yet.", claim: "{class: small, region: us, storageSize: 100Gi}", made: unanswered, want: []string{"claim.region", `set it back to "eu", or delete Mattermost`}},
		"TakenBack":   {reason: "The claim never got the size that it refuses.", claim: "{class: small, region: eu, storageSize: 20Gi}", made: refused},
		"Removed":     {reason: "The claim never got the size that it refuses.", claim: "{class: small, region: eu}", made: refused},
		"NoSize":      {reason: "The default may be less.", claim: "{class: small, region: eu}", made: made, want: []string{"claim.storageSize", "get the default"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			for _, of := range []struct {
				claim Claim
				spec  string
			}{{Database, "database: {claim: " + tc.claim + "}"}, {Bucket, "fileStore: {claim: " + tc.claim + "}"}} {
				in := factstest.Given{Spec: of.spec, Composed: map[string]string{}}
				if tc.made != "" {
					in.Composed[of.claim.Name] = tc.made
				}
				v := of.claim.Possible(in.Facts(t), nil)
				if v.Pass != (len(tc.want) == 0) {
					t.Errorf("%s\n%s passed is %t: %s", tc.reason, of.claim.Name, v.Pass, v.Message)
				}
				for _, w := range tc.want {
					if !strings.Contains(v.Message, w) {
						t.Errorf("%s\nthe message does not say %q: %s", tc.reason, w, v.Message)
					}
				}
			}
		})
	}
}
