package protection

import (
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
)

func TestProtected(t *testing.T) {
	for spec, want := range map[string]bool{"": true, "deletionProtection: true": true, "deletionProtection: false": false} {
		if got := protected(factstest.Given{Spec: factstest.Accepted + spec}.Facts(t)); got != want {
			t.Errorf("%q: protected is %t", spec, got)
		}
	}
}
