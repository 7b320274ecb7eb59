package teammember

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
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
