package installation

import (
	"encoding/base64"
	"fmt"
	"maps"
	"net/url"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
)

const (
	keyEmail = "email"

	// administratorName is the username and the local part of the email address.
	administratorName = "administrator"
	// everyClass of characters that a server may be set to ask for in a password.
	everyClass = "-aA1"

	siteURL = "MM_SERVICESETTINGS_SITEURL"

	// reasonServerPending of condition ServerHealthy: the server was not asked yet.
	reasonServerPending = "ServerPending"
)

func administratorSecret(g gathered) string { return g.name + "-administrator" }

// requireAdministrator looks for a Secret that is not composed: the user may have made
// it, for a server that has an administrator already.
func requireAdministrator(a *compose.Answer, g gathered) {
	if g.spec.Bootstrap != nil && !g.state.Observed(nameAdministrator).Exists() {
		name := administratorSecret(g)
		a.Require(requirementSecret+name, "v1", "Secret", name)
	}
}

// administrator is the Secret with the administrator's login, whoever made it.
func administrator(g gathered) compose.Resource {
	if composed := g.state.Observed(nameAdministrator); composed.Exists() {
		return composed
	}
	return g.secret(administratorSecret(g))
}

// composesAdministrator says whether the Secret is the installation's own to compose. One
// that is not seen among what is composed, and is owned all the same, is.
func composesAdministrator(g gathered) bool {
	secret := administrator(g)
	return !secret.Exists() || g.state.Owns(secret) || g.state.Observed(nameAdministrator).Exists()
}

// administratorKept refuses to make a login when there was one: the server knows that one.
// It also refuses a Secret of the user's that is none.
func administratorKept(g gathered) compose.Verdict {
	if g.spec.Bootstrap == nil {
		return compose.Passed
	}
	secret, name := administrator(g), administratorSecret(g)
	if !secret.Exists() && g.state.Observed(nameServer).Exists() {
		return compose.Refuse("AdministratorSecretMissing", fmt.Sprintf(
			"spec.bootstrap: Secret %q does not exist any more: create it with keys %s and %s of a system administrator of the server", name, keyUsername, keyPassword))
	}
	if composesAdministrator(g) {
		return compose.Passed
	}
	return provision.Complete(secret, name, g.namespace, keyUsername, keyPassword)
}

// buildBootstrap composes the administrator's Secret and the ProviderConfig at once, and
// the objects that need the server once it answers, so that they find the ProviderConfig.
// The Secret outlives spec.bootstrap, as the account does.
func buildBootstrap(a *compose.Answer, g gathered, s objects.Server) error {
	if g.spec.Bootstrap == nil {
		if g.state.Observed(nameAdministrator).Exists() {
			return a.Keep(nameAdministrator)
		}
		return nil
	}
	login, err := administratorLogin(g)
	if err != nil {
		return errors.Wrap(err, "cannot compose the administrator")
	}
	if err := errors.Join(
		buildAdministrator(a, g, s, login),
		a.Desire(nameProviderConfig, objects.ServerConfig(s, serverURL(g), administratorSecret(g), string(login[keyEmail]))),
	); err != nil {
		return err
	}
	if !compose.Ready(g.state.Observed(nameServer)) {
		a.Unready()
	}
	if !bootstraps(g) {
		return nil
	}
	return errors.Join(a.Desire(nameServer, objects.ManagedServer(s)), buildTeam(a, g, s))
}

// bootstraps says whether the server is there to be asked, or was. The Secret is seen by
// then, so that nobody logs in by values that are not the last ones.
func bootstraps(g gathered) bool {
	begun := g.state.Observed(nameServer).Exists()
	return administrator(g).Exists() && (begun || updatedAvailable(g.state.Observed(nameDeployment)))
}

func buildAdministrator(a *compose.Answer, g gathered, s objects.Server, login map[string][]byte) error {
	if !composesAdministrator(g) {
		return nil
	}
	labels := maps.Clone(s.Labels)
	labels[compose.LabelHoldsData] = "true"
	return a.Desire(nameAdministrator, objects.Secret(administratorSecret(g), labels, login))
}

