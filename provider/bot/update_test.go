package bot

import (
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

func TestUpdate(t *testing.T) {
	boom := errors.New("boom")

	type want struct {
		err     error
		calls   []string
		patched *model.BotPatch
		revoked []string
		details managed.ConnectionDetails
		tokenID string
	}

	described := func(mg *v1alpha1.Bot) { mg.Spec.ForProvider.Description = ptr.To("new") }
	newToken := managed.ConnectionDetails{"username": []byte("robo"), "userId": []byte(id), "token": []byte("new-token")}

	cases := map[string]struct {
		reason string
		server *fake
		kube   client.Reader
		mg     *v1alpha1.Bot
		want   want
	}{
		"Patch": {
			reason: "properties are patched, and those that are not declared are left alone",
			server: &fake{properties: ours(), bot: existing()},
			kube:   cluster(id, "pw"),
			mg:     declared(named, connected, described),
			want: want{
				calls:   []string{"GetBotIncludeDeleted", "GetUser", "PatchBot"},
				patched: &model.BotPatch{Username: ptr.To("robo"), Description: ptr.To("new")},
			},
		},
		"Token": {
			reason: "a token is issued once, and published",
			server: &fake{properties: ours(), bot: existing()},
			kube:   cluster(id, ""),
			mg:     declared(named, connected),
			want: want{
				calls:   []string{"GetBotIncludeDeleted", "GetUser", "GetUserAccessTokensForUser", "CreateUserAccessToken"},
				details: newToken,
				tokenID: "new",
			},
		},
		"TokenWasLost": {
			reason: "a token that was never published is revoked, and those of others are not",
			server: &fake{properties: ours(), bot: existing(), tokens: issued("lost")},
			kube:   cluster(id, ""),
			mg:     declared(named, connected),
			want: want{
				calls: []string{
					"GetBotIncludeDeleted", "GetUser", "GetUserAccessTokensForUser", "GetUserAccessTokensForUser", "RevokeUserAccessToken", "CreateUserAccessToken",
				},
				revoked: []string{"lost"},
				details: newToken,
				tokenID: "new",
			},
		},
		"Nothing": {
			reason: "what does not differ is not written",
			server: &fake{properties: ours(), bot: existing()},
			kube:   cluster(id, ""),
			mg:     declared(named),
			want:   want{calls: []string{"GetBotIncludeDeleted", "GetUser"}},
		},
		"CannotGet": {
			reason: "nothing is written while it is unknown what is there",
			server: &fake{Record: kindtest.Fails("GetBotIncludeDeleted", boom)},
			kube:   cluster(id, ""),
			mg:     declared(named),
			want:   want{err: boom, calls: []string{"GetBotIncludeDeleted"}},
		},
		"CannotPatch": {
			reason: "an error ends the update",
			server: &fake{properties: ours(), bot: existing(), Record: kindtest.Fails("PatchBot", boom)},
			kube:   cluster(id, ""),
			mg:     declared(named, connected, described),
			want: want{
				err:     boom,
				calls:   []string{"GetBotIncludeDeleted", "GetUser", "PatchBot"},
				patched: &model.BotPatch{Username: ptr.To("robo"), Description: ptr.To("new")},
			},
		},
		"CannotList": {
			reason: "no token is issued while it is unknown which there are",
			server: &fake{properties: ours(), bot: existing(), Record: kindtest.Fails("GetUserAccessTokensForUser", boom)},
			kube:   cluster(id, ""),
			mg:     declared(named, connected),
			want:   want{err: boom, calls: []string{"GetBotIncludeDeleted", "GetUser", "GetUserAccessTokensForUser"}},
		},
		"CannotRevoke": {
			reason: "no token is issued beside one that was lost",
			server: &fake{properties: ours(), bot: existing(), tokens: issued("lost"), Record: kindtest.Fails("RevokeUserAccessToken", boom)},
			kube:   cluster(id, ""),
			mg:     declared(named, connected),
			want: want{
				err:     boom,
				calls:   []string{"GetBotIncludeDeleted", "GetUser", "GetUserAccessTokensForUser", "GetUserAccessTokensForUser", "RevokeUserAccessToken"},
				revoked: []string{"lost"},
			},
		},
		"CannotIssue": {
			reason: "an error is passed on",
			server: &fake{properties: ours(), bot: existing(), Record: kindtest.Fails("CreateUserAccessToken", boom)},
			kube:   cluster(id, ""),
			mg:     declared(named, connected),
			want:   want{err: boom, calls: []string{"GetBotIncludeDeleted", "GetUser", "GetUserAccessTokensForUser", "CreateUserAccessToken"}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			update, err := (&external{server: tc.server, kube: tc.kube}).Update(t.Context(), tc.mg)
			got := want{
				err: err, calls: tc.server.Calls, patched: tc.server.patched, revoked: tc.server.revoked,
				details: update.ConnectionDetails, tokenID: tc.mg.Status.AtProvider.TokenID,
			}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("\n%s\nUpdate(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
