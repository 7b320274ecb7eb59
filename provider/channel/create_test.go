package channel

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
		created      *model.Channel
		externalName string
	}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.Channel
		want   want
	}{
		"Defaults": {
			reason: "a channel that is declared by its name alone is public",
			server: &fake{},
			mg:     declared(),
			want: want{
				calls:        []string{"GetChannelByName", "CreateChannel"},
				created:      &model.Channel{TeamId: team, Name: "alerts", DisplayName: "alerts", Type: model.ChannelTypeOpen},
				externalName: id,
			},
		},
		"Declared": {
			reason: "a channel is created as declared, but for what needs a license",
			server: &fake{},
			mg: declared(func(mg *v1alpha1.Channel) {
				mg.Spec.ForProvider = v1alpha1.ChannelParameters{
					TeamID:           ptr.To(team),
					Name:             "alerts",
					DisplayName:      ptr.To("Alerts"),
					Type:             ptr.To("P"),
					Header:           ptr.To("b"),
					Purpose:          ptr.To("c"),
					GroupConstrained: ptr.To(true),
					SchemeID:         ptr.To("d"),
				}
			}),
			want: want{
				calls: []string{"GetChannelByName", "CreateChannel"},
				created: &model.Channel{
					TeamId: team, Name: "alerts", DisplayName: "Alerts", Type: model.ChannelTypePrivate, Header: "b", Purpose: "c",
				},
				externalName: id,
			},
		},
		"Archived": {
			reason: "an archived channel is restored",
			server: &fake{channel: existing(archived)},
			mg:     declared(),
			want:   want{calls: []string{"GetChannelByName", "RestoreChannel"}, externalName: id},
		},
		"Raced": {
			reason: "a channel that somebody made meanwhile is taken over",
			server: &fake{channel: existing()},
			mg:     declared(),
			want:   want{calls: []string{"GetChannelByName"}, externalName: id},
		},
		"CannotFind": {
			reason: "nothing is created while it is unknown what is there",
			server: &fake{Record: kindtest.Fails("GetChannelByName", boom)},
			mg:     declared(),
			want:   want{err: boom, calls: []string{"GetChannelByName"}},
		},
		"CannotCreate": {
			reason: "what fails has no external name",
			server: &fake{Record: kindtest.Fails("CreateChannel", boom)},
			mg:     declared(),
			want: want{
				err:     boom,
				calls:   []string{"GetChannelByName", "CreateChannel"},
				created: &model.Channel{TeamId: team, Name: "alerts", DisplayName: "alerts", Type: model.ChannelTypeOpen},
			},
		},
		"CannotRestore": {
			reason: "a channel that cannot be restored is not made anew",
			server: &fake{channel: existing(archived), Record: kindtest.Fails("RestoreChannel", boom)},
			mg:     declared(),
			want:   want{err: boom, calls: []string{"GetChannelByName", "RestoreChannel"}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := (&external{server: tc.server}).Create(t.Context(), tc.mg)
			got := want{err: err, calls: tc.server.Calls, created: tc.server.created, externalName: meta.GetExternalName(tc.mg)}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("\n%s\nCreate(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
