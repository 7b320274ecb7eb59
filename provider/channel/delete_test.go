package channel

import (
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

func TestDelete(t *testing.T) {
	boom := errors.New("boom")

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.Channel
		want   kindtest.Deleted
	}{
		"Archive": {
			reason: "a channel is archived by default",
			server: &fake{channel: existing()},
			mg:     declared(named(id)),
			want:   kindtest.Deleted{Calls: []string{"DeleteChannel"}},
		},
		"Permanent": {
			reason: "a channel is deleted permanently when the spec consents",
			server: &fake{channel: existing()},
			mg:     declared(named(id), permanently),
			want:   kindtest.Deleted{Calls: []string{"PermanentDeleteChannel"}},
		},
		"Gone": {
			reason: "a channel that is gone is deleted",
			server: &fake{},
			mg:     declared(named(id)),
			want:   kindtest.Deleted{Calls: []string{"DeleteChannel"}},
		},
		"CannotArchive": {
			reason: "an error keeps the object",
			server: &fake{channel: existing(), Record: kindtest.Fails("DeleteChannel", boom)},
			mg:     declared(named(id)),
			want:   kindtest.Deleted{Err: boom, Calls: []string{"DeleteChannel"}},
		},
		"CannotDelete": {
			reason: "a channel that may not be deleted is not archived instead",
			server: &fake{channel: existing(), Record: kindtest.Fails("PermanentDeleteChannel", boom)},
			mg:     declared(named(id), permanently),
			want:   kindtest.Deleted{Err: boom, Calls: []string{"PermanentDeleteChannel"}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			kindtest.Delete(t, tc.reason, &external{server: tc.server}, &tc.server.Record, tc.mg, tc.want)
		})
	}
}
