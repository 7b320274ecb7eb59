package user

import (
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/mattermost/mattermost/server/public/model"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/account"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

// administrator is a system administrator.
func administrator(user *model.User) { user.Roles = "system_user system_admin" }

// hostile declares everything that would give access to the account, and a nickname, which
// would not.
func hostile(mg *v1alpha1.User) {
	p := &mg.Spec.ForProvider
	p.Username, p.Email, p.Roles, p.Nickname = "eve", ptr.To("eve@example.org"), []string{"system_user"}, ptr.To("Eve")
}

// claimed has annotations that say that the resource created the account.
func claimed(mg *v1alpha1.User) {
	named(mg)
	meta.SetExternalCreatePending(mg, metav1.Now().Time)
	meta.SetExternalCreateSucceeded(mg, metav1.Now().Time)
}

// createdBefore says in the status that the resource was seen to have created an account.
func createdBefore(account string) func(mg *v1alpha1.User) {
	return func(mg *v1alpha1.User) { mg.Status.AtProvider.ID, mg.Status.AtProvider.Created = account, true }
}

// restyled is an account whose owner replaced its properties, and the note of who created
// it is one of them.
func restyled(user *model.User) {
	user.Patch(&model.UserPatch{Props: model.StringMap{"theme": "dark"}})
}

// toldBefore that the resource created the account, by a provider that did not note it elsewhere.
func toldBefore(mg *v1alpha1.User) {
	mg.Status.AtProvider.ID = id
	mg.SetConditions(account.Created.Condition("ann", nil))
}

func nicknamed(mg *v1alpha1.User) { mg.Spec.ForProvider.Nickname = ptr.To("Eve") }

// TestAccountsOfOthers asserts that fields that give access stay as they are in an account
// that the resource did not create, or that the provider itself uses.
func TestAccountsOfOthers(t *testing.T) {
	type want struct {
		diff     string
		managed  account.Standing
		message  string
		calls    []string
		said     []string
		patched  *model.UserPatch
		password string
	}

	ofSecrets := secrets{"own": {"pw": "mine"}, "connection": {"username": "ann", "password": "left"}}
	left := func(fields string) string {
		return `this resource did not create the account "ann": its username, email, roles, password and tokens stay as they are, ` +
			`and it stays when this resource is deleted` + fields + `: set spec.forProvider.takeOver to true to manage all of it`
	}
	inUse := func(fields string) string {
		return `the provider itself uses the account "ann": its username, email and password stay as they are, no role is taken from it, ` +
			`and it stays when this resource is deleted` + fields + `: change it on the server`
	}
	all := " (not as declared: username, email, roles, passwordSecretRef)"
	nickname := &model.UserPatch{Nickname: ptr.To("Eve")}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.User
		want   want
	}{
		"ByName": {
			reason: "the password of an existing account is not set, and no other password is published",
			server: &fake{user: existing(foreign, administrator)},
			mg:     declared(connected, withPassword),
			want: want{
				managed: account.NotCreated, message: left(" (not as declared: passwordSecretRef)"),
				calls: []string{"GetUserByUsername", "GetUser"},
			},
		},
		"ByID": {
			reason: "an id in an annotation proves nothing",
			server: &fake{user: existing(foreign, administrator)},
			mg:     declared(claimed, hostile, withPassword),
			want: want{
				diff: "nickname", managed: account.NotCreated, message: left(all),
				calls: []string{"GetUser", "GetUser", "PatchUser"}, patched: nickname,
			},
		},
		"OfAnotherResource": {
			reason: "an account of another resource is not managed",
			server: &fake{user: existing(ofAnother, administrator)},
			mg:     declared(claimed, hostile, withPassword),
			want: want{
				diff: "nickname", managed: account.NotCreated, message: left(all),
				calls: []string{"GetUser", "GetUser", "PatchUser"}, patched: nickname,
			},
		},
		"TakenOver": {
			reason: "all fields are managed if takeOver is true",
			server: &fake{user: existing(foreign, administrator)},
			mg:     declared(named, hostile, withPassword, takeOver),
			want: want{
				diff: "username, email, nickname, roles, passwordSecretRef", managed: account.TakenOver,
				calls:   []string{"GetUser", "GetMe", "GetUser", "GetMe", "PatchUser", "UpdateUserRoles", "UpdateUserPassword"},
				said:    []string{"system_user", "", "mine"},
				patched: &model.UserPatch{Username: ptr.To("eve"), Email: ptr.To("eve@example.org"), Nickname: ptr.To("Eve")},
			},
		},
		"InUse": {
			reason: "the account that the provider uses is not locked out, whatever the spec says",
			server: &fake{user: existing(administrator), own: true},
			mg:     declared(named, hostile, withPassword, takeOver),
			want: want{
				diff: "nickname", managed: account.InUse, message: inUse(all),
				calls: []string{"GetUser", "GetMe", "GetUser", "GetMe", "PatchUser"}, patched: nickname,
			},
		},
		"InUsePromoted": {
			reason: "the account that the provider uses may get another role",
			server: &fake{user: existing(administrator), own: true},
			mg: declared(named, func(mg *v1alpha1.User) {
				mg.Spec.ForProvider.Roles = []string{"system_user", "system_admin", "system_manager"}
			}),
			want: want{
				diff: "roles", managed: account.Created,
				calls: []string{"GetUser", "GetUser", "UpdateUserRoles"}, said: []string{"system_user system_admin system_manager"},
			},
		},
		"Harmless": {
			reason: "fields that give no access are managed",
			server: &fake{user: existing(foreign)},
			mg:     declared(named, nicknamed),
			want: want{
				diff: "nickname", managed: account.NotCreated, message: left(""),
				calls:   []string{"GetUser", "GetUser", "PatchUser"},
				patched: &model.UserPatch{Username: ptr.To("ann"), Email: ptr.To("ann@example.org"), Nickname: ptr.To("Eve")},
			},
		},
		"UnknownAccount": {
			reason: "no password is set while it is unknown whose account the provider uses",
			server: &fake{user: existing(), Record: kindtest.Fails("GetMe", errors.New("boom"))},
			mg:     declared(named, withPassword),
			want:   want{calls: []string{"GetUser", "GetMe", "GetUser", "GetMe"}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			e := &external{server: tc.server, passwords: ofSecrets.passwords()}

			observation, _ := e.Observe(t.Context(), tc.mg)
			_, _ = e.Update(t.Context(), tc.mg)

			c := tc.mg.GetCondition(account.TypeFullyManaged)
			got := want{
				diff: observation.Diff, managed: account.Standing(c.Reason), message: c.Message,
				calls: tc.server.Calls, said: tc.server.said, patched: tc.server.patched,
				password: string(observation.ConnectionDetails["password"]),
			}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("\n%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestEndOfAccountsOfOthers asserts that deleting a resource does not deactivate an account
// that it did not create, or the account that the provider uses.
func TestEndOfAccountsOfOthers(t *testing.T) {
	boom := errors.New("boom")

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.User
		want   kindtest.Observed
	}{
		"Foreign": {
			reason: "an account that something else created stays",
			server: &fake{user: existing(foreign)},
			mg:     declared(claimed, deleted),
			want:   kindtest.Observed{Calls: []string{"GetUser"}, ExternalName: id},
		},
		"ForeignForGood": {
			reason: "an account that something else created is not deleted for good either",
			server: &fake{user: existing(foreign, deactivated)},
			mg:     declared(named, deleted, permanently),
			want:   kindtest.Observed{Calls: []string{"GetUser"}, ExternalName: id},
		},
		"NoteReplaced": {
			reason: "an account whose owner replaced the note does not outlive its resource silently",
			server: &fake{user: existing(restyled)},
			mg:     declared(claimed, deleted, createdBefore(id)),
			want:   kindtest.Observed{Err: cmpopts.AnyError, Calls: []string{"GetUser"}, ExternalName: id},
		},
		"NoteReplacedEarlier": {
			reason: "nor one whose resource has only a condition to tell",
			server: &fake{user: existing(restyled)},
			mg:     declared(claimed, deleted, toldBefore),
			want:   kindtest.Observed{Err: cmpopts.AnyError, Calls: []string{"GetUser"}, ExternalName: id},
		},
		"NoteOfAnotherAccount": {
			reason: "what was seen of another account says nothing about this one",
			server: &fake{user: existing(foreign)},
			mg:     declared(named, deleted, createdBefore("another")),
			want:   kindtest.Observed{Calls: []string{"GetUser"}, ExternalName: id},
		},
		"NoteReplacedAndTakenOver": {
			reason: "it ends when the spec takes it over",
			server: &fake{user: existing(restyled)},
			mg:     declared(named, deleted, createdBefore(id), takeOver),
			want:   kindtest.Observed{Observation: managed.ExternalObservation{ResourceExists: true}, Calls: []string{"GetUser", "GetMe"}, ExternalName: id},
		},
		"TakenOver": {
			reason: "an account with takeOver is deactivated",
			server: &fake{user: existing(foreign)},
			mg:     declared(named, deleted, takeOver),
			want:   kindtest.Observed{Observation: managed.ExternalObservation{ResourceExists: true}, Calls: []string{"GetUser", "GetMe"}, ExternalName: id},
		},
		"InUse": {
			reason: "the account that the provider uses stays, whoever created it",
			server: &fake{user: existing(), own: true},
			mg:     declared(named, deleted, takeOver, permanently),
			want:   kindtest.Observed{Calls: []string{"GetUser", "GetMe"}, ExternalName: id},
		},
		"Unknown": {
			reason: "the deletion waits while the account of the provider is unknown",
			server: &fake{user: existing(), Record: kindtest.Fails("GetMe", boom)},
			mg:     declared(named, deleted),
			want:   kindtest.Observed{Err: boom, Calls: []string{"GetUser", "GetMe"}, ExternalName: id},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			kindtest.Observe(t, tc.reason, &external{server: tc.server, passwords: secrets{}.passwords()}, &tc.server.Record, tc.mg, tc.want)
		})
	}
}

// TestCreatedIsRemembered proves that a resource keeps in mind that it created an account,
// and that this gives it no right to one that says otherwise.
func TestCreatedIsRemembered(t *testing.T) {
	server := &fake{user: existing()}
	e := &external{server: server, passwords: secrets{}.passwords()}
	mg := declared(named, hostile)

	if _, err := e.Observe(t.Context(), mg); err != nil || !mg.Status.AtProvider.Created {
		t.Fatalf("created: %t, %v", mg.Status.AtProvider.Created, err)
	}

	restyled(server.user)

	for range 2 {
		observation, err := e.Observe(t.Context(), mg)
		if err != nil || !mg.Status.AtProvider.Created || observation.Diff != "nickname" {
			t.Errorf("created: %t, differs: %s, %v", mg.Status.AtProvider.Created, observation.Diff, err)
		}

		if c := mg.GetCondition(account.TypeFullyManaged); account.Standing(c.Reason) != account.Unproven {
			t.Errorf("condition: %+v", c)
		}
	}
}

// TestPublishedPasswordOfAnotherAccount asserts that the password of a failed creation is
// not published for an account that another client created meanwhile.
func TestPublishedPasswordOfAnotherAccount(t *testing.T) {
	kept := secrets{"connection": {"username": "ann", "password": "left"}}

	cases := map[string]struct {
		reason string
		user   *model.User
		mg     *v1alpha1.User
		want   string
	}{
		"NeverSet": {reason: "a password that was never set is not published", user: existing(foreign), mg: declared(named, connected)},
		"Created":  {reason: "the password of an account that the object created stays", user: existing(), mg: declared(named, connected), want: "left"},
		"Set":      {reason: "a password that was set stays, even if its record was lost", user: existing(foreign), mg: declared(claimed, connected), want: "left"},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			observation, err := (&external{server: &fake{user: tc.user}, passwords: kept.passwords()}).Observe(t.Context(), tc.mg)
			if err != nil {
				t.Fatal(err)
			}

			want := managed.ConnectionDetails{"username": []byte("ann"), "password": []byte(tc.want)}
			if diff := cmp.Diff(want, observation.ConnectionDetails); diff != "" {
				t.Errorf("\n%s\nconnection details: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
