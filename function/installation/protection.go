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

// hasServed says whether a server was ever seen to serve, or data was restored for one:
// before that there is nothing to lose.
func hasServed(g gathered) bool {
	return g.data != "" || g.state.Observed(nameProtection).Exists() || g.state.Composite().String("status", "version") != ""
}

func buildProtection(a *compose.Answer, g gathered, s objects.Server) error {
	if !protected(g) || !hasServed(g) {
		return nil
	}
	apiVersion, kind := g.state.Subject()
	return a.DesireBeside(nameProtection, objects.Protection(s, objects.UsageResource{
		APIVersion:  apiVersion,
		Kind:        kind,
		ResourceRef: objects.UsageName{Name: g.name},
	}, protectionReason))
}
