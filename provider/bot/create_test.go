package bot

import (
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

func TestCreate(t *testing.T) {
	boom := errors.New("boom")

	type want struct {
		err          error
		calls        []string
		created      *model.Bot
		externalName string
	}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.Bot
		want   want
	}{
		"Declared": {
			reason: "a bot is created as declared",
			server: &fake{},
			mg: declared(func(mg *v1alpha1.Bot) {
				mg.Spec.ForProvider.DisplayName, mg.Spec.ForProvider.Description = ptr.To("a"), ptr.To("b")
			}),
			want: want{
				calls:        []string{"GetUserByUsername", "CreateBot", "PatchUser"},
				created:      &model.Bot{Username: "robo", DisplayName: "a", Description: "b"},
				externalName: id,
			},
		},
		"Disabled": {
			reason: "a disabled bot is enabled, and not made a second time",
			server: &fake{properties: theirs(), bot: existing(disabled)},
			mg:     declared(),
			want:   want{calls: []string{"GetUserByUsername", "GetBotIncludeDeleted", "GetUser", "EnableBot"}, externalName: id},
		},
		"DisabledForeign": {
			reason: "a bot that a user disabled stays disabled",
			server: &fake{bot: existing(disabled)},
			mg:     declared(),
			want:   want{err: cmpopts.AnyError, calls: []string{"GetUserByUsername", "GetBotIncludeDeleted", "GetUser"}},
		},
		"DisabledTakenOver": {
			reason: "a bot that a user disabled is enabled if takeOver is true",
			server: &fake{bot: existing(disabled)},
			mg:     declared(takeOver),
			want:   want{calls: []string{"GetUserByUsername", "GetBotIncludeDeleted", "EnableBot"}, externalName: id},
		},
		"Raced": {
			reason: "a bot that somebody made meanwhile is taken over",
			server: &fake{properties: ours(), bot: existing()},
			mg:     declared(),
			want:   want{calls: []string{"GetUserByUsername", "GetBotIncludeDeleted"}, externalName: id},
		},
		"CannotFind": {
			reason: "nothing is created while it is unknown what is there",
			server: &fake{Record: kindtest.Fails("GetUserByUsername", boom)},
			mg:     declared(),
			want:   want{err: boom, calls: []string{"GetUserByUsername"}},
		},
		"CannotCreate": {
			reason: "what fails has no external name",
			server: &fake{Record: kindtest.Fails("CreateBot", boom)},
			mg:     declared(),
			want:   want{err: boom, calls: []string{"GetUserByUsername", "CreateBot"}, created: &model.Bot{Username: "robo"}},
		},
		"CannotMark": {
			reason: "a missing mark on the server is set by an update",
			server: &fake{Record: kindtest.Fails("PatchUser", boom)},
			mg:     declared(),
			want:   want{err: boom, calls: []string{"GetUserByUsername", "CreateBot", "PatchUser"}, created: &model.Bot{Username: "robo"}},
		},
		"CannotEnable": {
			reason: "a bot that cannot be enabled is not made anew",
			server: &fake{properties: ours(), bot: existing(disabled), Record: kindtest.Fails("EnableBot", boom)},
			mg:     declared(),
			want:   want{err: boom, calls: []string{"GetUserByUsername", "GetBotIncludeDeleted", "GetUser", "EnableBot"}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := (&external{server: tc.server, kube: cluster(id, "")}).Create(t.Context(), tc.mg)
			got := want{err: err, calls: tc.server.Calls, created: tc.server.created, externalName: meta.GetExternalName(tc.mg)}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("\n%s\nCreate(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
