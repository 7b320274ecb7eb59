package user

import (
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

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
				Calls:        []string{"GetUser", "GetMe"},
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
				Calls:        []string{"GetUser", "GetMe"},
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
			want:   kindtest.Observed{Observation: managed.ExternalObservation{ResourceExists: true}, Calls: []string{"GetUserByUsername", "GetMe"}, ExternalName: id},
		},
		"DeletedWithoutPassword": {
			reason: "a user can be deleted after the Secret of the password",
			server: &fake{user: existing()},
			mg:     declared(named, deleted, withPassword),
			want:   kindtest.Observed{Observation: managed.ExternalObservation{ResourceExists: true}, Calls: []string{"GetUser", "GetMe"}, ExternalName: id},
		},
		"Unreachable": {
			reason: "an error says nothing about the user",
			server: &fake{Record: kindtest.Fails("GetUser", boom)},
			mg:     declared(named),
			want:   kindtest.Observed{Err: boom, Calls: []string{"GetUser"}, ExternalName: id},
		},
		"NameOfAnother": {
			reason: "a user who is gone does not take another one of that name along when the resource is deleted",
			server: &fake{user: existing(func(user *model.User) { user.Id = "bbbbbbbbbbbbbbbbbbbbbbbbbb" })},
			mg:     declared(named, deleted, takeOver),
			want:   kindtest.Observed{Calls: []string{"GetUser"}, ExternalName: id},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			kindtest.Observe(t, tc.reason, &external{server: tc.server, passwords: tc.secrets.passwords()}, &tc.server.Record, tc.mg, tc.want)
		})
	}
}
