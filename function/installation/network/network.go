// Package network is how servers are found in the cluster: by clients, and by Prometheus.
package network

import (
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/feature"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
)

// Feature is the network of an installation.
//
//nolint:gochecknoglobals // A table.
var Feature = feature.Feature{
	Compose: func(a *compose.Answer, _ *facts.Facts, d *decision.Decisions) error {
		return errors.Join(
			a.Desire(composed.Service, objects.Service(d.Server.Server)),
			a.Desire(composed.MetricsService, objects.MetricsService(d.Server.Server)),
		)
	},
}
