package outgoingwebhook

import (
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/mattermost/mattermost/server/public/model"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

func TestObserve(t *testing.T) {
	boom := errors.New("boom")
	token := managed.ConnectionDetails{"token": []byte("token")}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.OutgoingWebhook
		want   kindtest.Observed
	}{
		"UpToDate": {
			reason: "a webhook that is as declared costs one read",
			server: &fake{hooks: []*model.OutgoingWebhook{existing()}},
			mg:     declared(named),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ConnectionDetails: token},
				Calls:        []string{"GetOutgoingWebhook"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"Undeclared": {
			reason: "what is not declared is the server's, whatever it is",
			server: &fake{hooks: []*model.OutgoingWebhook{existing(func(hook *model.OutgoingWebhook) { hook.Description, hook.Username = "theirs", "theirs" })}},
			mg:     declared(named),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ConnectionDetails: token},
				Calls:        []string{"GetOutgoingWebhook"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"Drift": {
			reason: "every field that differs is named",
			server: &fake{hooks: []*model.OutgoingWebhook{existing()}},
			mg:     declared(named, different),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ConnectionDetails: token, Diff: "channelId, callbackUrls, triggerWords, triggerWhen, contentType, displayName, description, username, iconUrl"},
				Calls:        []string{"GetOutgoingWebhook"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"LeftByAnInterruptedCreation": {
			reason: "a webhook whose id was never recorded is found by its display name, on whatever page, and is always the oldest",
			server: &fake{hooks: crowd()},
			mg:     declared(),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ResourceLateInitialized: true, ConnectionDetails: token},
				Calls:        []string{"GetOutgoingWebhooksForTeam", "GetOutgoingWebhooksForTeam"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"NotFound": {
			reason: "a webhook that is not there is to be created",
			server: &fake{},
			mg:     declared(named),
			want:   kindtest.Observed{Calls: []string{"GetOutgoingWebhook", "GetOutgoingWebhooksForTeam"}, ExternalName: id},
		},
		"SameInAnotherOrder": {
			reason: "the order of URLs is of no meaning",
			server: &fake{hooks: []*model.OutgoingWebhook{existing(func(hook *model.OutgoingWebhook) { hook.CallbackURLs = []string{"https://b", "https://a"} })}},
			mg:     declared(named),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ConnectionDetails: token},
				Calls:        []string{"GetOutgoingWebhook"},
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"AnotherTeam": {
			reason: "a webhook does not move to another team",
			server: &fake{hooks: []*model.OutgoingWebhook{existing(func(hook *model.OutgoingWebhook) { hook.TeamId = other })}},
			mg:     declared(named),
			want:   kindtest.Observed{Err: cmpopts.AnyError, Calls: []string{"GetOutgoingWebhook"}, ExternalName: id},
		},
		"Unreachable": {
			reason: "an error says nothing about the webhook",
			server: &fake{Record: kindtest.Fails("GetOutgoingWebhook", boom)},
			mg:     declared(named),
			want:   kindtest.Observed{Err: boom, Calls: []string{"GetOutgoingWebhook"}, ExternalName: id},
		},
		"CannotList": {
			reason: "an error says nothing about the webhook",
			server: &fake{Record: kindtest.Fails("GetOutgoingWebhooksForTeam", boom)},
			mg:     declared(),
			want:   kindtest.Observed{Err: boom, Calls: []string{"GetOutgoingWebhooksForTeam"}},
		},
		"TeamIsGone": {
			reason: "a webhook is gone with its team",
			server: &fake{Record: kindtest.Fails("GetOutgoingWebhooksForTeam", kindtest.NotFound())},
			mg:     declared(),
			want:   kindtest.Observed{Calls: []string{"GetOutgoingWebhooksForTeam"}},
		},
		"NameOfAnother": {
			reason: "a webhook that is gone does not take another one of its name with it when its resource is deleted",
			server: &fake{hooks: []*model.OutgoingWebhook{existing(func(hook *model.OutgoingWebhook) { hook.Id = other })}},
			mg:     declared(named, deleted),
			want:   kindtest.Observed{Calls: []string{"GetOutgoingWebhook"}, ExternalName: id},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			kindtest.Observe(t, tc.reason, &external{server: tc.server}, &tc.server.Record, tc.mg, tc.want)
		})
	}
}
