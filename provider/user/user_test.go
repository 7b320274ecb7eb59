package user

import (
	"context"
	"net/http"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	"github.com/crossplane/crossplane-runtime/v2/pkg/test"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/mattermost/mattermost/server/public/model"
	corev1 "k8s.io/api/core/v1"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

const id = "aaaaaaaaaaaaaaaaaaaaaaaaaa"

// fake is a server with at most one user, that records what it was asked.
type fake struct {
	kindtest.Record

	user *model.User

	created *model.User
	patched *model.UserPatch
	said    []string
}

func (f *fake) call(name string, said ...string) error {
	f.said = append(f.said, said...)
	return f.Call(name)
}

func (f *fake) get(name string, found bool) (*model.User, *model.Response, error) {
	if err := f.call(name); err != nil {
		return nil, nil, err
	}

	if !found {
		return nil, nil, &model.AppError{StatusCode: http.StatusNotFound, Message: "not found"}
	}

	user := *f.user

	return &user, nil, nil
}

func (f *fake) GetUser(_ context.Context, id, _ string) (*model.User, *model.Response, error) {
	return f.get("GetUser", f.user != nil && f.user.Id == id)
}

func (f *fake) GetUserByUsername(_ context.Context, username, _ string) (*model.User, *model.Response, error) {
	return f.get("GetUserByUsername", f.user != nil && f.user.Username == username)
}

func (f *fake) CreateUser(_ context.Context, user *model.User) (*model.User, *model.Response, error) {
	f.created = user
	return &model.User{Id: id, Username: user.Username}, nil, f.call("CreateUser")
}

func (f *fake) PatchUser(_ context.Context, _ string, patch *model.UserPatch) (*model.User, *model.Response, error) {
	f.patched = patch
	return nil, nil, f.call("PatchUser")
}

func (f *fake) UpdateUserActive(context.Context, string, bool) (*model.Response, error) {
	return nil, f.call("UpdateUserActive")
}

func (f *fake) UpdateUserRoles(_ context.Context, _, roles string) (*model.Response, error) {
	return nil, f.call("UpdateUserRoles", roles)
}

func (f *fake) UpdateUserPassword(_ context.Context, _, current, next string) (*model.Response, error) {
	return nil, f.call("UpdateUserPassword", current, next)
}

func (f *fake) VerifyUserEmailWithoutToken(context.Context, string) (*model.User, *model.Response, error) {
	return nil, nil, f.call("VerifyUserEmailWithoutToken")
}

func (f *fake) DeleteUser(context.Context, string) (*model.Response, error) {
	return nil, f.call("DeleteUser")
}

func (f *fake) PermanentDeleteUser(context.Context, string) (*model.Response, error) {
	return nil, f.call("PermanentDeleteUser")
}

// secrets are Secrets by name, and a publisher that puts what it is given there.
type secrets map[string]map[string]string

func (s secrets) passwords() passwords {
	return passwords{
		kube: &test.MockClient{MockGet: func(_ context.Context, key client.ObjectKey, into client.Object) error {
			data, ok := s[key.Name]
			if !ok {
				return kerrors.NewNotFound(schema.GroupResource{Resource: "secrets"}, key.Name)
			}

			secret := into.(*corev1.Secret) //nolint:forcetypeassert // Nothing else is asked for.
			secret.UID, secret.ResourceVersion, secret.Data = "uid", "7", map[string][]byte{}

			for k, v := range data {
				secret.Data[k] = []byte(v)
			}

			return nil
		}},
		publisher: s,
	}
}

func (s secrets) PublishConnection(_ context.Context, mg resource.LocalConnectionSecretOwner, details managed.ConnectionDetails) (bool, error) {
	if s["refusing"] != nil {
		return false, errors.New("boom")
	}

	published := map[string]string{}
	for k, v := range details {
		published[k] = string(v)
	}

	s[mg.GetWriteConnectionSecretToReference().Name] = published

	return true, nil
}

// declared returns a User named ann, changed by change.
func declared(change ...func(mg *v1alpha1.User)) *v1alpha1.User {
	mg := &v1alpha1.User{Spec: v1alpha1.UserSpec{ForProvider: v1alpha1.UserParameters{
		Username: "ann", Email: ptr.To("ann@example.org"), Deletion: v1alpha1.DeletionArchive,
	}}}

	for _, c := range change {
		c(mg)
	}

	return mg
}

func named(mg *v1alpha1.User) { meta.SetExternalName(mg, id) }

func connected(mg *v1alpha1.User) {
	mg.Spec.WriteConnectionSecretToReference = &xpv2.LocalSecretReference{Name: "connection"}
}

func withPassword(mg *v1alpha1.User) {
	mg.Spec.ForProvider.PasswordSecretRef = &xpv2.LocalSecretKeySelector{LocalSecretReference: xpv2.LocalSecretReference{Name: "own"}, Key: "pw"}
}

func setFrom(version string) func(mg *v1alpha1.User) {
	return func(mg *v1alpha1.User) { mg.Status.AtProvider.PasswordSecretVersion = version }
}

func deleted(mg *v1alpha1.User) { mg.DeletionTimestamp = ptr.To(metav1.Now()) }

func permanently(mg *v1alpha1.User) { mg.Spec.ForProvider.Deletion = v1alpha1.DeletionPermanent }

// existing returns the user ann, changed by change.
func existing(change ...func(user *model.User)) *model.User {
	user := &model.User{Id: id, Username: "ann", Email: "ann@example.org", Roles: "system_user"}

	for _, c := range change {
		c(user)
	}

	return user
}

func deactivated(user *model.User) { user.DeleteAt = 1 }

func TestObserve(t *testing.T) {
	boom := errors.New("boom")
	username := managed.ConnectionDetails{"username": []byte("ann")}

	cases := map[string]struct {
		reason  string
		server  *fake
		secrets secrets
		mg      *v1alpha1.User
		want    kindtest.Observed
	}{
		"UpToDate": {
			reason: "a user who is as declared costs one read",
			server: &fake{user: existing()},
			mg:     declared(named),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ConnectionDetails: username},
				Calls:        []string{"GetUser"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"PublishedPassword": {
			reason:  "what the connection Secret has is published again, so that nothing has to be written",
			server:  &fake{user: existing()},
			secrets: secrets{"connection": {"username": "ann", "password": "pw"}},
			mg:      declared(named, connected),
			want: kindtest.Observed{
				Observation: managed.ExternalObservation{
					ResourceExists: true, ResourceUpToDate: true,
					ConnectionDetails: managed.ConnectionDetails{"username": []byte("ann"), "password": []byte("pw")},
				},
				Calls:        []string{"GetUser"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"AdoptedByUsername": {
			reason: "a user of the declared username is taken over, also when an interrupted creation never recorded the id",
			server: &fake{user: existing()},
			mg:     declared(),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ResourceLateInitialized: true, ConnectionDetails: username},
				Calls:        []string{"GetUserByUsername"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"Drift": {
			reason: "every field that differs is named",
			server: &fake{user: existing()},
			mg: declared(named, func(mg *v1alpha1.User) {
				mg.Spec.ForProvider = v1alpha1.UserParameters{
					Username:      "bea",
					Email:         ptr.To("bea@example.org"),
					Nickname:      ptr.To("a"),
					FirstName:     ptr.To("b"),
					LastName:      ptr.To("c"),
					Position:      ptr.To("d"),
					Locale:        ptr.To("de"),
					Roles:         []string{"system_user", "system_admin"},
					EmailVerified: ptr.To(true),
				}
			}),
			want: kindtest.Observed{
				Observation: managed.ExternalObservation{
					ResourceExists: true, ConnectionDetails: username,
					Diff: "username, email, nickname, firstName, lastName, position, locale, roles",
				},
				Calls:        []string{"GetUser"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"NewPassword": {
			reason:  "a password of a Secret that changed is to be set",
			server:  &fake{user: existing()},
			secrets: secrets{"own": {"pw": "new"}},
			mg:      declared(named, withPassword, setFrom("uid/6")),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ConnectionDetails: username, Diff: "passwordSecretRef"},
				Calls:        []string{"GetUser"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"SamePassword": {
			reason:  "a password of a Secret that did not change is the user's own",
			server:  &fake{user: existing()},
			secrets: secrets{"own": {"pw": "same"}},
			mg:      declared(named, withPassword, setFrom("uid/7")),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ConnectionDetails: username},
				Calls:        []string{"GetUser"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"NoPassword": {
			reason: "a Secret that is not there is an error",
			server: &fake{user: existing()},
			mg:     declared(named, withPassword),
			want:   kindtest.Observed{Err: cmpopts.AnyError, Calls: []string{"GetUser"}, ExternalName: id},
		},
		"Bot": {
			reason: "the account of a bot is not a person's",
			server: &fake{user: existing(func(user *model.User) { user.IsBot = true })},
			mg:     declared(named),
			want:   kindtest.Observed{Err: cmpopts.AnyError, Calls: []string{"GetUser"}, ExternalName: id},
		},
		"NotFound": {
			reason: "a user who is not there is to be created",
			server: &fake{},
			mg:     declared(named),
			want:   kindtest.Observed{Calls: []string{"GetUser", "GetUserByUsername"}, ExternalName: id},
		},
		"Deactivated": {
			reason: "a user who was deactivated is to be activated, which creation does",
			server: &fake{user: existing(deactivated)},
			mg:     declared(named),
			want:   kindtest.Observed{Calls: []string{"GetUser"}, ExternalName: id},
		},
		"DeactivatedAsWanted": {
			reason: "the deletion of a deactivated user is complete",
			server: &fake{user: existing(deactivated)},
			mg:     declared(named, deleted),
			want:   kindtest.Observed{Calls: []string{"GetUser"}, ExternalName: id},
		},
		"DeactivatedToBeDeleted": {
			reason: "a deactivated user is there to be deleted permanently",
			server: &fake{user: existing(deactivated)},
			mg:     declared(deleted, permanently),
			want:   kindtest.Observed{Observation: managed.ExternalObservation{ResourceExists: true}, Calls: []string{"GetUserByUsername"}, ExternalName: id},
		},
		"DeletedWithoutPassword": {
			reason: "a user can be deleted after the Secret of the password",
			server: &fake{user: existing()},
			mg:     declared(named, deleted, withPassword),
			want:   kindtest.Observed{Observation: managed.ExternalObservation{ResourceExists: true}, Calls: []string{"GetUser"}, ExternalName: id},
		},
		"Unreachable": {
			reason: "an error says nothing about the user",
			server: &fake{Record: kindtest.Fails("GetUser", boom)},
			mg:     declared(named),
			want:   kindtest.Observed{Err: boom, Calls: []string{"GetUser"}, ExternalName: id},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			kindtest.Observe(t, tc.reason, &external{server: tc.server, passwords: tc.secrets.passwords()}, &tc.server.Record, tc.mg, tc.want)
		})
	}
}

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
			reason: "a deactivated user is activated, and keeps the password",
			server: &fake{user: existing(deactivated)},
			mg:     declared(connected),
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
				calls:   []string{"GetUser", "PatchUser", "VerifyUserEmailWithoutToken"},
				patched: &model.UserPatch{Username: ptr.To("ann"), Email: ptr.To("ann@example.org")},
			},
		},
		"Password": {
			reason:  "a changed password is set and published, and it is noted which",
			server:  &fake{user: existing()},
			secrets: secrets{"own": {"pw": "new"}, "connection": {"password": "old"}},
			mg:      declared(named, connected, withPassword, setFrom("uid/6")),
			want: want{
				calls:   []string{"GetUser", "UpdateUserPassword"},
				said:    []string{"old", "new"},
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
				calls:   []string{"GetUser"},
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
				calls:   []string{"GetUser", "PatchUser"},
				patched: &model.UserPatch{Username: ptr.To("ann"), Email: ptr.To("ann@example.org"), Nickname: ptr.To("A")},
			},
		},
		"CannotUpdateRoles": {
			reason: "an error ends the update",
			server: &fake{user: existing(), Record: kindtest.Fails("UpdateUserRoles", boom)},
			mg:     declared(named, func(mg *v1alpha1.User) { mg.Spec.ForProvider.Roles = []string{"system_admin"} }),
			want:   want{err: boom, calls: []string{"GetUser", "UpdateUserRoles"}, said: []string{"system_admin"}},
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
				calls:   []string{"GetUser", "PatchUser", "VerifyUserEmailWithoutToken"},
				patched: &model.UserPatch{Username: ptr.To("ann"), Email: ptr.To("ann@example.org")},
			},
		},
		"CannotSetPassword": {
			reason:  "a password that was not set is set again",
			server:  &fake{user: existing(), Record: kindtest.Fails("UpdateUserPassword", boom)},
			secrets: secrets{"own": {"pw": "new"}},
			mg:      declared(named, withPassword, setFrom("uid/6")),
			want:    want{err: boom, calls: []string{"GetUser", "UpdateUserPassword"}, said: []string{"", "new"}, version: "uid/6"},
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

func TestDelete(t *testing.T) {
	boom := errors.New("boom")
	gone := &model.AppError{StatusCode: http.StatusNotFound}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.User
		want   kindtest.Deleted
	}{
		"Deactivate": {
			reason: "a user is deactivated by default",
			server: &fake{},
			mg:     declared(named),
			want:   kindtest.Deleted{Calls: []string{"DeleteUser"}},
		},
		"Permanent": {
			reason: "an account is deleted permanently when the spec consents",
			server: &fake{},
			mg:     declared(named, permanently),
			want:   kindtest.Deleted{Calls: []string{"PermanentDeleteUser"}},
		},
		"Gone": {
			reason: "a user who is gone is deleted",
			server: &fake{Record: kindtest.Fails("DeleteUser", gone)},
			mg:     declared(named),
			want:   kindtest.Deleted{Calls: []string{"DeleteUser"}},
		},
		"CannotDeactivate": {
			reason: "an error keeps the object",
			server: &fake{Record: kindtest.Fails("DeleteUser", boom)},
			mg:     declared(named),
			want:   kindtest.Deleted{Err: boom, Calls: []string{"DeleteUser"}},
		},
		"CannotDelete": {
			reason: "an account that may not be deleted is not deactivated instead",
			server: &fake{Record: kindtest.Fails("PermanentDeleteUser", boom)},
			mg:     declared(named, permanently),
			want:   kindtest.Deleted{Err: boom, Calls: []string{"PermanentDeleteUser"}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			kindtest.Delete(t, tc.reason, &external{server: tc.server}, &tc.server.Record, tc.mg, tc.want)
		})
	}
}
