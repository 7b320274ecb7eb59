package tool

import (
	"fmt"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// RequirementIdentity looks for the ServiceAccount that Jobs run as.
const RequirementIdentity = "service-account"

// RequireIdentity looks up the ServiceAccount of an installation, which its Jobs run as.
func RequireIdentity(a *compose.Answer, installation string) {
	a.Require(RequirementIdentity, "v1", "ServiceAccount", installation)
}

// OwnIdentity refuses to run Jobs as a ServiceAccount that does not belong to the
// installation: it may have a role, in the cloud or in the cluster, that is meant for
// another workload. An installation that is refused because of its name could still name
// anything in its status.
func OwnIdentity(s compose.State, installation compose.Resource) compose.Verdict {
	account, _ := s.Required(RequirementIdentity)
	uid := installation.String("metadata", "uid")
	if !account.Exists() || !installation.Exists() || compose.ControlledBy(account, uid) {
		return compose.Passed
	}
	return compose.Refuse("ServiceAccountForeign", fmt.Sprintf(
		"ServiceAccount %q, which Jobs would run as, does not belong to MattermostInstallation %q: create the installation under another name", account.Name(), installation.Name()))
}
