package bootstrap

import (
	"encoding/base64"
	"fmt"
	"maps"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
)

const (
	// Keys of the administrator's Secret.
	keyEmail    = "email"
	keyUsername = "username"
	keyPassword = "password"

	// administratorName is the username and the local part of the email address.
	administratorName = "administrator"
	// everyClass of characters that a server may be set to ask for in a password.
	everyClass = "-aA1"
)

func administratorSecret(f *facts.Facts) string { return f.Name + "-administrator" }

// requireAdministrator looks for a Secret that is not composed: the user may have made it, for a
// server that has an administrator already.
func requireAdministrator(a *compose.Answer, f *facts.Facts, _ *decision.Decisions) {
	if f.Spec.Bootstrap != nil && !f.Observed(composed.Administrator).Exists() {
		facts.RequireSecret(a, administratorSecret(f))
	}
}

// administrator is the Secret with the administrator's login, whoever made it.
func administrator(f *facts.Facts) compose.Resource {
	if made := f.Observed(composed.Administrator); made.Exists() {
		return made
	}
	return f.Secret(administratorSecret(f))
}

// composesAdministrator says whether the Secret is the installation's own to compose. One that is
// not seen among what is composed, and is owned all the same, is.
func composesAdministrator(f *facts.Facts) bool {
	secret := administrator(f)
	return !secret.Exists() || f.State.Owns(secret) || f.Observed(composed.Administrator).Exists()
}

// administratorKept refuses to make a login when there was one: the server knows that one. It also
// refuses a Secret of the user's that is none.
func administratorKept(f *facts.Facts, _ *decision.Decisions) compose.Verdict {
	if f.Spec.Bootstrap == nil {
		return compose.Passed
	}
	secret, name := administrator(f), administratorSecret(f)
	if !secret.Exists() && f.Observed(composed.Server).Exists() {
		return compose.Refuse("AdministratorSecretMissing", fmt.Sprintf(
			"spec.bootstrap: Secret %q does not exist any more: create it with keys %s and %s of a system administrator of the server", name, keyUsername, keyPassword))
	}
	if composesAdministrator(f) {
		return compose.Passed
	}
	return compose.SecretComplete(secret, "", name, f.Namespace, keyUsername, keyPassword)
}

func composeAdministrator(a *compose.Answer, f *facts.Facts, login map[string][]byte) error {
	if !composesAdministrator(f) {
		return nil
	}
	labels := maps.Clone(f.ServerLabels())
	labels[compose.LabelHoldsData] = "true"
	return a.Desire(composed.Administrator, objects.Secret(administratorSecret(f), labels, login))
}

// administratorLogin returns the content of the administrator's Secret, and the data that the
// Secret gets if it belongs to the installation.
func administratorLogin(f *facts.Facts) (map[string][]byte, error) {
	secret := administrator(f)
	if !composesAdministrator(f) {
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
	for key, first := range map[string]string{keyUsername: administratorName, keyEmail: administratorEmail(f)} {
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

// longestEmail that a server accepts.
const longestEmail = 128

// administratorEmail is the first address of the administrator. Nothing is sent there unless the
// server is told to send email.
func administratorEmail(f *facts.Facts) string {
	service := f.Name + "." + f.Namespace + ".svc"
	for _, domain := range []string{strings.ToLower(f.Host()), service} {
		if email := administratorName + "@" + domain; domain != "" && len(email) <= longestEmail {
			return email
		}
	}
	return administratorName + "@" + compose.Hash(service, 32) + ".svc"
}

// administratorStatus names the Secret once it is there.
func administratorStatus(f *facts.Facts) *v1alpha1.AdministratorStatus {
	if f.Spec.Bootstrap == nil && !f.Observed(composed.Administrator).Exists() || !administrator(f).Exists() {
		return nil
	}
	return &v1alpha1.AdministratorStatus{SecretName: administratorSecret(f)}
}
