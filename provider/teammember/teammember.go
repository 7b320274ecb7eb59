// Package teammember manages who is a member of which team.
package teammember

import (
	"cmp"
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/drift"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kind"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/mattermost"
)

// Service is what of Mattermost's API a membership in a team needs.
type Service interface {
	GetTeamMember(ctx context.Context, teamID, userID, etag string) (*model.TeamMember, *model.Response, error)
	AddTeamMember(ctx context.Context, teamID, userID string) (*model.TeamMember, *model.Response, error)
	UpdateTeamMemberSchemeRoles(ctx context.Context, teamID, userID string, roles *model.SchemeRoles) (*model.Response, error)
	RemoveTeamMember(ctx context.Context, teamID, userID string) (*model.Response, error)
}

// SetupGated sets up the controller of memberships in teams once their definition is
// served.
func SetupGated(mgr ctrl.Manager, o kind.Options) {
	kind.SetupGated(mgr, o, kind.Kind[*v1alpha1.TeamMember]{
		Name:       v1alpha1.TeamMemberKind,
		Identified: true,
		External: func(server *model.Client4, _ client.Client) managed.TypedExternalClient[*v1alpha1.TeamMember] {
			return &external{server: server}
		},
	})
}

type external struct {
	server Service
}

// Observe the membership. Whoever left a team is none of its members,
// though the server remembers them.
func (e *external) Observe(ctx context.Context, mg *v1alpha1.TeamMember) (managed.ExternalObservation, error) {
	teamID, userID := parties(mg)

	name := teamID + "/" + userID
	found := meta.GetExternalName(mg) != name

	if old := meta.GetExternalName(mg); old != "" && found {
		return managed.ExternalObservation{}, errors.Errorf("the external name %s is another membership than %s of spec.forProvider: a membership does not move: declare another TeamMember", old, name)
	}

	member, _, err := e.server.GetTeamMember(ctx, teamID, userID, "")
	if err != nil || member.DeleteAt > 0 {
		return managed.ExternalObservation{}, errors.Wrap(mattermost.IgnoreNotFound(err), "cannot get member")
	}

	meta.SetExternalName(mg, name)
	mg.Status.AtProvider = observation(member)
	mg.SetConditions(xpv2.Available())

	differs := compare(mg.Spec.ForProvider, member)

	return managed.ExternalObservation{
		ResourceExists:          true,
		ResourceUpToDate:        differs.None(),
		ResourceLateInitialized: found,
		Diff:                    differs.String(),
	}, nil
}

// Create the membership. It is one however often it is created.
func (e *external) Create(ctx context.Context, mg *v1alpha1.TeamMember) (managed.ExternalCreation, error) {
	teamID, userID := parties(mg)

	if _, _, err := e.server.AddTeamMember(ctx, teamID, userID); err != nil {
		return managed.ExternalCreation{}, errors.Wrap(err, "cannot add member")
	}

	meta.SetExternalName(mg, teamID+"/"+userID)

	return managed.ExternalCreation{}, nil
}

// Update whether the member is an administrator.
func (e *external) Update(ctx context.Context, mg *v1alpha1.TeamMember) (managed.ExternalUpdate, error) {
	teamID, userID := parties(mg)

	member, _, err := e.server.GetTeamMember(ctx, teamID, userID, "")
	if err != nil {
		return managed.ExternalUpdate{}, errors.Wrap(err, "cannot get member")
	}

	if compare(mg.Spec.ForProvider, member).None() {
		return managed.ExternalUpdate{}, nil
	}

	roles := &model.SchemeRoles{SchemeAdmin: *mg.Spec.ForProvider.SchemeAdmin, SchemeUser: member.SchemeUser, SchemeGuest: member.SchemeGuest}
	_, err = e.server.UpdateTeamMemberSchemeRoles(ctx, teamID, userID, roles)

	return managed.ExternalUpdate{}, errors.Wrap(err, "cannot update the roles of member")
}

// Delete the membership, and leave the team and the user alone.
func (e *external) Delete(ctx context.Context, mg *v1alpha1.TeamMember) (managed.ExternalDelete, error) {
	mg.SetConditions(xpv2.Deleting())

	teamID, userID := parties(mg)
	_, err := e.server.RemoveTeamMember(ctx, teamID, userID)

	return managed.ExternalDelete{}, errors.Wrap(mattermost.IgnoreNotFound(err), "cannot remove member")
}

// Disconnect does nothing: the client outlives a reconcile.
func (e *external) Disconnect(context.Context) error { return nil }

// parties of the membership, as they are declared.
func parties(mg *v1alpha1.TeamMember) (teamID, userID string) {
	p := mg.Spec.ForProvider
	return ptr.Deref(p.TeamID, ""), cmp.Or(ptr.Deref(p.UserID, ""), ptr.Deref(p.BotID, ""))
}

// compare what is declared with the membership.
func compare(p v1alpha1.TeamMemberParameters, member *model.TeamMember) drift.Drift {
	var d drift.Drift

	drift.Field(&d, "schemeAdmin", p.SchemeAdmin, member.SchemeAdmin)

	return d
}

func observation(member *model.TeamMember) v1alpha1.TeamMemberObservation {
	return v1alpha1.TeamMemberObservation{
		TeamID:      member.TeamId,
		UserID:      member.UserId,
		Roles:       member.Roles,
		SchemeAdmin: member.SchemeAdmin,
	}
}
