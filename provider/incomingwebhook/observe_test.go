package incomingwebhook

import (
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

func TestObserve(t *testing.T) {
	boom := errors.New("boom")
	details := managed.ConnectionDetails{"url": []byte(hookURL)}

	found := kindtest.Observed{
		Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ResourceLateInitialized: true, ConnectionDetails: details},
		ExternalName: pair,
		Ready:        xpv2.Available(),
	}
	asked := func(w kindtest.Observed, calls ...string) kindtest.Observed {
		w.Calls = calls
		return w
	}

	cases := map[string]struct {
		reason string
		server *fake
		url    string
		mg     *v1alpha1.IncomingWebhook
		want   kindtest.Observed
	}{
		"UpToDate": {
			reason: "a webhook that is as declared costs one read, by the URL that was published",
			server: &fake{hooks: []*model.IncomingWebhook{existing()}},
			url:    hookURL,
			mg:     declared(named(pair)),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ConnectionDetails: details},
				Calls:        []string{"GetIncomingWebhook"},
				ExternalName: pair,
				Ready:        xpv2.Available(),
			},
		},
		"Undeclared": {
			reason: "what is not declared is the server's, whatever it is",
			server: &fake{hooks: []*model.IncomingWebhook{existing(func(hook *model.IncomingWebhook) { hook.Description, hook.ChannelLocked = "theirs", true })}},
			url:    hookURL,
			mg:     declared(),
			want:   asked(found, "GetIncomingWebhook"),
		},
		"Drift": {
			reason: "every field that differs is named",
			server: &fake{hooks: []*model.IncomingWebhook{existing()}},
			url:    hookURL,
			mg: declared(named(pair), func(mg *v1alpha1.IncomingWebhook) {
				mg.Spec.ForProvider = v1alpha1.IncomingWebhookParameters{
					ChannelID:     ptr.To(other),
					DisplayName:   ptr.To("a"),
					Description:   ptr.To("b"),
					Username:      ptr.To("c"),
					IconURL:       ptr.To("d"),
					ChannelLocked: ptr.To(true),
				}
			}),
			want: kindtest.Observed{
				Observation: managed.ExternalObservation{
					ResourceExists: true, ConnectionDetails: details,
					Diff: "channelId, displayName, description, username, iconUrl, channelLocked",
				},
				Calls:        []string{"GetIncomingWebhook"},
				ExternalName: pair,
				Ready:        xpv2.Available(),
			},
		},
		"LeftByAnInterruptedCreation": {
			reason: "a webhook whose URL was never published is found by its channel and display name, on whatever page",
			server: &fake{hooks: crowd()},
			mg:     declared(),
			want:   asked(found, "GetChannel", "GetIncomingWebhooksForTeam", "GetIncomingWebhooksForTeam"),
		},
		"Oldest": {
			reason: "of several webhooks it is always the same one",
			server: &fake{hooks: []*model.IncomingWebhook{
				existing(func(hook *model.IncomingWebhook) { hook.Id, hook.CreateAt = other, 2 }),
				existing(),
				existing(func(hook *model.IncomingWebhook) { hook.Id, hook.CreateAt = other, 3 }),
			}},
			mg:   declared(),
			want: asked(found, "GetChannel", "GetIncomingWebhooksForTeam"),
		},
		"ImportedByID": {
			reason: "an id to import by does not stay in the open",
			server: &fake{hooks: []*model.IncomingWebhook{existing()}},
			mg:     declared(named(id)),
			want:   asked(found, "GetIncomingWebhook"),
		},
		"DeletedOnTheServer": {
			reason: "a webhook that is gone is to be created, for another URL",
			server: &fake{},
			url:    hookURL,
			mg:     declared(named(pair)),
			want:   kindtest.Observed{Calls: []string{"GetIncomingWebhook", "GetChannel", "GetIncomingWebhooksForTeam"}, ExternalName: pair},
		},
		"ChannelIsGone": {
			reason: "a webhook is gone with its channel",
			server: &fake{Record: kindtest.Fails("GetChannel", kindtest.NotFound())},
			mg:     declared(named(pair)),
			want:   kindtest.Observed{Calls: []string{"GetChannel"}, ExternalName: pair},
		},
		"Unreachable": {
			reason: "an error says nothing about the webhook",
			server: &fake{Record: kindtest.Fails("GetIncomingWebhook", boom)},
			url:    hookURL,
			mg:     declared(named(pair)),
			want:   kindtest.Observed{Err: boom, Calls: []string{"GetIncomingWebhook"}, ExternalName: pair},
		},
		"CannotGetChannel": {
			reason: "an error says nothing about the webhook",
			server: &fake{Record: kindtest.Fails("GetChannel", boom)},
			mg:     declared(),
			want:   kindtest.Observed{Err: boom, Calls: []string{"GetChannel"}},
		},
		"CannotList": {
			reason: "an error says nothing about the webhook",
			server: &fake{Record: kindtest.Fails("GetIncomingWebhooksForTeam", boom)},
			mg:     declared(),
			want:   kindtest.Observed{Err: boom, Calls: []string{"GetChannel", "GetIncomingWebhooksForTeam"}},
		},
		"NameOfAnother": {
			reason: "a webhook that is gone does not take another one of its name with it when its resource is deleted",
			server: &fake{hooks: []*model.IncomingWebhook{existing(func(hook *model.IncomingWebhook) { hook.Id = other })}},
			url:    hookURL,
			mg:     declared(named(pair), deleted),
			want:   kindtest.Observed{Calls: []string{"GetIncomingWebhook"}, ExternalName: pair},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			kindtest.Observe(t, tc.reason, &external{server: tc.server, url: "http://chat", kube: cluster(tc.url)}, &tc.server.Record, tc.mg, tc.want)
		})
	}
}
