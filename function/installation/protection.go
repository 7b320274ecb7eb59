package installation

import (
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
)

const protectionReason = "spec.deletionProtection is true: set it to false before you delete this installation"

// protected says whether deletion is refused, which is so unless the user says
// otherwise.
func protected(g gathered) bool {
	return g.spec.DeletionProtection == nil || *g.spec.DeletionProtection
}

func buildProtection(a *compose.Answer, g gathered, s objects.Server) error {
	if !protected(g) {
		return nil
	}
	apiVersion, kind := g.state.Subject()
	return a.Desire(nameProtection, objects.Protection(s, objects.UsageResource{
		APIVersion:  apiVersion,
		Kind:        kind,
		ResourceRef: objects.UsageName{Name: g.name},
	}, protectionReason))
}
