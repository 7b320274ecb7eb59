package mattermost

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"k8s.io/apimachinery/pkg/types"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
)

// Origin is the provider configuration that an endpoint comes from.
type Origin struct {
	// Kind and Name of the configuration.
	Kind, Name string

	// UID of the configuration.
	UID types.UID

	// Secret with the credentials.
	Secret string

	// Retry is the annotation of the configuration that makes the provider try a refused
	// login again.
	Retry string
}

// remedy says what to do about a refused login. The text is the same for all resources and
// after each attempt.
func (o Origin) remedy(reason v1alpha1.LoginRefusal) string {
	wrong := fmt.Sprintf("the server does not accept the username and password in Secret %q: correct the Secret", o.Secret)

	switch reason {
	case v1alpha1.RefusedSecondFactor:
		wrong = fmt.Sprintf("the account in Secret %q needs a second factor: give an access token instead", o.Secret)
	case v1alpha1.RefusedDeactivated:
		wrong = fmt.Sprintf("the account in Secret %q is deactivated: activate it, or give another one", o.Secret)
	case v1alpha1.RefusedCredentials:
	}

	return fmt.Sprintf("cannot log in: %s. A login is tried twice at most, so that the server does not lock the account. "+
		"To try the same one again, change annotation %s of %s %q", wrong, v1alpha1.RetryLoginAnnotation, o.Kind, o.Name)
}

// explain why a login is not possible now.
func (o Origin) explain(err error) error {
	wrong := obstacle("")
	if errors.As(err, &wrong) {
		return errors.Errorf("cannot log in: the account of Secret %q %s", o.Secret, string(wrong))
	}

	return err
}

// refusedToken is the error for an access token that the server does not accept.
func (o Origin) refusedToken() error {
	return errors.Errorf("the server does not accept the access token in Secret %q: give a valid one", o.Secret)
}

const (
	// digestRounds make it slow to guess a password from its digest.
	digestRounds = 100_000
	digestBytes  = 16
)

// digest of everything that decides whether the server accepts the login. It is keyed by
// the configuration's UID, and does not reveal its input.
func (e Endpoint) digest() (string, error) {
	key, err := pbkdf2.Key(sha256.New, joined(e.login(), e.CertificateAuthorities, e.FirstAdministrator), []byte(e.Origin.UID), digestRounds, digestBytes)

	return hex.EncodeToString(key), errors.Wrap(err, "cannot make the digest of a login")
}

// login identifies the login of e, in whatever configuration it is. It is secret.
func (e Endpoint) login() string {
	return joined(e.URL, e.Origin.Retry, e.Credentials.Username, e.Credentials.Password)
}

// joined joins parts with their lengths, so that other parts never give the same text.
func joined(parts ...string) string {
	all := strings.Builder{}
	for _, part := range parts {
		fmt.Fprintf(&all, "%d:%s", len(part), part)
	}

	return all.String()
}
