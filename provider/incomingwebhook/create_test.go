package incomingwebhook

import (
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

func TestCreate(t *testing.T) {
	boom := errors.New("boom")
	details := managed.ConnectionDetails{"url": []byte(hookURL)}

	type want struct {
		err          error
		calls        []string
		wrote        *model.IncomingWebhook
		details      managed.ConnectionDetails
		externalName string
	}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.IncomingWebhook
		want   want
	}{
		"Defaults": {
			reason: "a webhook is known by the name of the object",
			server: &fake{},
			mg:     declared(),
			want: want{
				calls:        []string{"GetChannel", "GetIncomingWebhooksForTeam", "CreateIncomingWebhook"},
				wrote:        &model.IncomingWebhook{ChannelId: channelID, DisplayName: "alerts"},
				details:      details,
				externalName: pair,
			},
		},
		"Declared": {
			reason: "a webhook is created as declared",
			server: &fake{},
			mg: declared(func(mg *v1alpha1.IncomingWebhook) {
				mg.Spec.ForProvider = v1alpha1.IncomingWebhookParameters{
					ChannelID:     ptr.To(channelID),
					DisplayName:   ptr.To("a"),
					Description:   ptr.To("b"),
					Username:      ptr.To("c"),
					IconURL:       ptr.To("d"),
					ChannelLocked: ptr.To(true),
				}
			}),
			want: want{
				calls:        []string{"GetChannel", "GetIncomingWebhooksForTeam", "CreateIncomingWebhook"},
				wrote:        &model.IncomingWebhook{ChannelId: channelID, DisplayName: "a", Description: "b", Username: "c", IconURL: "d", ChannelLocked: true},
				details:      details,
				externalName: channelID + "/a",
			},
		},
		"Raced": {
			reason: "a webhook that somebody made meanwhile is taken over",
			server: &fake{hooks: []*model.IncomingWebhook{existing()}},
			mg:     declared(),
			want:   want{calls: []string{"GetChannel", "GetIncomingWebhooksForTeam"}, details: details, externalName: pair},
		},
		"CannotFind": {
			reason: "nothing is created while it is unknown what is there",
			server: &fake{Record: kindtest.Fails("GetIncomingWebhooksForTeam", boom)},
			mg:     declared(),
			want:   want{err: boom, calls: []string{"GetChannel", "GetIncomingWebhooksForTeam"}},
		},
		"CannotCreate": {
			reason: "what fails has no external name",
			server: &fake{Record: kindtest.Fails("CreateIncomingWebhook", boom)},
			mg:     declared(),
			want: want{
				err:   boom,
				calls: []string{"GetChannel", "GetIncomingWebhooksForTeam", "CreateIncomingWebhook"},
				wrote: &model.IncomingWebhook{ChannelId: channelID, DisplayName: "alerts"},
			},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			creation, err := (&external{server: tc.server, url: "http://chat", kube: cluster("")}).Create(t.Context(), tc.mg)
			got := want{err: err, calls: tc.server.Calls, wrote: tc.server.wrote, details: creation.ConnectionDetails, externalName: meta.GetExternalName(tc.mg)}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("\n%s\nCreate(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
