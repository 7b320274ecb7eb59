package team

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
		err     error
		calls   []string
		patched *model.TeamPatch
	}

	cases := map[string]struct {
		reason string
		server *fake
		spec   v1alpha1.TeamParameters
		want   want
	}{
		"Patch": {
			reason: "properties are patched, and those that are not declared are left alone",
			server: &fake{team: existing()},
			spec:   v1alpha1.TeamParameters{Name: "core", DisplayName: ptr.To("New"), Description: ptr.To("")},
			want: want{
				calls:   []string{"GetTeam", "PatchTeam"},
				patched: &model.TeamPatch{DisplayName: ptr.To("New"), Description: ptr.To("")},
			},
		},
		"PrivacyTakesInvitationsAlong": {
			reason: "a change of privacy opens the team by itself: there is nothing more to write",
			server: &fake{team: existing()},
			spec:   v1alpha1.TeamParameters{Name: "core", Type: ptr.To(model.TeamOpen), AllowOpenInvite: ptr.To(true)},
			want:   want{calls: []string{"GetTeam", "UpdateTeamPrivacy"}},
		},
		"PrivacyThenInvitations": {
			reason: "a team may be open and unlisted",
			server: &fake{team: existing()},
			spec:   v1alpha1.TeamParameters{Name: "core", Type: ptr.To(model.TeamOpen), AllowOpenInvite: ptr.To(false)},
			want: want{
				calls:   []string{"GetTeam", "UpdateTeamPrivacy", "PatchTeam"},
				patched: &model.TeamPatch{AllowOpenInvite: ptr.To(false)},
			},
		},
		"Scheme": {
			reason: "a scheme has a request of its own",
			server: &fake{team: existing()},
			spec:   v1alpha1.TeamParameters{Name: "core", SchemeID: ptr.To("scheme")},
			want:   want{calls: []string{"GetTeam", "UpdateTeamScheme"}},
		},
		"Nothing": {
			reason: "what does not differ is not written",
			server: &fake{team: existing()},
			spec:   v1alpha1.TeamParameters{Name: "core", DisplayName: ptr.To("Core"), Type: ptr.To(model.TeamInvite)},
			want:   want{calls: []string{"GetTeam"}},
		},
		"CannotGet": {
			reason: "nothing is written while it is unknown what is there",
			server: &fake{team: existing(), Record: kindtest.Fails("GetTeam", boom)},
			want:   want{err: boom, calls: []string{"GetTeam"}},
		},
		"CannotUpdatePrivacy": {
			reason: "an error ends the update",
			server: &fake{team: existing(), Record: kindtest.Fails("UpdateTeamPrivacy", boom)},
			spec:   v1alpha1.TeamParameters{Name: "core", Type: ptr.To(model.TeamOpen), DisplayName: ptr.To("New")},
			want:   want{err: boom, calls: []string{"GetTeam", "UpdateTeamPrivacy"}},
		},
		"CannotUpdateScheme": {
			reason: "an error ends the update",
			server: &fake{team: existing(), Record: kindtest.Fails("UpdateTeamScheme", boom)},
			spec:   v1alpha1.TeamParameters{Name: "core", SchemeID: ptr.To("scheme"), DisplayName: ptr.To("New")},
			want:   want{err: boom, calls: []string{"GetTeam", "UpdateTeamScheme"}},
		},
		"CannotPatch": {
			reason: "an error is passed on",
			server: &fake{team: existing(), Record: kindtest.Fails("PatchTeam", boom)},
			spec:   v1alpha1.TeamParameters{Name: "core", DisplayName: ptr.To("New")},
			want:   want{err: boom, calls: []string{"GetTeam", "PatchTeam"}, patched: &model.TeamPatch{DisplayName: ptr.To("New")}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			mg := declared(named(id))
			mg.Spec.ForProvider = tc.spec

			_, err := (&external{server: tc.server}).Update(t.Context(), mg)
			got := want{err: err, calls: tc.server.Calls, patched: tc.server.patched}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("\n%s\nUpdate(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
