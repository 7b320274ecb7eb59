package mattermost

import (
	"context"
	"net/http"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/mattermost/mattermost/server/public/model"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
)

// accounts is what of the API it takes to log in.
type accounts interface {
	Login(ctx context.Context, loginID, password string) (*model.User, *model.Response, error)
	CreateUser(ctx context.Context, user *model.User) (*model.User, *model.Response, error)
	GetPingWithOptions(ctx context.Context, options model.SystemPingOptions) (map[string]any, *model.Response, error)
	ConfigService
}

// refusalOf returns why a server refuses a login for good, by the id of its error. Other
// failures, such as an ingress that asks for its own password, are no refusals.
func refusalOf(id string) (reason v1alpha1.LoginRefusal, refused bool) {
	switch id {
	case "api.user.login.invalid_credentials_email_username",
		"api.user.login.invalid_credentials_email",
		"api.user.login.invalid_credentials_username",
		"api.user.login.invalid_credentials_sso",
		"api.user.login.bot_login_forbidden.app_error":
		return v1alpha1.RefusedCredentials, true
	case "api.user.check_user_mfa.bad_code.app_error",
		"mfa.validate_token.authenticate.app_error":
		return v1alpha1.RefusedSecondFactor, true
	case "api.user.login.inactive.app_error":
		return v1alpha1.RefusedDeactivated, true
	default:
		return "", false
	}
}

// obstacleOf returns what is wrong with an account whatever its password is, by the id of a
// server's error, or an empty string. The server does not count such a login, and the
// problem can be solved without another Secret.
func obstacleOf(id string) obstacle {
	switch id {
	case "api.user.check_user_login_attempts.too_many.app_error",
		"api.user.check_user_login_attempts.too_many_ldap.app_error":
		return "is locked on the server after too many refused logins: unlock it there, such as by setting its password"
	case "api.user.login.not_verified.app_error":
		return "has an email address that is not verified: verify it"
	case "api.user.login.remote_users.login.error":
		return "is another server's: use an account of this server"
	default:
		return ""
	}
}

// A refusedLogin is a server's refusal of a login.
type refusedLogin struct {
	reason v1alpha1.LoginRefusal
}

func (r refusedLogin) Error() string { return "the server refused the login: " + string(r.reason) }

// A heldLogin must not be tried again at once, for another reason than its credentials.
type heldLogin struct {
	error
}

// An obstacle is what is wrong with an account, whatever its password is.
type obstacle string

func (o obstacle) Error() string { return "the account " + string(o) }

// login logs in and returns the session's token. With the email address of a first
// administrator, it creates that account first on a server without accounts.
func login(ctx context.Context, server accounts, c Credentials, firstAdministrator string) (string, error) {
	if firstAdministrator != "" {
		// A login that must fail would count as refused.
		if err := createFirst(ctx, server, c, firstAdministrator); err != nil {
			return "", err
		}
	}

	user, rsp, err := server.Login(ctx, c.Username, c.Password)
	if err != nil {
		return "", notLoggedIn(ctx, server, err)
	}

	// Another account may have been the first, between the question and the creation.
	if firstAdministrator != "" && !user.IsSystemAdmin() {
		return "", errors.Errorf("cannot use account %q as first administrator: it is no system administrator, "+
			"so that another account was there first: give its credentials instead", c.Username)
	}

	return rsp.Header.Get(model.HeaderToken), nil
}

// notLoggedIn interprets the error of a login.
func notLoggedIn(ctx context.Context, server accounts, err error) error {
	said := &model.AppError{}
	if !errors.As(err, &said) {
		// The server may have counted a login that it did not answer in time.
		if slow := (&slowServer{}); errors.As(err, &slow) {
			return heldLogin{slow}
		}

		return errors.Wrap(err, "cannot log in")
	}

	if wrong := obstacleOf(said.Id); wrong != "" {
		return heldLogin{wrong}
	}

	reason, refused := refusalOf(said.Id)
	if !refused {
		err = errors.Wrap(err, "cannot log in")

		// Something in between, such as an ingress, rejects the request.
		if said.StatusCode == http.StatusUnauthorized || said.StatusCode == http.StatusForbidden {
			return heldLogin{err}
		}

		return err
	}

	// A server without its database answers as if the password were wrong.
	if err := ill(ctx, server); err != nil {
		return heldLogin{err}
	}

	return refusedLogin{reason: reason}
}

// ill returns why a server's answer about an account cannot be trusted, or nil.
func ill(ctx context.Context, server accounts) error {
	health, _, err := server.GetPingWithOptions(ctx, model.SystemPingOptions{FullStatus: true, RESTSemantics: true})

	said := &model.AppError{}

	switch {
	case err != nil && (!errors.As(err, &said) || said.StatusCode >= http.StatusInternalServerError):
		return errors.Wrap(err, "cannot log in, and cannot tell whether the server is healthy")
	case err == nil && health["database_status"] != nil && health["database_status"] != model.StatusOk:
		return errors.New("cannot log in: the server does not reach its database")
	default:
		return nil
	}
}

// createFirst creates the account of c if server has none. Any other creates nothing.
func createFirst(ctx context.Context, server accounts, c Credentials, email string) error {
	empty, err := hasNoAccounts(ctx, server)
	if err != nil {
		return errors.Wrap(err, "cannot tell whether the server has accounts")
	}

	if !empty {
		return nil
	}

	_, _, err = server.CreateUser(ctx, &model.User{Username: c.Username, Email: email, Password: c.Password})

	// A second provider may have created it meanwhile, which the login tells.
	if hasStatus(err, http.StatusBadRequest) {
		if _, _, refused := server.Login(ctx, c.Username, c.Password); refused == nil {
			return nil
		}
	}

	return errors.Wrap(err, "cannot create the first administrator")
}

// hasNoAccounts says whether nobody has an account of server yet. It takes no login.
func hasNoAccounts(ctx context.Context, server ConfigService) (bool, error) {
	config, err := ClientConfig(ctx, server)
	return config["NoAccounts"] == "true", err
}
