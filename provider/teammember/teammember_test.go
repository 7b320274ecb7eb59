package teammember

import (
	"context"
	"net/http"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/crossplane/crossplane-runtime/v2/pkg/test"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
)

const (
	teamID = "tttttttttttttttttttttttttt"
	userID = "uuuuuuuuuuuuuuuuuuuuuuuuuu"
	pair   = teamID + "/" + userID
)

// fake is a server with at most one membership, that records what it was asked.
type fake struct {
	member *model.TeamMember
	fails  map[string]error
	calls  []string

	added string
	roles *model.SchemeRoles
}

func (f *fake) call(name string) error {
	f.calls = append(f.calls, name)
	return f.fails[name]
}

func (f *fake) GetTeamMember(_ context.Context, teamID, userID, _ string) (*model.TeamMember, *model.Response, error) {
	if err := f.call("GetTeamMember"); err != nil {
		return nil, nil, err
	}

	if f.member == nil || f.member.TeamId != teamID || f.member.UserId != userID {
		return nil, nil, notFound()
	}

	return f.member, nil, nil
}

func (f *fake) AddTeamMember(_ context.Context, teamID, userID string) (*model.TeamMember, *model.Response, error) {
	f.added = teamID + "/" + userID
	return nil, nil, f.call("AddTeamMember")
}

func (f *fake) UpdateTeamMemberSchemeRoles(_ context.Context, _, _ string, roles *model.SchemeRoles) (*model.Response, error) {
	f.roles = roles
	return nil, f.call("UpdateTeamMemberSchemeRoles")
}

func (f *fake) RemoveTeamMember(context.Context, string, string) (*model.Response, error) {
	return nil, f.call("RemoveTeamMember")
}

func notFound() error { return &model.AppError{StatusCode: http.StatusNotFound, Message: "not found"} }

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

	type want struct {
		observation  managed.ExternalObservation
		err          error
		calls        []string
		externalName string
		ready        xpv2.Condition
	}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.TeamMember
		want   want
	}{
		"UpToDate": {
			reason: "a membership that is as declared costs one read",
			server: &fake{member: existing()},
			mg:     declared(named),
			want: want{
				observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true},
				calls:        []string{"GetTeamMember"},
				externalName: pair,
				ready:        xpv2.Available(),
			},
		},
		"Undeclared": {
			reason: "who is an administrator is left one, if nothing else is declared",
			server: &fake{member: existing(func(member *model.TeamMember) { member.SchemeAdmin = true })},
			mg:     declared(named),
			want: want{
				observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true},
				calls:        []string{"GetTeamMember"},
				externalName: pair,
				ready:        xpv2.Available(),
			},
		},
		"Drift": {
			reason: "what differs is named",
			server: &fake{member: existing()},
			mg:     declared(named, administrator),
			want: want{
				observation:  managed.ExternalObservation{ResourceExists: true, Diff: "schemeAdmin"},
				calls:        []string{"GetTeamMember"},
				externalName: pair,
				ready:        xpv2.Available(),
			},
		},
		"Adopted": {
			reason: "a membership that exists is taken over, also when an interrupted creation never recorded it",
			server: &fake{member: existing()},
			mg:     declared(),
			want: want{
				observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ResourceLateInitialized: true},
				calls:        []string{"GetTeamMember"},
				externalName: pair,
				ready:        xpv2.Available(),
			},
		},
		"Bot": {
			reason: "a bot may be a member",
			server: &fake{member: existing()},
			mg: declared(named, func(mg *v1alpha1.TeamMember) {
				mg.Spec.ForProvider.UserID, mg.Spec.ForProvider.BotID = nil, ptr.To(userID)
			}),
			want: want{
				observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true},
				calls:        []string{"GetTeamMember"},
				externalName: pair,
				ready:        xpv2.Available(),
			},
		},
		"Another": {
			reason: "a membership does not become another, whose like nobody would remove",
			server: &fake{member: existing()},
			mg:     declared(named, func(mg *v1alpha1.TeamMember) { mg.Spec.ForProvider.UserID = ptr.To("other") }),
			want:   want{err: cmpopts.AnyError, externalName: pair},
		},
		"NotFound": {
			reason: "a membership that is not there is to be created",
			server: &fake{},
			mg:     declared(named),
			want:   want{calls: []string{"GetTeamMember"}, externalName: pair},
		},
		"Left": {
			reason: "who left the team is to be added again",
			server: &fake{member: existing(func(member *model.TeamMember) { member.DeleteAt = 1 })},
			mg:     declared(named),
			want:   want{calls: []string{"GetTeamMember"}, externalName: pair},
		},
		"Unreachable": {
			reason: "an error says nothing about the membership",
			server: &fake{fails: map[string]error{"GetTeamMember": boom}},
			mg:     declared(named),
			want:   want{err: boom, calls: []string{"GetTeamMember"}, externalName: pair},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			observation, err := (&external{server: tc.server}).Observe(t.Context(), tc.mg)
			got := want{observation: observation, err: err, calls: tc.server.calls, externalName: meta.GetExternalName(tc.mg)}

			if c := tc.mg.GetCondition(xpv2.TypeReady); c.Reason != "" {
				got.ready = c
			}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors(), test.EquateConditions()); diff != "" {
				t.Errorf("\n%s\nObserve(...): -want, +got:\n%s", tc.reason, diff)
			}
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
		"CannotAdd": {reason: "what fails has no external name", server: &fake{fails: map[string]error{"AddTeamMember": boom}}, want: want{err: boom, added: pair}},
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
			server: &fake{fails: map[string]error{"GetTeamMember": boom}},
			mg:     declared(named, administrator),
			want:   want{err: boom, calls: []string{"GetTeamMember"}},
		},
		"CannotUpdate": {
			reason: "an error is passed on",
			server: &fake{member: existing(), fails: map[string]error{"UpdateTeamMemberSchemeRoles": boom}},
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
			got := want{err: err, calls: tc.server.calls, roles: tc.server.roles}

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
		"Gone":         {reason: "who is no member any more is removed", fails: notFound()},
		"CannotRemove": {reason: "an error keeps the object", fails: boom, want: boom},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			server, mg := &fake{fails: map[string]error{"RemoveTeamMember": tc.fails}}, declared(named)

			_, err := (&external{server: server}).Delete(t.Context(), mg)
			if diff := cmp.Diff(tc.want, err, cmpopts.EquateErrors()); diff != "" {
				t.Errorf("\n%s\nDelete(...): -want error, +got error:\n%s", tc.reason, diff)
			}

			if diff := cmp.Diff([]string{"RemoveTeamMember"}, server.calls); diff != "" {
				t.Errorf("\n%s\nDelete(...): requests: -want, +got:\n%s", tc.reason, diff)
			}

			if diff := cmp.Diff(xpv2.Deleting(), mg.GetCondition(xpv2.TypeReady), test.EquateConditions()); diff != "" {
				t.Errorf("\n%s\nDelete(...): condition Ready: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
