package incomingwebhook

import (
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/mattermost/mattermost/server/public/model"

	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

func TestDelete(t *testing.T) {
	boom := errors.New("boom")

	cases := map[string]struct {
		reason string
		server *fake
		want   kindtest.Deleted
	}{
		"Delete": {
			reason: "a webhook is deleted",
			server: &fake{hooks: []*model.IncomingWebhook{existing()}},
			want:   kindtest.Deleted{Calls: []string{"GetIncomingWebhook", "DeleteIncomingWebhook"}},
		},
		"Gone": {
			reason: "a webhook that is gone is deleted",
			server: &fake{},
			want:   kindtest.Deleted{Calls: []string{"GetIncomingWebhook", "GetChannel", "GetIncomingWebhooksForTeam"}},
		},
		"Raced": {
			reason: "a webhook that somebody deleted meanwhile is deleted",
			server: &fake{hooks: []*model.IncomingWebhook{existing()}, Record: kindtest.Fails("DeleteIncomingWebhook", kindtest.NotFound())},
			want:   kindtest.Deleted{Calls: []string{"GetIncomingWebhook", "DeleteIncomingWebhook"}},
		},
		"CannotDelete": {
			reason: "an error keeps the object",
			server: &fake{hooks: []*model.IncomingWebhook{existing()}, Record: kindtest.Fails("DeleteIncomingWebhook", boom)},
			want:   kindtest.Deleted{Err: boom, Calls: []string{"GetIncomingWebhook", "DeleteIncomingWebhook"}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			kindtest.Delete(t, tc.reason, &external{server: tc.server, kube: cluster(hookURL)}, &tc.server.Record, declared(), tc.want)
		})
	}
}
