package teammember

import (
	"context"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

const (
	teamID = "tttttttttttttttttttttttttt"
	userID = "uuuuuuuuuuuuuuuuuuuuuuuuuu"
	pair   = teamID + "/" + userID
)

// fake is a server with at most one membership, that records what it was asked.
type fake struct {
	kindtest.Record

	member *model.TeamMember

	added string
	roles *model.SchemeRoles
}

func (f *fake) GetTeamMember(_ context.Context, teamID, userID, _ string) (*model.TeamMember, *model.Response, error) {
	if err := f.Call("GetTeamMember"); err != nil {
		return nil, nil, err
	}

	if f.member == nil || f.member.TeamId != teamID || f.member.UserId != userID {
		return nil, nil, kindtest.NotFound()
	}

	return f.member, nil, nil
}

func (f *fake) AddTeamMember(_ context.Context, teamID, userID string) (*model.TeamMember, *model.Response, error) {
	f.added = teamID + "/" + userID
	return nil, nil, f.Call("AddTeamMember")
}

func (f *fake) UpdateTeamMemberSchemeRoles(_ context.Context, _, _ string, roles *model.SchemeRoles) (*model.Response, error) {
	f.roles = roles
	return nil, f.Call("UpdateTeamMemberSchemeRoles")
}

func (f *fake) RemoveTeamMember(context.Context, string, string) (*model.Response, error) {
	return nil, f.Call("RemoveTeamMember")
}

// declared returns a TeamMember, changed by change.
func declared(change ...func(mg *v1alpha1.TeamMember)) *v1alpha1.TeamMember {
	mg := &v1alpha1.TeamMember{Spec: v1alpha1.TeamMemberSpec{ForProvider: v1alpha1.TeamMemberParameters{TeamID: ptr.To(teamID), UserID: ptr.To(userID)}}}

	for _, c := range change {
		c(mg)
	}

	return mg
}

func named(mg *v1alpha1.TeamMember) { meta.SetExternalName(mg, pair) }

func administrator(mg *v1alpha1.TeamMember) { mg.Spec.ForProvider.SchemeAdmin = ptr.To(true) }

// existing returns the membership, changed by change.
func existing(change ...func(member *model.TeamMember)) *model.TeamMember {
	member := &model.TeamMember{TeamId: teamID, UserId: userID, Roles: "team_user", SchemeUser: true}

	for _, c := range change {
		c(member)
	}

	return member
}

func TestObserve(t *testing.T) {
	boom := errors.New("boom")

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.TeamMember
		want   kindtest.Observed
	}{
		"UpToDate": {
			reason: "a membership that is as declared costs one read",
			server: &fake{member: existing()},
			mg:     declared(named),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true},
				Calls:        []string{"GetTeamMember"},
				ExternalName: pair,
				Ready:        xpv2.Available(),
			},
		},
		"Undeclared": {
			reason: "who is an administrator is left one, if nothing else is declared",
			server: &fake{member: existing(func(member *model.TeamMember) { member.SchemeAdmin = true })},
			mg:     declared(named),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true},
				Calls:        []string{"GetTeamMember"},
				ExternalName: pair,
				Ready:        xpv2.Available(),
			},
		},
		"Drift": {
			reason: "what differs is named",
			server: &fake{member: existing()},
			mg:     declared(named, administrator),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, Diff: "schemeAdmin"},
				Calls:        []string{"GetTeamMember"},
				ExternalName: pair,
				Ready:        xpv2.Available(),
			},
		},
		"Adopted": {
			reason: "a membership that exists is taken over, also when an interrupted creation never recorded it",
			server: &fake{member: existing()},
			mg:     declared(),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ResourceLateInitialized: true},
				Calls:        []string{"GetTeamMember"},
				ExternalName: pair,
				Ready:        xpv2.Available(),
			},
		},
		"Bot": {
			reason: "a bot may be a member",
			server: &fake{member: existing()},
			mg: declared(named, func(mg *v1alpha1.TeamMember) {
				mg.Spec.ForProvider.UserID, mg.Spec.ForProvider.BotID = nil, ptr.To(userID)
			}),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true},
				Calls:        []string{"GetTeamMember"},
				ExternalName: pair,
				Ready:        xpv2.Available(),
			},
		},
		"Another": {
			reason: "a membership does not become another, whose like nobody would remove",
			server: &fake{member: existing()},
			mg:     declared(named, func(mg *v1alpha1.TeamMember) { mg.Spec.ForProvider.UserID = ptr.To("other") }),
			want:   kindtest.Observed{Err: cmpopts.AnyError, ExternalName: pair},
		},
		"NotFound": {
			reason: "a membership that is not there is to be created",
			server: &fake{},
			mg:     declared(named),
			want:   kindtest.Observed{Calls: []string{"GetTeamMember"}, ExternalName: pair},
		},
		"Left": {
			reason: "who left the team is to be added again",
			server: &fake{member: existing(func(member *model.TeamMember) { member.DeleteAt = 1 })},
			mg:     declared(named),
			want:   kindtest.Observed{Calls: []string{"GetTeamMember"}, ExternalName: pair},
		},
		"Unreachable": {
			reason: "an error says nothing about the membership",
			server: &fake{Record: kindtest.Fails("GetTeamMember", boom)},
			mg:     declared(named),
			want:   kindtest.Observed{Err: boom, Calls: []string{"GetTeamMember"}, ExternalName: pair},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			kindtest.Observe(t, tc.reason, &external{server: tc.server}, &tc.server.Record, tc.mg, tc.want)
		})
	}
}

