package rollout

import (
	"fmt"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
)

// Replaceable refuses to replace all replicas at once while spec.strategy.rollingUpdate of the Deployment
// belongs to another field manager, such as the Mattermost operator: Kubernetes refuses that field beside
// strategy Recreate, and only its manager or a user can remove it.
func Replaceable(f *facts.Facts, d *decision.Decisions) compose.Verdict {
	deployment := f.Deployment.Resource
	if !deployment.Exists() {
		deployment, _ = f.State.Required(compose.RequirementName + composed.Deployment)
	}
	if !d.Server.AtOnce || compose.Removable(deployment, "spec", "strategy", "rollingUpdate") {
		return compose.Passed
	}
	because := "spec.database names another database"
	if d.Server.SingleNodeVolume != "" {
		because = "spec.fileStore names a volume that one node alone can mount"
	}
	return compose.Refuse("StrategyOwned", fmt.Sprintf(
		"%s, so that all replicas must be replaced at once. That is not possible while Deployment %q has spec.strategy.rollingUpdate of another field manager: remove it with `kubectl patch deployment %s --type=json -p '[{\"op\":\"replace\",\"path\":\"/spec/strategy\",\"value\":{\"type\":\"Recreate\"}}]'`",
		because, f.Name, f.Name))
}
