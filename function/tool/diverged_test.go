package tool

import (
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
)

// TestDiverged: Jobs read the same Secret as servers that start.
func TestDiverged(t *testing.T) {
	for reason, want := range map[string]bool{"SecretComplete": false, "ClaimReady": false, "ClaimPending": false, "DatabaseChanged": true, "DatabaseUnsupported": true} {
		installation := compose.NewResource(composetest.Document(t, "{metadata: {name: chat}, status: {conditions: [{type: DatabaseReady, status: 'False', reason: "+reason+"}]}}"))
		if v := DatabaseServed(installation); v.Pass == want {
			t.Errorf("%s: passed is %t", reason, v.Pass)
		}
	}
}
