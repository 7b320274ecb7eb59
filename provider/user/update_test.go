package user

import (
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

func TestUpdate(t *testing.T) {
	boom := errors.New("boom")

	type want struct {
		err     error
		calls   []string
		said    []string
		patched *model.UserPatch
		details managed.ConnectionDetails
		version string
	}

	cases := map[string]struct {
		reason  string
		server  *fake
		secrets secrets
		mg      *v1alpha1.User
		want    want
	}{
		"Patch": {
			reason: "properties are patched, and those that are not declared are left alone",
			server: &fake{user: existing()},
			mg:     declared(named, func(mg *v1alpha1.User) { mg.Spec.ForProvider.Position = ptr.To("Boss") }),
			want: want{
				calls:   []string{"GetUser", "PatchUser"},
				patched: &model.UserPatch{Username: ptr.To("ann"), Email: ptr.To("ann@example.org"), Position: ptr.To("Boss")},
			},
		},
		"Roles": {
			reason: "roles have a request of their own",
			server: &fake{user: existing()},
			mg:     declared(named, func(mg *v1alpha1.User) { mg.Spec.ForProvider.Roles = []string{"system_user", "system_admin"} }),
			want:   want{calls: []string{"GetUser", "UpdateUserRoles"}, said: []string{"system_user system_admin"}},
		},
		"VerifiedEmail": {
			reason: "a new address is verified after it is there",
			server: &fake{user: existing(func(user *model.User) { user.Email = "old@example.org" })},
			mg:     declared(named, func(mg *v1alpha1.User) { mg.Spec.ForProvider.EmailVerified = ptr.To(true) }),
			want: want{
				calls:   []string{"GetUser", "GetMe", "PatchUser", "VerifyUserEmailWithoutToken"},
				patched: &model.UserPatch{Username: ptr.To("ann"), Email: ptr.To("ann@example.org")},
			},
		},
		"Password": {
			reason:  "a changed password is set and published, and it is noted which",
			server:  &fake{user: existing()},
			secrets: secrets{"own": {"pw": "new"}, "connection": {"password": "old"}},
			mg:      declared(named, connected, withPassword, setFrom("uid/6")),
			want: want{
				calls:   []string{"GetUser", "GetMe", "UpdateUserPassword"},
				said:    []string{"", "new"},
				details: managed.ConnectionDetails{"username": []byte("ann"), "password": []byte("new")},
				version: "uid/7",
			},
		},
		"PasswordIsPublishedAlready": {
			reason:  "a password that a creation has just set is not set again",
			server:  &fake{user: existing()},
			secrets: secrets{"own": {"pw": "new"}, "connection": {"password": "new"}},
			mg:      declared(named, connected, withPassword),
			want: want{
				calls:   []string{"GetUser", "GetMe"},
				details: managed.ConnectionDetails{"username": []byte("ann"), "password": []byte("new")},
				version: "uid/7",
			},
		},
		"CannotGet": {
			reason: "nothing is written while it is unknown who is there",
			server: &fake{Record: kindtest.Fails("GetUser", boom)},
			mg:     declared(named),
			want:   want{err: boom, calls: []string{"GetUser"}},
		},
		"CannotPatch": {
			reason: "an error ends the update",
			server: &fake{user: existing(), Record: kindtest.Fails("PatchUser", boom)},
			mg: declared(named, func(mg *v1alpha1.User) {
				mg.Spec.ForProvider.Nickname, mg.Spec.ForProvider.Roles = ptr.To("A"), []string{"system_admin"}
			}),
			want: want{
				err:     boom,
				calls:   []string{"GetUser", "GetMe", "PatchUser"},
				patched: &model.UserPatch{Username: ptr.To("ann"), Email: ptr.To("ann@example.org"), Nickname: ptr.To("A")},
			},
		},
		"CannotUpdateRoles": {
			reason: "an error ends the update",
			server: &fake{user: existing(), Record: kindtest.Fails("UpdateUserRoles", boom)},
			mg:     declared(named, func(mg *v1alpha1.User) { mg.Spec.ForProvider.Roles = []string{"system_admin"} }),
			want:   want{err: boom, calls: []string{"GetUser", "GetMe", "UpdateUserRoles"}, said: []string{"system_admin"}},
		},
		"CannotVerify": {
			reason: "an error is passed on",
			server: &fake{
				user:   existing(func(user *model.User) { user.Email = "old@example.org" }),
				Record: kindtest.Fails("VerifyUserEmailWithoutToken", boom),
			},
			mg: declared(named, func(mg *v1alpha1.User) { mg.Spec.ForProvider.EmailVerified = ptr.To(true) }),
			want: want{
				err:     boom,
				calls:   []string{"GetUser", "GetMe", "PatchUser", "VerifyUserEmailWithoutToken"},
				patched: &model.UserPatch{Username: ptr.To("ann"), Email: ptr.To("ann@example.org")},
			},
		},
		"CannotSetPassword": {
			reason:  "a password that was not set is set again",
			server:  &fake{user: existing(), Record: kindtest.Fails("UpdateUserPassword", boom)},
			secrets: secrets{"own": {"pw": "new"}},
			mg:      declared(named, withPassword, setFrom("uid/6")),
			want:    want{err: boom, calls: []string{"GetUser", "GetMe", "UpdateUserPassword"}, said: []string{"", "new"}, version: "uid/6"},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			update, err := (&external{server: tc.server, passwords: tc.secrets.passwords()}).Update(t.Context(), tc.mg)
			got := want{
				err: err, calls: tc.server.Calls, said: tc.server.said, patched: tc.server.patched,
				details: update.ConnectionDetails, version: tc.mg.Status.AtProvider.PasswordSecretVersion,
			}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("\n%s\nUpdate(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
