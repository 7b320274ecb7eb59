// Package bootstrap creates an installation's first administrator, team and channels, and asks the
// server how it is.
package bootstrap

import (
	"fmt"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/feature"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
)

// Feature is the bootstrap of an installation.
//
//nolint:gochecknoglobals // A table.
var Feature = feature.Feature{
	Require:    requireAdministrator,
	Rules:      []feature.Chapter{{Condition: feature.ConditionAccepted, Gates: []feature.Gate{administratorKept}}},
	Compose:    composeAll,
	Conditions: conditions,
	Status: func(f *facts.Facts, _ *decision.Decisions, to *v1alpha1.MattermostInstallationStatus) {
		to.Administrator = administratorStatus(f)
	},
}

// composeAll composes the administrator's Secret and the ProviderConfig at once, and the objects
// that need the server once it answers, so that they find the ProviderConfig. The Secret outlives
// spec.bootstrap, as the account does.
func composeAll(a *compose.Answer, f *facts.Facts, d *decision.Decisions) error {
	if f.Spec.Bootstrap == nil {
		if f.Observed(composed.Administrator).Exists() {
			return a.Keep(composed.Administrator)
		}
		return nil
	}
	login, err := administratorLogin(f)
	if err != nil {
		return errors.Wrap(err, "cannot compose the administrator")
	}
	s := d.Server.Server
	if err := errors.Join(
		composeAdministrator(a, f, login),
		a.Desire(composed.ProviderConfig, objects.ServerConfig(s, serverURL(f), administratorSecret(f), string(login[keyEmail]))),
	); err != nil {
		return err
	}
	desire := a.Desire
	switch {
	case d.Sizing.Replicas == 0:
		// A server that nobody wants to run need not answer.
		desire = a.DesireBeside
	case !compose.Ready(f.Observed(composed.Server)):
		a.Unready()
	}
	if !begins(f) {
		return nil
	}
	return errors.Join(desire(composed.Server, objects.ManagedServer(s)), composeTeam(desire, f, s))
}

// begins says whether the server is there to be asked, or was. The Secret is seen by then, so that
// nobody logs in by values that are not the last ones.
func begins(f *facts.Facts) bool {
	begun := f.Observed(composed.Server).Exists()
	return administrator(f).Exists() && (begun || f.Deployment.NewReplicaAvailable())
}

func composeTeam(desire func(name string, object any) error, f *facts.Facts, s objects.Server) error {
	team := f.Spec.Bootstrap.Team
	if team == nil {
		return nil
	}
	// Names are composed under the team's: a team of another name is another one.
	if err := desire(composed.PrefixTeam+team.Name, objects.ManagedTeam(s, *team)); err != nil {
		return err
	}
	for _, c := range f.Spec.Bootstrap.Channels {
		if err := desire(composed.PrefixChannel+team.Name+"."+c.Name, objects.ManagedChannel(s, *team, c)); err != nil {
			return err
		}
	}
	return nil
}

// serverURL in the cluster. A server that is below a path of its site URL is so there too.
func serverURL(f *facts.Facts) string {
	return fmt.Sprintf("http://%s.%s.svc:%d%s", f.Name, f.Namespace, objects.PortApp, f.SitePath())
}
