package outgoingwebhook

import (
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/mattermost/mattermost/server/public/model"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

func TestCreate(t *testing.T) {
	boom := errors.New("boom")
	token := managed.ConnectionDetails{"token": []byte("token")}

	type want struct {
		err          error
		calls        []string
		wrote        *model.OutgoingWebhook
		details      managed.ConnectionDetails
		externalName string
	}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.OutgoingWebhook
		want   want
	}{
		"Defaults": {
			reason: "a webhook is known by the name of the object, and posts forms",
			server: &fake{},
			mg:     declared(),
			want:   want{calls: []string{"GetOutgoingWebhooksForTeam", "CreateOutgoingWebhook"}, wrote: existing(func(hook *model.OutgoingWebhook) { hook.Id, hook.Token, hook.CreateAt = "", "", 0 }), details: token, externalName: id},
		},
		"Declared": {
			reason: "a webhook is created as declared",
			server: &fake{},
			mg:     declared(different),
			want:   want{calls: []string{"GetOutgoingWebhooksForTeam", "CreateOutgoingWebhook"}, wrote: asDifferent(&model.OutgoingWebhook{}), details: token, externalName: id},
		},
		"Raced": {
			reason: "a webhook that somebody made meanwhile is taken over",
			server: &fake{hooks: []*model.OutgoingWebhook{existing()}},
			mg:     declared(),
			want:   want{calls: []string{"GetOutgoingWebhooksForTeam"}, details: token, externalName: id},
		},
		"CannotFind": {
			reason: "nothing is created while it is unknown what is there",
			server: &fake{Record: kindtest.Fails("GetOutgoingWebhooksForTeam", boom)},
			mg:     declared(),
			want:   want{err: boom, calls: []string{"GetOutgoingWebhooksForTeam"}},
		},
		"CannotCreate": {
			reason: "what fails has no external name",
			server: &fake{Record: kindtest.Fails("CreateOutgoingWebhook", boom)},
			mg:     declared(),
			want:   want{err: boom, calls: []string{"GetOutgoingWebhooksForTeam", "CreateOutgoingWebhook"}, wrote: existing(func(hook *model.OutgoingWebhook) { hook.Id, hook.Token, hook.CreateAt = "", "", 0 })},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			creation, err := (&external{server: tc.server}).Create(t.Context(), tc.mg)
			got := want{err: err, calls: tc.server.Calls, wrote: tc.server.wrote, details: creation.ConnectionDetails, externalName: meta.GetExternalName(tc.mg)}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("\n%s\nCreate(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
