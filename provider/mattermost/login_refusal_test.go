package mattermost

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
)

// TestOnlyMattermostRefusesLogins tries all results of a login. Only a server's own answer
// about the account is a refusal.
func TestOnlyMattermostRefusesLogins(t *testing.T) {
	refuses := func(status int, id string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { refuse(w, status, id, "said") }
	}

	cases := map[string]struct {
		reason string
		answer http.HandlerFunc
		want   v1alpha1.LoginRefusal
	}{
		"WrongPassword": {reason: "the password is wrong", answer: refuses(401, "api.user.login.invalid_credentials_username"), want: v1alpha1.RefusedCredentials},
		"WithSSO":       {reason: "the password is wrong on a server with single sign-on", answer: refuses(401, "api.user.login.invalid_credentials_sso"), want: v1alpha1.RefusedCredentials},
		"SecondFactor":  {reason: "the provider has no second factor", answer: refuses(401, "api.user.check_user_mfa.bad_code.app_error"), want: v1alpha1.RefusedSecondFactor},
		"NoFactor":      {reason: "some servers say so with another status", answer: refuses(400, "mfa.validate_token.authenticate.app_error"), want: v1alpha1.RefusedSecondFactor},
		"Deactivated":   {reason: "the account is deactivated", answer: refuses(401, "api.user.login.inactive.app_error"), want: v1alpha1.RefusedDeactivated},
		"Locked":        {reason: "a locked account is no refusal", answer: refuses(401, "api.user.check_user_login_attempts.too_many.app_error")},
		"NotVerified":   {reason: "the password is right", answer: refuses(401, "api.user.login.not_verified.app_error")},
		"Unavailable":   {reason: "the answer of an unhealthy server is no refusal", answer: refuses(503, "api.user.login.invalid_credentials_username.other")},
		"Ingress401":    {reason: "an ingress asks for a password of its own", answer: status(401)},
		"Ingress403":    {reason: "an ingress rejects all requests", answer: status(403)},
		"ForeignJSON": {reason: "another program uses the same words", answer: func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"id": "api.user.login.inactive.app_error", "message": "without the status"}`)
		}},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			mux := http.NewServeMux()
			mux.Handle("/api/v4/users/login", tc.answer)
			mux.HandleFunc("/api/v4/system/ping", func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, `{"status": "OK", "database_status": "OK"}`)
			})

			h := httptest.NewServer(mux)
			t.Cleanup(h.Close)

			_, err := login(t.Context(), newClient(h.URL, refusals{next: http.DefaultTransport}), Credentials{Username: "admin", Password: "password"}, "")

			got := refusedLogin{}
			if err == nil || errors.As(err, &got) != (tc.want != "") || got.reason != tc.want {
				t.Errorf("\n%s\nwant refusal %q, got error %v", tc.reason, tc.want, err)
			}
		})
	}
}