func TestCreate(t *testing.T) {
	boom := errors.New("boom")

	type want struct {
		err          error
		added        string
		externalName string
	}

	cases := map[string]struct {
		reason string
		server *fake
		want   want
	}{
		"Member":    {reason: "who is declared becomes a member", server: &fake{}, want: want{added: pair, externalName: pair}},
		"CannotAdd": {reason: "what fails has no external name", server: &fake{Record: kindtest.Fails("AddTeamMember", boom)}, want: want{err: boom, added: pair}},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			mg := declared()
			_, err := (&external{server: tc.server}).Create(t.Context(), mg)
			got := want{err: err, added: tc.server.added, externalName: meta.GetExternalName(mg)}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("\n%s\nCreate(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

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
		mg     *v1alpha1.TeamMember
		want   want
	}{
		"Administrator": {
			reason: "a member becomes an administrator, and stays a user",
			server: &fake{member: existing()},
			mg:     declared(named, administrator),
			want: want{
				calls: []string{"GetTeamMember", "UpdateTeamMemberSchemeRoles"},
				roles: &model.SchemeRoles{SchemeAdmin: true, SchemeUser: true},
			},
		},
		"Guest": {
			reason: "a guest stays one",
			server: &fake{member: existing(func(member *model.TeamMember) {
				member.SchemeAdmin, member.SchemeUser, member.SchemeGuest = true, false, true
			})},
			mg: declared(named, func(mg *v1alpha1.TeamMember) { mg.Spec.ForProvider.SchemeAdmin = ptr.To(false) }),
			want: want{
				calls: []string{"GetTeamMember", "UpdateTeamMemberSchemeRoles"},
				roles: &model.SchemeRoles{SchemeGuest: true},
			},
		},
		"Nothing": {
			reason: "what does not differ is not written",
			server: &fake{member: existing()},
			mg:     declared(named),
			want:   want{calls: []string{"GetTeamMember"}},
		},
		"CannotGet": {
			reason: "nothing is written while it is unknown what is there",
			server: &fake{Record: kindtest.Fails("GetTeamMember", boom)},
			mg:     declared(named, administrator),
			want:   want{err: boom, calls: []string{"GetTeamMember"}},
		},
		"CannotUpdate": {
			reason: "an error is passed on",
			server: &fake{member: existing(), Record: kindtest.Fails("UpdateTeamMemberSchemeRoles", boom)},
			mg:     declared(named, administrator),
			want: want{
				err:   boom,
				calls: []string{"GetTeamMember", "UpdateTeamMemberSchemeRoles"},
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

func TestDelete(t *testing.T) {
	boom := errors.New("boom")

	cases := map[string]struct {
		reason string
		fails  error
		want   error
	}{
		"Remove":       {reason: "a member is removed"},
		"Gone":         {reason: "who is no member any more is removed", fails: kindtest.NotFound()},
		"CannotRemove": {reason: "an error keeps the object", fails: boom, want: boom},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			server := &fake{Record: kindtest.Fails("RemoveTeamMember", tc.fails)}
			kindtest.Delete(t, tc.reason, &external{server: server}, &server.Record, declared(named), kindtest.Deleted{Err: tc.want, Calls: []string{"RemoveTeamMember"}})
		})
	}
}
