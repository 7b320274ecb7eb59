package incomingwebhook

import (
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
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
		err   error
		calls []string
		wrote *model.IncomingWebhook
	}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.IncomingWebhook
		want   want
	}{
		"Properties": {
			reason: "properties are written, and those that are not declared are left alone",
			server: &fake{hooks: []*model.IncomingWebhook{existing(func(hook *model.IncomingWebhook) { hook.Username = "theirs" })}},
			mg:     declared(func(mg *v1alpha1.IncomingWebhook) { mg.Spec.ForProvider.Description = ptr.To("new") }),
			want: want{
				calls: []string{"GetIncomingWebhook", "UpdateIncomingWebhook"},
				wrote: existing(func(hook *model.IncomingWebhook) { hook.Username, hook.Description = "theirs", "new" }),
			},
		},
		"Overrides": {
			reason: "what the server allows is set",
			server: &fake{
				hooks:  []*model.IncomingWebhook{existing()},
				config: map[string]string{"EnablePostUsernameOverride": "true", "EnablePostIconOverride": "true"},
			},
			mg: declared(func(mg *v1alpha1.IncomingWebhook) {
				mg.Spec.ForProvider.Username, mg.Spec.ForProvider.IconURL = ptr.To("monitor"), ptr.To("https://example.org/i.png")
			}),
			want: want{
				calls: []string{"GetIncomingWebhook", "config", "UpdateIncomingWebhook"},
				wrote: existing(func(hook *model.IncomingWebhook) {
					hook.Username, hook.IconURL = "monitor", "https://example.org/i.png"
				}),
			},
		},
		"UsernameNotAllowed": {
			reason: "what the server would ignore is not written again and again",
			server: &fake{hooks: []*model.IncomingWebhook{existing()}, config: map[string]string{"EnablePostIconOverride": "true"}},
			mg:     declared(func(mg *v1alpha1.IncomingWebhook) { mg.Spec.ForProvider.Username = ptr.To("monitor") }),
			want:   want{err: cmpopts.AnyError, calls: []string{"GetIncomingWebhook", "config"}},
		},
		"IconNotAllowed": {
			reason: "what the server would ignore is not written again and again",
			server: &fake{hooks: []*model.IncomingWebhook{existing()}, config: map[string]string{"EnablePostUsernameOverride": "true"}},
			mg:     declared(func(mg *v1alpha1.IncomingWebhook) { mg.Spec.ForProvider.IconURL = ptr.To("https://example.org/i.png") }),
			want:   want{err: cmpopts.AnyError, calls: []string{"GetIncomingWebhook", "config"}},
		},
		"CannotAsk": {
			reason: "nothing is written while it is unknown what the server allows",
			server: &fake{hooks: []*model.IncomingWebhook{existing()}, Record: kindtest.Fails("config", boom)},
			mg:     declared(func(mg *v1alpha1.IncomingWebhook) { mg.Spec.ForProvider.Username = ptr.To("monitor") }),
			want:   want{err: boom, calls: []string{"GetIncomingWebhook", "config"}},
		},
		"Nothing": {
			reason: "what does not differ is not written",
			server: &fake{hooks: []*model.IncomingWebhook{existing()}},
			mg:     declared(),
			want:   want{calls: []string{"GetIncomingWebhook"}},
		},
		"Gone": {
			reason: "a webhook that is gone is not updated",
			server: &fake{},
			mg:     declared(),
			want:   want{err: cmpopts.AnyError, calls: []string{"GetIncomingWebhook", "GetChannel", "GetIncomingWebhooksForTeam"}},
		},
		"CannotGet": {
			reason: "nothing is written while it is unknown what is there",
			server: &fake{Record: kindtest.Fails("GetIncomingWebhook", boom)},
			mg:     declared(),
			want:   want{err: boom, calls: []string{"GetIncomingWebhook"}},
		},
		"CannotUpdate": {
			reason: "an error is passed on",
			server: &fake{hooks: []*model.IncomingWebhook{existing()}, Record: kindtest.Fails("UpdateIncomingWebhook", boom)},
			mg:     declared(func(mg *v1alpha1.IncomingWebhook) { mg.Spec.ForProvider.ChannelLocked = ptr.To(true) }),
			want: want{
				err:   boom,
				calls: []string{"GetIncomingWebhook", "UpdateIncomingWebhook"},
				wrote: existing(func(hook *model.IncomingWebhook) { hook.ChannelLocked = true }),
			},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := (&external{server: tc.server, kube: cluster(hookURL)}).Update(t.Context(), tc.mg)
			got := want{err: err, calls: tc.server.Calls, wrote: tc.server.wrote}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("\n%s\nUpdate(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
