package channelmember

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
		err   error
		calls []string
		roles *model.SchemeRoles
	}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.ChannelMember
		want   want
	}{
		"Administrator": {
			reason: "a member becomes an administrator, and stays a user",
			server: &fake{member: existing()},
			mg:     declared(named, administrator),
			want: want{
				calls: []string{"GetChannelMember", "UpdateChannelMemberSchemeRoles"},
				roles: &model.SchemeRoles{SchemeAdmin: true, SchemeUser: true},
			},
		},
		"Guest": {
			reason: "a guest stays one",
			server: &fake{member: existing(func(member *model.ChannelMember) {
				member.SchemeAdmin, member.SchemeUser, member.SchemeGuest = true, false, true
			})},
			mg: declared(named, func(mg *v1alpha1.ChannelMember) { mg.Spec.ForProvider.SchemeAdmin = ptr.To(false) }),
			want: want{
				calls: []string{"GetChannelMember", "UpdateChannelMemberSchemeRoles"},
				roles: &model.SchemeRoles{SchemeGuest: true},
			},
		},
		"Nothing": {
			reason: "what does not differ is not written",
			server: &fake{member: existing()},
			mg:     declared(named),
			want:   want{calls: []string{"GetChannelMember"}},
		},
		"CannotGet": {
			reason: "nothing is written while it is unknown what is there",
			server: &fake{Record: kindtest.Fails("GetChannelMember", boom)},
			mg:     declared(named, administrator),
			want:   want{err: boom, calls: []string{"GetChannelMember"}},
		},
		"CannotUpdate": {
			reason: "an error is passed on",
			server: &fake{member: existing(), Record: kindtest.Fails("UpdateChannelMemberSchemeRoles", boom)},
			mg:     declared(named, administrator),
			want: want{
				err:   boom,
				calls: []string{"GetChannelMember", "UpdateChannelMemberSchemeRoles"},
				roles: &model.SchemeRoles{SchemeAdmin: true, SchemeUser: true},
			},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := (&external{server: tc.server}).Update(t.Context(), tc.mg)
			got := want{err: err, calls: tc.server.Calls, roles: tc.server.roles}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("\n%s\nUpdate(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
