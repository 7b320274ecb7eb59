package outgoingwebhook

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
		wrote *model.OutgoingWebhook
	}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.OutgoingWebhook
		want   want
	}{
		"Properties": {
			reason: "properties are written, and those that are not declared are left alone",
			server: &fake{hooks: []*model.OutgoingWebhook{existing(func(hook *model.OutgoingWebhook) { hook.Username = "theirs" })}},
			mg:     declared(named, func(mg *v1alpha1.OutgoingWebhook) { mg.Spec.ForProvider.Description = ptr.To("new") }),
			want: want{
				calls: []string{"GetOutgoingWebhook", "UpdateOutgoingWebhook"},
				wrote: existing(func(hook *model.OutgoingWebhook) { hook.Username, hook.Description = "theirs", "new" }),
			},
		},
		"Everything": {
			reason: "every field that can change is written",
			server: &fake{hooks: []*model.OutgoingWebhook{existing()}},
			mg:     declared(named, different),
			want:   want{calls: []string{"GetOutgoingWebhook", "UpdateOutgoingWebhook"}, wrote: asDifferent(existing())},
		},
		"Nothing": {
			reason: "what does not differ is not written",
			server: &fake{hooks: []*model.OutgoingWebhook{existing()}},
			mg:     declared(named),
			want:   want{calls: []string{"GetOutgoingWebhook"}},
		},
		"Gone": {
			reason: "a webhook that is gone is not updated",
			server: &fake{},
			mg:     declared(named),
			want:   want{err: cmpopts.AnyError, calls: []string{"GetOutgoingWebhook", "GetOutgoingWebhooksForTeam"}},
		},
		"CannotGet": {
			reason: "nothing is written while it is unknown what is there",
			server: &fake{Record: kindtest.Fails("GetOutgoingWebhook", boom)},
			mg:     declared(named),
			want:   want{err: boom, calls: []string{"GetOutgoingWebhook"}},
		},
		"CannotUpdate": {
			reason: "an error is passed on",
			server: &fake{hooks: []*model.OutgoingWebhook{existing()}, Record: kindtest.Fails("UpdateOutgoingWebhook", boom)},
			mg:     declared(named, func(mg *v1alpha1.OutgoingWebhook) { mg.Spec.ForProvider.Description = ptr.To("new") }),
			want: want{
				err:   boom,
				calls: []string{"GetOutgoingWebhook", "UpdateOutgoingWebhook"},
				wrote: existing(func(hook *model.OutgoingWebhook) { hook.Description = "new" }),
			},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := (&external{server: tc.server}).Update(t.Context(), tc.mg)
			got := want{err: err, calls: tc.server.Calls, wrote: tc.server.wrote}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("\n%s\nUpdate(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
