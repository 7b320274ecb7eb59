package provider

import (
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kind"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/providerconfig"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/team"
)

// SetupGated sets up every controller, each once the definitions that it needs are
// served.
func SetupGated(mgr ctrl.Manager, o kind.Options) {
	providerconfig.SetupGated(mgr, o.Options)

	team.SetupGated(mgr, o)
}
