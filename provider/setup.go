package provider

import (
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/crossplane-mattermost/crossplane-mattermost/provider/bot"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/channel"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/channelmember"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/command"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/incomingwebhook"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kind"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/license"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/outgoingwebhook"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/plugin"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/providerconfig"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/server"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/settings"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/team"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/teammember"
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
	incomingwebhook.SetupGated(mgr, o)
	bot.SetupGated(mgr, o)
	teammember.SetupGated(mgr, o)
	channelmember.SetupGated(mgr, o)
	outgoingwebhook.SetupGated(mgr, o)
	command.SetupGated(mgr, o)
	license.SetupGated(mgr, o)
	plugin.SetupGated(mgr, o)
	settings.SetupGated(mgr, o)
}
