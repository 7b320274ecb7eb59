package bot

import (
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/test"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

func TestDelete(t *testing.T) {
	boom := errors.New("boom")

	type want struct {
		err     error
		calls   []string
		revoked []string
	}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.Bot
		want   want
	}{
		"Disable": {
			reason: "a bot is disabled by default, and nobody is left with its token",
			server: &fake{properties: ours(), bot: existing(), tokens: issued("ours")},
			mg:     declared(named),
			want: want{
				calls:   []string{"GetUserAccessTokensForUser", "GetUserAccessTokensForUser", "RevokeUserAccessToken", "DisableBot"},
				revoked: []string{"ours"},
			},
		},
		"Permanent": {
			reason: "a bot is deleted permanently when the spec consents",
			server: &fake{properties: ours(), bot: existing()},
			mg:     declared(named, permanently),
			want:   want{calls: []string{"PermanentDeleteUser"}},
		},
		"Gone": {
			reason: "a bot that is gone is deleted",
			server: &fake{Record: kindtest.Record{Fails: map[string]error{"GetUserAccessTokensForUser": kindtest.NotFound(), "DisableBot": kindtest.NotFound()}}},
			mg:     declared(named),
			want:   want{calls: []string{"GetUserAccessTokensForUser", "DisableBot"}},
		},
		"CannotRevoke": {
			reason: "an error keeps the object",
			server: &fake{properties: ours(), bot: existing(), tokens: issued("ours"), Record: kindtest.Fails("RevokeUserAccessToken", boom)},
			mg:     declared(named),
			want: want{
				err:     boom,
				calls:   []string{"GetUserAccessTokensForUser", "GetUserAccessTokensForUser", "RevokeUserAccessToken"},
				revoked: []string{"ours"},
			},
		},
		"CannotDisable": {
			reason: "an error keeps the object",
			server: &fake{properties: ours(), bot: existing(), Record: kindtest.Fails("DisableBot", boom)},
			mg:     declared(named),
			want:   want{err: boom, calls: []string{"GetUserAccessTokensForUser", "DisableBot"}},
		},
		"CannotDelete": {
			reason: "a bot that may not be deleted is not disabled instead",
			server: &fake{properties: ours(), bot: existing(), Record: kindtest.Fails("PermanentDeleteUser", boom)},
			mg:     declared(named, permanently),
			want:   want{err: boom, calls: []string{"PermanentDeleteUser"}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := (&external{server: tc.server}).Delete(t.Context(), tc.mg)
			got := want{err: err, calls: tc.server.Calls, revoked: tc.server.revoked}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("\n%s\nDelete(...): -want, +got:\n%s", tc.reason, diff)
			}

			if diff := cmp.Diff(xpv2.Deleting(), tc.mg.GetCondition(xpv2.TypeReady), test.EquateConditions()); diff != "" {
				t.Errorf("\n%s\nDelete(...): condition Ready: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
