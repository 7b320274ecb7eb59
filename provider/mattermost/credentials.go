package mattermost

import (
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
)

// Credentials of an account: a token, or a login. Printing them shows nothing.
type Credentials struct {
	// Token is an access token.
	Token string

	// Username or email address.
	Username string

	// Password of Username.
	Password string
}

// String hides the credentials.
func (Credentials) String() string { return "[credentials]" }

// GoString hides the credentials.
func (Credentials) GoString() string { return "[credentials]" }

// credentialsFrom returns the credentials in a Secret's data. A token wins.
func credentialsFrom(data map[string][]byte) (Credentials, error) {
	value := func(key string) string { return strings.TrimSpace(string(data[key])) }

	if token := value(xpv2.CredentialsSecretTokenKey); token != "" {
		return Credentials{Token: token}, nil
	}

	c := Credentials{
		Username: value(xpv2.CredentialsSecretUserKey),
		Password: strings.TrimRight(string(data[xpv2.CredentialsSecretPasswordKey]), "\r\n"),
	}
	if c.Username == "" || c.Password == "" {
		return Credentials{}, errors.New("it needs the key token, or the keys username and password")
	}

	return c, nil
}
