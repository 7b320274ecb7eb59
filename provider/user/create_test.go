package user

import (
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/account"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

func TestCreate(t *testing.T) {
	boom := errors.New("boom")

	type want struct {
		err          error
		calls        []string
		password     string
		details      managed.ConnectionDetails
		externalName string
	}

	ofPassword := func(pw string) managed.ConnectionDetails {
		return managed.ConnectionDetails{"username": []byte("ann"), "password": []byte(pw)}
	}

	cases := map[string]struct {
		reason  string
		server  *fake
		secrets secrets
		mg      *v1alpha1.User
		want    want
	}{
		"DeclaredPassword": {
			reason:  "a password that is declared is used, without the newline that editors add",
			server:  &fake{},
			secrets: secrets{"own": {"pw": "secret\n"}},
			mg:      declared(withPassword),
			want: want{
				calls:        []string{"GetUserByUsername", "CreateUser"},
				password:     "secret",
				details:      ofPassword("secret"),
				externalName: id,
			},
		},
		"PasswordLeftByAnInterruptedCreation": {
			reason:  "a password that was published before is used: the user may have it already",
			server:  &fake{},
			secrets: secrets{"connection": {"password": "left"}},
			mg:      declared(connected),
			want: want{
				calls:        []string{"GetUserByUsername", "CreateUser"},
				password:     "left",
				details:      ofPassword("left"),
				externalName: id,
			},
		},
		"NowhereToKeepIt": {
			reason: "no user is created whose password nobody would know",
			server: &fake{},
			mg:     declared(),
			want:   want{err: cmpopts.AnyError, calls: []string{"GetUserByUsername"}},
		},
		"CannotKeepIt": {
			reason:  "no user is created before the password is kept",
			server:  &fake{},
			secrets: secrets{"refusing": {}},
			mg:      declared(connected),
			want:    want{err: cmpopts.AnyError, calls: []string{"GetUserByUsername"}},
		},
		"Deactivated": {
			reason: "a deactivated user whom a managed resource created is activated, and keeps the password",
			server: &fake{user: existing(deactivated, ofAnother)},
			mg:     declared(connected),
			want:   want{calls: []string{"GetUserByUsername", "UpdateUserActive"}, externalName: id},
		},
		"DeactivatedForeign": {
			reason: "an account that a user deactivated stays deactivated",
			server: &fake{user: existing(deactivated, foreign)},
			mg:     declared(connected),
			want:   want{err: cmpopts.AnyError, calls: []string{"GetUserByUsername"}},
		},
		"DeactivatedTakenOver": {
			reason: "an account that a user deactivated is activated if takeOver is true",
			server: &fake{user: existing(deactivated, foreign)},
			mg:     declared(connected, takeOver),
			want:   want{calls: []string{"GetUserByUsername", "UpdateUserActive"}, externalName: id},
		},
		"Raced": {
			reason: "a user whom somebody made meanwhile is taken over",
			server: &fake{user: existing()},
			mg:     declared(connected),
			want:   want{calls: []string{"GetUserByUsername"}, externalName: id},
		},
		"CannotFind": {
			reason: "nothing is created while it is unknown who is there",
			server: &fake{Record: kindtest.Fails("GetUserByUsername", boom)},
			mg:     declared(connected),
			want:   want{err: boom, calls: []string{"GetUserByUsername"}},
		},
		"CannotCreate": {
			reason:  "what fails has no external name",
			server:  &fake{Record: kindtest.Fails("CreateUser", boom)},
			secrets: secrets{"own": {"pw": "secret"}},
			mg:      declared(withPassword),
			want:    want{err: boom, calls: []string{"GetUserByUsername", "CreateUser"}, password: "secret"},
		},
		"CannotActivate": {
			reason: "a user who cannot be activated is not made anew",
			server: &fake{user: existing(deactivated), Record: kindtest.Fails("UpdateUserActive", boom)},
			mg:     declared(connected),
			want:   want{err: boom, calls: []string{"GetUserByUsername", "UpdateUserActive"}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			creation, err := (&external{server: tc.server, passwords: tc.secrets.passwords()}).Create(t.Context(), tc.mg)
			if diff := cmp.Diff(tc.want.err, err, cmpopts.EquateErrors()); diff != "" {
				t.Errorf("\n%s\nCreate(...): -want error, +got error:\n%s", tc.reason, diff)
			}

			got := want{err: tc.want.err, calls: tc.server.Calls, details: creation.ConnectionDetails, externalName: meta.GetExternalName(tc.mg)}
			if tc.server.created != nil {
				got.password = tc.server.created.Password
			}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("\n%s\nCreate(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestGeneratedPasswordIsKeptFirst proves that the password of a new user is in the
// connection Secret by the time that the user exists.
func TestGeneratedPasswordIsKeptFirst(t *testing.T) {
	s := secrets{}
	server := &fake{}

	creation, err := (&external{server: server, passwords: s.passwords()}).Create(t.Context(), declared(connected))
	if err != nil {
		t.Fatal(err)
	}

	if !account.CreatedBy(declared(), server.created) {
		t.Error("the server has no note of who created the user")
	}

	generated := server.created.Password
	if len(generated) != passwordLength || !complete(generated) {
		t.Errorf("the generated password has %d characters or lacks a class of them", len(generated))
	}

	if diff := cmp.Diff(map[string]string{"username": "ann", "password": generated}, s["connection"]); diff != "" {
		t.Errorf("connection Secret: -want, +got:\n%s", diff)
	}

	if diff := cmp.Diff(generated, string(creation.ConnectionDetails["password"])); diff != "" {
		t.Errorf("connection details: -want, +got:\n%s", diff)
	}
}