// administratorLogin returns the content of the administrator's Secret, and the data that
// the Secret gets if it belongs to the installation.
func administratorLogin(g gathered) (map[string][]byte, error) {
	secret := administrator(g)
	if !composesAdministrator(g) {
		email, err := base64.StdEncoding.DecodeString(secret.String("data", keyEmail))
		return map[string][]byte{keyEmail: email}, err
	}
	values, err := provision.Credentials(secret, compose.Resource{}, keyPassword)
	if err != nil {
		return nil, err
	}
	if secret.String("data", keyPassword) == "" {
		values[keyPassword] = append(values[keyPassword], everyClass...)
	}
	for key, first := range map[string]string{keyUsername: administratorName, keyEmail: administratorName + "@" + administratorDomain(g)} {
		value, err := base64.StdEncoding.DecodeString(secret.String("data", key))
		if err != nil {
			return nil, errors.Errorf("cannot read key %q of Secret %q", key, secret.Name())
		}
		if len(value) == 0 {
			value = []byte(first)
		}
		values[key] = value
	}
	return values, nil
}

// administratorDomain is where the first address is said to be. Nothing is sent there
// unless the server is told to send email.
func administratorDomain(g gathered) string {
	if host := ingressHost(g); host != "" {
		return strings.ToLower(host)
	}
	return g.name + "." + g.namespace + ".svc"
}

func buildTeam(a *compose.Answer, g gathered, s objects.Server) error {
	team := g.spec.Bootstrap.Team
	if team == nil {
		return nil
	}
	// Names are composed under the team's: a team of another name is another one.
	if err := a.Desire(prefixTeam+team.Name, objects.ManagedTeam(s, *team)); err != nil {
		return err
	}
	for _, c := range g.spec.Bootstrap.Channels {
		if err := a.Desire(prefixChannel+team.Name+"."+c.Name, objects.ManagedChannel(s, *team, c)); err != nil {
			return err
		}
	}
	return nil
}

// serverURL in the cluster. A server that is below a path of its site URL is so there too.
func serverURL(g gathered) string {
	out := fmt.Sprintf("http://%s.%s.svc:%d", g.name, g.namespace, objects.PortApp)
	for _, e := range g.spec.MattermostEnv {
		if site, err := url.Parse(e.Value); e.Name == siteURL && err == nil {
			out += strings.TrimSuffix(site.EscapedPath(), "/")
		}
	}
	return out
}

// administratorStatus names the Secret once it is there.
func administratorStatus(g gathered) *v1alpha1.AdministratorStatus {
	if g.spec.Bootstrap == nil && !g.state.Observed(nameAdministrator).Exists() || !administrator(g).Exists() {
		return nil
	}
	return &v1alpha1.AdministratorStatus{SecretName: administratorSecret(g)}
}

// healthy says whether the server says so itself, where it is asked. One that nobody wants
// to run is not ill.
func healthy(g gathered) bool {
	return g.spec.Bootstrap == nil || wantedReplicas(g) == 0 || compose.Ready(g.state.Observed(nameServer))
}

// healthConditions say what the server says of itself, none where it never was asked. While
// data is restored it cannot say anything.
func healthConditions(g gathered, restores bool) []compose.Condition {
	c := compose.Condition{Type: conditionHealthy, Status: compose.False, Waiting: true}
	if g.spec.Bootstrap == nil {
		if g.state.Composite().Condition(c.Type).Status == "" {
			return nil
		}
		c.Status, c.Reason, c.Message = compose.Unknown, "NotAsked", "the server is not asked any more: spec.bootstrap is not set"
		return []compose.Condition{c}
	}
	server, deployment := g.state.Observed(nameServer), g.state.Observed(nameDeployment)
	switch {
	case restores:
		c.Reason, c.Message = "Restoring", "no server runs: condition "+conditionRollout+" says why"
	case deployment.Has("spec", "replicas") && deployment.Int("spec", "replicas") == 0:
		c.Reason, c.Message = "Stopped", "no server runs: spec.replicas is 0"
	case server.Condition("Ready").Status == "" && server.Condition("Synced").Status != compose.False:
		c.Reason = reasonServerPending
		c.Message = fmt.Sprintf("waiting for the first replica, which the administrator is then created on, and for what Server %q says of it", g.name)
	case compose.Ready(server):
		c.Status, c.Reason, c.Waiting = compose.True, "Healthy", false
	default:
		c.Reason = "Unhealthy"
		c.Message = fmt.Sprintf("waiting for Server %q to be healthy: should it not, `kubectl describe server.mattermost.m.crossplane.io %s` says why", g.name, g.name)
		for _, of := range []string{"Synced", "Ready"} {
			if said := server.Condition(of); said.Status == compose.False && said.Message != "" {
				c.Message = fmt.Sprintf("Server %q: %s", g.name, said.Message)
				break
			}
		}
		// A server that starts is ill for a while, and one that runs should not be.
		c.Waiting = server.Condition("Ready").Status == "" || !compose.RolledOut(deployment)
	}
	return []compose.Condition{c}
}
