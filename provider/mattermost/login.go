package mattermost

import (
	"context"
	"net/http"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/mattermost/mattermost/server/public/model"
)

// accounts is what of the API it takes to log in.
type accounts interface {
	Login(ctx context.Context, loginID, password string) (*model.User, *model.Response, error)
	CreateUser(ctx context.Context, user *model.User) (*model.User, *model.Response, error)
	ConfigService
}

// login logs in, and returns the session's token. With an email address of a first
// administrator, it creates the account on a server that has none.
func login(ctx context.Context, server accounts, c Credentials, firstAdministrator string) (string, error) {
	user, rsp, err := server.Login(ctx, c.Username, c.Password)

	if firstAdministrator != "" && hasStatus(err, http.StatusUnauthorized) {
		if err := createFirst(ctx, server, c, firstAdministrator); err != nil {
			return "", err
		}

		user, rsp, err = server.Login(ctx, c.Username, c.Password)
	}

	if err != nil {
		return "", errors.Wrap(err, "cannot log in")
	}

	// Another account may have been the first, between the question and the creation.
	if firstAdministrator != "" && !user.IsSystemAdmin() {
		return "", errors.Errorf("cannot use account %q as first administrator: it is no system administrator, "+
			"so that another account was there first: give its credentials instead", c.Username)
	}

	return rsp.Header.Get(model.HeaderToken), nil
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
