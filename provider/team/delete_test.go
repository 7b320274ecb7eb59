package team

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
		mg     *v1alpha1.Team
		want   kindtest.Deleted
	}{
		"Archive": {
			reason: "a team is archived by default",
			server: &fake{team: existing()},
			mg:     declared(named(id)),
			want:   kindtest.Deleted{Calls: []string{"SoftDeleteTeam"}},
		},
		"Permanent": {
			reason: "a team is deleted permanently when the spec consents",
			server: &fake{team: existing()},
			mg:     declared(named(id), permanently),
			want:   kindtest.Deleted{Calls: []string{"PermanentDeleteTeam"}},
		},
		"Gone": {
			reason: "a team that is gone is deleted",
			server: &fake{},
			mg:     declared(named(id)),
			want:   kindtest.Deleted{Calls: []string{"SoftDeleteTeam"}},
		},
		"CannotArchive": {
			reason: "an error keeps the object",
			server: &fake{team: existing(), Record: kindtest.Fails("SoftDeleteTeam", boom)},
			mg:     declared(named(id)),
			want:   kindtest.Deleted{Err: boom, Calls: []string{"SoftDeleteTeam"}},
		},
		"CannotDelete": {
			reason: "a team that may not be deleted is not archived instead",
			server: &fake{team: existing(), Record: kindtest.Fails("PermanentDeleteTeam", boom)},
			mg:     declared(named(id), permanently),
			want:   kindtest.Deleted{Err: boom, Calls: []string{"PermanentDeleteTeam"}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			kindtest.Delete(t, tc.reason, &external{server: tc.server}, &tc.server.Record, tc.mg, tc.want)
		})
	}
}
