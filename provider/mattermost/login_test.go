package mattermost

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mattermost/mattermost/server/public/model"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
)

func TestFirstAdministrator(t *testing.T) {
	type want struct {
		err      string
		accounts map[string]string
		logins   int
	}

	cases := map[string]struct {
		reason        string
		accounts      map[string]string
		administrator string
		email         string
		want          want
	}{
		"EmptyServer": {
			reason: "the login is created on a server that has no account",
			email:  "admin@example.org",
			want:   want{accounts: map[string]string{"admin": "password"}, logins: 1},
		},
		"AlreadyThere": {
			reason:        "an administrator that exists logs in at once",
			accounts:      map[string]string{"admin": "password"},
			administrator: "admin",
			email:         "admin@example.org",
			want:          want{accounts: map[string]string{"admin": "password"}, logins: 1},
		},
		"NotDeclared": {
			reason: "nothing is created unless it is declared",
			want:   want{err: Origin{}.remedy(v1alpha1.RefusedCredentials), accounts: map[string]string{}, logins: 1},
		},
		"OthersAreThere": {
			reason:        "a server that has accounts is left alone",
			accounts:      map[string]string{"other": "secret"},
			administrator: "other",
			email:         "admin@example.org",
			want: want{
				err:      Origin{}.remedy(v1alpha1.RefusedCredentials),
				accounts: map[string]string{"other": "secret"},
				logins:   1,
			},
		},
		"NotTheFirst": {
			reason:        "an account that was created second is no administrator, and is not taken for one",
			accounts:      map[string]string{"other": "secret", "admin": "password"},
			administrator: "other",
			email:         "admin@example.org",
			want: want{
				err:      `cannot use account "admin" as first administrator: it is no system administrator, so that another account was there first: give its credentials instead`,
				accounts: map[string]string{"other": "secret", "admin": "password"},
				logins:   1,
			},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s, url := newServer(t)
			s.administrator = tc.administrator

			if tc.accounts != nil {
				s.accounts = tc.accounts
			}

			e := fast(url, Credentials{Username: "admin", Password: "password"})
			e.FirstAdministrator = tc.email
			got := want{}

			if err := getTeam(t.Context(), connect(t, e)); err != nil {
				_, got.err, _ = strings.Cut(err.Error(), `team": `)
			}

			got.accounts, got.logins = s.accounts, s.logins

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("\n%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// raced is a server on which another provider creates the account just before we do.
type raced struct {
	created bool
}

func (r *raced) Login(context.Context, string, string) (*model.User, *model.Response, error) {
	if !r.created {
		return nil, nil, &model.AppError{StatusCode: http.StatusUnauthorized}
	}

	rsp := &model.Response{Header: http.Header{}}
	rsp.Header.Set(model.HeaderToken, "session")

	return &model.User{Roles: model.SystemAdminRoleId}, rsp, nil
}

func (r *raced) CreateUser(context.Context, *model.User) (*model.User, *model.Response, error) {
	r.created = true
	return nil, nil, &model.AppError{StatusCode: http.StatusBadRequest}
}

func (r *raced) DoAPIGet(context.Context, string, string) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: body(`{"NoAccounts":"true"}`)}, nil
}

func (r *raced) GetPingWithOptions(context.Context, model.SystemPingOptions) (map[string]any, *model.Response, error) {
	return map[string]any{"database_status": model.StatusOk}, nil, nil
}

func TestFirstAdministratorIsCreatedOnce(t *testing.T) {
	token, err := login(t.Context(), &raced{}, Credentials{Username: "admin", Password: "password"}, "admin@example.org")
	if diff := cmp.Diff([]string{"session", "<nil>"}, []string{token, fmt.Sprint(err)}); diff != "" {
		t.Errorf("an account that another provider created meanwhile: token and error: -want, +got:\n%s", diff)
	}
}
