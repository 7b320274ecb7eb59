package team

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
		created      *model.Team
		externalName string
	}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.Team
		want   want
	}{
		"Defaults": {
			reason: "a team that is declared by its name alone needs an invitation",
			server: &fake{},
			mg:     declared(),
			want: want{
				calls:        []string{"GetTeamByName", "CreateTeam"},
				created:      &model.Team{Name: "core", DisplayName: "core", Type: model.TeamInvite},
				externalName: id,
			},
		},
		"Declared": {
			reason: "a team is created as declared, but for what needs a license",
			server: &fake{},
			mg: declared(func(mg *v1alpha1.Team) {
				mg.Spec.ForProvider = v1alpha1.TeamParameters{
					Name:             "core",
					DisplayName:      ptr.To("Core"),
					Description:      ptr.To("b"),
					CompanyName:      ptr.To("c"),
					Type:             ptr.To(model.TeamOpen),
					AllowedDomains:   ptr.To("d"),
					GroupConstrained: ptr.To(true),
					SchemeID:         ptr.To("e"),
				}
			}),
			want: want{
				calls: []string{"GetTeamByName", "CreateTeam"},
				created: &model.Team{
					Name: "core", DisplayName: "Core", Description: "b", CompanyName: "c", Type: model.TeamOpen, AllowOpenInvite: true, AllowedDomains: "d",
				},
				externalName: id,
			},
		},
		"Archived": {
			reason: "an archived team is restored",
			server: &fake{team: existing(archived)},
			mg:     declared(),
			want:   want{calls: []string{"GetTeamByName", "RestoreTeam"}, externalName: id},
		},
		"Raced": {
			reason: "a team that somebody made meanwhile is taken over",
			server: &fake{team: existing()},
			mg:     declared(),
			want:   want{calls: []string{"GetTeamByName"}, externalName: id},
		},
		"CannotFind": {
			reason: "nothing is created while it is unknown what is there",
			server: &fake{Record: kindtest.Fails("GetTeamByName", boom)},
			mg:     declared(),
			want:   want{err: boom, calls: []string{"GetTeamByName"}},
		},
		"CannotCreate": {
			reason: "what fails has no external name",
			server: &fake{Record: kindtest.Fails("CreateTeam", boom)},
			mg:     declared(),
			want: want{
				err:     boom,
				calls:   []string{"GetTeamByName", "CreateTeam"},
				created: &model.Team{Name: "core", DisplayName: "core", Type: model.TeamInvite},
			},
		},
		"CannotRestore": {
			reason: "a team that cannot be restored is not made anew",
			server: &fake{team: existing(archived), Record: kindtest.Fails("RestoreTeam", boom)},
			mg:     declared(),
			want:   want{err: boom, calls: []string{"GetTeamByName", "RestoreTeam"}},
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
