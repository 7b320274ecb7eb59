package provider

import (
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/crossplane-mattermost/crossplane-mattermost/provider/channel"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kind"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/providerconfig"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/server"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/team"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/user"
)

// SetupGated sets up every controller, each once the definitions that it needs are
// served.
func SetupGated(mgr ctrl.Manager, o kind.Options) {
	providerconfig.SetupGated(mgr, o.Options)

	server.SetupGated(mgr, o)
	team.SetupGated(mgr, o)
	channel.SetupGated(mgr, o)
	user.SetupGated(mgr, o)
}
