package rollout

import (
	"fmt"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
)

// Replaceable refuses to replace all replicas at once while another field manager, such as the Mattermost
// operator, owns spec.strategy.rollingUpdate of the Deployment: Kubernetes refuses that field beside
// strategy Recreate, and only its manager or a user can remove it.
func Replaceable(f *facts.Facts, d *decision.Decisions) compose.Verdict {
	deployment := f.Deployment.Resource
	if !deployment.Exists() {
		deployment, _ = f.State.Required(compose.RequirementName + composed.Deployment)
	}
	owner := compose.OwnerBesides(deployment, "spec", "strategy", "rollingUpdate")
	if !d.Server.AtOnce || owner == "" {
		return compose.Passed
	}
	return compose.Refuse("StrategyOwned", fmt.Sprintf(
		"Deployment %q: its replicas must be replaced all at once, and its spec.strategy.rollingUpdate, which forbids that, belongs to %q: remove it with `kubectl patch deployment %s --type=json -p '[{\"op\":\"replace\",\"path\":\"/spec/strategy\",\"value\":{\"type\":\"Recreate\"}}]'`",
		f.Name, owner, f.Name))
}
