package installation

import (
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/bootstrap"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/database"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/environment"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/exposure"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/feature"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/filestore"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/license"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/network"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/protection"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/restores"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/rollout"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/scaling"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/search"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/version"
)

// features of an installation, in the order of the rulebook. It is also the order of what they add
// to the server's pods: that of the variables is the Mattermost operator's, and a change of it would
// restart every server.
//
//nolint:gochecknoglobals // A table.
var features = []feature.Feature{
	database.Feature,
	filestore.Feature,
	search.Feature,
	server,
	scaling.Feature,
	version.Feature,
	rollout.Feature,
	restores.Feature,
	exposure.Feature,
	license.Feature,
	environment.Feature,
	bootstrap.Feature,
	protection.Feature,
	network.Feature,
}
