package bot

import (
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

func TestObserve(t *testing.T) {
	boom := errors.New("boom")
	username := managed.ConnectionDetails{"username": []byte("robo")}
	withToken := managed.ConnectionDetails{"username": []byte("robo"), "userId": []byte(id), "token": []byte("pw")}

	cases := map[string]struct {
		reason string
		server *fake
		kube   client.Reader
		mg     *v1alpha1.Bot
		want   kindtest.Observed
	}{
		"UpToDate": {
			reason: "a bot that is as declared costs one read, and its token is published as it was",
			server: &fake{properties: ours(), bot: existing()},
			kube:   cluster(id, "pw"),
			mg:     declared(named, connected, known),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ConnectionDetails: withToken},
				Calls:        []string{"GetBotIncludeDeleted"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"NoSecret": {
			reason: "a bot without a connection Secret needs no token",
			server: &fake{properties: ours(), bot: existing()},
			kube:   cluster(id, ""),
			mg:     declared(named, known),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ConnectionDetails: username},
				Calls:        []string{"GetBotIncludeDeleted"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"NoToken": {
			reason: "a token is to be issued where there is none",
			server: &fake{properties: ours(), bot: existing()},
			kube:   cluster(id, ""),
			mg:     declared(named, connected),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, Diff: "writeConnectionSecretToRef", ConnectionDetails: username},
				Calls:        []string{"GetBotIncludeDeleted", "GetUser"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"TokenOfAnother": {
			reason: "the token of a bot that is gone is none of the bot that took its name",
			server: &fake{properties: ours(), bot: existing()},
			kube:   cluster(other, "pw"),
			mg:     declared(named, connected),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, Diff: "writeConnectionSecretToRef", ConnectionDetails: username},
				Calls:        []string{"GetBotIncludeDeleted", "GetUser"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"Drift": {
			reason: "every field that differs is named",
			server: &fake{properties: ours(), bot: existing()},
			kube:   cluster(id, ""),
			mg: declared(named, func(mg *v1alpha1.Bot) {
				mg.Spec.ForProvider = v1alpha1.BotParameters{Username: "new", DisplayName: ptr.To("a"), Description: ptr.To("b")}
			}),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, Diff: "username, displayName, description", ConnectionDetails: username},
				Calls:        []string{"GetBotIncludeDeleted", "GetUser"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"AdoptedByUsername": {
			reason: "a bot of the declared username is taken over, also when an interrupted creation never recorded its id",
			server: &fake{properties: ours(), bot: existing()},
			kube:   cluster(id, ""),
			mg:     declared(),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ResourceLateInitialized: true, ConnectionDetails: username},
				Calls:        []string{"GetUserByUsername", "GetBotIncludeDeleted", "GetUser"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"Person": {
			reason: "the account of a person is not a bot's",
			server: &fake{properties: ours(), bot: existing(), person: true},
			kube:   cluster(id, ""),
			mg:     declared(),
			want:   kindtest.Observed{Err: cmpopts.AnyError, Calls: []string{"GetUserByUsername"}},
		},
		"NotFound": {
			reason: "a bot that is not there is to be created",
			server: &fake{},
			kube:   cluster(id, ""),
			mg:     declared(named),
			want:   kindtest.Observed{Calls: []string{"GetBotIncludeDeleted", "GetUserByUsername"}, ExternalName: id},
		},
		"Disabled": {
			reason: "a bot that was disabled is to be enabled, which creation does",
			server: &fake{properties: ours(), bot: existing(disabled)},
			kube:   cluster(id, ""),
			mg:     declared(named),
			want:   kindtest.Observed{Calls: []string{"GetBotIncludeDeleted"}, ExternalName: id},
		},
		"DisabledAsWanted": {
			reason: "the deletion of a disabled bot is complete",
			server: &fake{properties: ours(), bot: existing(disabled)},
			kube:   cluster(id, ""),
			mg:     declared(named, deleted),
			want:   kindtest.Observed{Calls: []string{"GetBotIncludeDeleted"}, ExternalName: id},
		},
		"ToBeDisabled": {
			reason: "a bot is there until it is disabled",
			server: &fake{properties: ours(), bot: existing()},
			kube:   cluster(id, ""),
			mg:     declared(named, deleted),
			want:   kindtest.Observed{Observation: managed.ExternalObservation{ResourceExists: true}, Calls: []string{"GetBotIncludeDeleted", "GetUser", "GetMe"}, ExternalName: id},
		},
		"DisabledToBeDeleted": {
			reason: "a disabled bot is there to be deleted permanently",
			server: &fake{properties: ours(), bot: existing(disabled)},
			kube:   cluster(id, ""),
			mg:     declared(named, deleted, permanently),
			want:   kindtest.Observed{Observation: managed.ExternalObservation{ResourceExists: true}, Calls: []string{"GetBotIncludeDeleted", "GetUser", "GetMe"}, ExternalName: id},
		},
		"Unreachable": {
			reason: "an error says nothing about the bot",
			server: &fake{Record: kindtest.Fails("GetBotIncludeDeleted", boom)},
			kube:   cluster(id, ""),
			mg:     declared(named),
			want:   kindtest.Observed{Err: boom, Calls: []string{"GetBotIncludeDeleted"}, ExternalName: id},
		},
		"NameOfAnother": {
			reason: "a bot that is gone does not take another one of its name with it when its resource is deleted",
			server: &fake{bot: existing(func(bot *model.Bot) { bot.UserId = other })},
			kube:   cluster(id, ""),
			mg:     declared(named, deleted, takeOver),
			want:   kindtest.Observed{Calls: []string{"GetBotIncludeDeleted"}, ExternalName: id},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			kindtest.Observe(t, tc.reason, &external{server: tc.server, kube: tc.kube}, &tc.server.Record, tc.mg, tc.want)
		})
	}
}
