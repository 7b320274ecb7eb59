// Package channelmember manages who is a member of which channel.
package channelmember

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

// Service is what of Mattermost's API a membership in a channel needs.
type Service interface {
	GetChannelMember(ctx context.Context, channelID, userID, etag string) (*model.ChannelMember, *model.Response, error)
	AddChannelMember(ctx context.Context, channelID, userID string) (*model.ChannelMember, *model.Response, error)
	UpdateChannelMemberSchemeRoles(ctx context.Context, channelID, userID string, roles *model.SchemeRoles) (*model.Response, error)
	RemoveUserFromChannel(ctx context.Context, channelID, userID string) (*model.Response, error)
	GetChannel(ctx context.Context, id, etag string) (*model.Channel, *model.Response, error)
}

// SetupGated sets up the controller of memberships in channels once their definition is
// served.
func SetupGated(mgr ctrl.Manager, o kind.Options) {
	kind.SetupGated(mgr, o, kind.Kind[*v1alpha1.ChannelMember]{
		Name:       v1alpha1.ChannelMemberKind,
		Identified: true,
		External: func(server *model.Client4, _ client.Client) managed.TypedExternalClient[*v1alpha1.ChannelMember] {
			return &external{server: server}
		},
	})
}

type external struct {
	server Service
}

// Observe the membership. Whoever left a channel is none of its members.
func (e *external) Observe(ctx context.Context, mg *v1alpha1.ChannelMember) (managed.ExternalObservation, error) {
	channelID, userID := parties(mg)

	name := channelID + "/" + userID
	found := meta.GetExternalName(mg) != name

	if old := meta.GetExternalName(mg); old != "" && found {
		return managed.ExternalObservation{}, errors.Errorf("the external name %s is another membership than %s of spec.forProvider: a membership does not move: declare another ChannelMember", old, name)
	}

	if meta.WasDeleted(mg) {
		leaves, err := e.canLeave(ctx, channelID)
		if err != nil || !leaves {
			return managed.ExternalObservation{}, err
		}
	}

	member, _, err := e.server.GetChannelMember(ctx, channelID, userID, "")
	if err != nil {
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

// canLeave says whether members can be removed from a channel. Those of a team are always
// in its default channel, so that deletion leaves them there.
func (e *external) canLeave(ctx context.Context, channelID string) (bool, error) {
	channel, _, err := e.server.GetChannel(ctx, channelID, "")
	if err != nil {
		return false, errors.Wrap(mattermost.IgnoreNotFound(err), "cannot get channel")
	}

	return channel.Name != model.DefaultChannelName, nil
}

// Create the membership. It is one however often it is created.
func (e *external) Create(ctx context.Context, mg *v1alpha1.ChannelMember) (managed.ExternalCreation, error) {
	channelID, userID := parties(mg)

	if _, _, err := e.server.AddChannelMember(ctx, channelID, userID); err != nil {
		return managed.ExternalCreation{}, errors.Wrap(err, "cannot add member")
	}

	meta.SetExternalName(mg, channelID+"/"+userID)

	return managed.ExternalCreation{}, nil
}

// Update whether the member is an administrator.
func (e *external) Update(ctx context.Context, mg *v1alpha1.ChannelMember) (managed.ExternalUpdate, error) {
	channelID, userID := parties(mg)

	member, _, err := e.server.GetChannelMember(ctx, channelID, userID, "")
	if err != nil {
		return managed.ExternalUpdate{}, errors.Wrap(err, "cannot get member")
	}

	if compare(mg.Spec.ForProvider, member).None() {
		return managed.ExternalUpdate{}, nil
	}

	roles := &model.SchemeRoles{SchemeAdmin: *mg.Spec.ForProvider.SchemeAdmin, SchemeUser: member.SchemeUser, SchemeGuest: member.SchemeGuest}
	_, err = e.server.UpdateChannelMemberSchemeRoles(ctx, channelID, userID, roles)

	return managed.ExternalUpdate{}, errors.Wrap(err, "cannot update the roles of member")
}

// Delete the membership, and leave the channel and the user alone.
func (e *external) Delete(ctx context.Context, mg *v1alpha1.ChannelMember) (managed.ExternalDelete, error) {
	mg.SetConditions(xpv2.Deleting())

	channelID, userID := parties(mg)
	_, err := e.server.RemoveUserFromChannel(ctx, channelID, userID)

	return managed.ExternalDelete{}, errors.Wrap(mattermost.IgnoreNotFound(err), "cannot remove member")
}

// Disconnect does nothing: the client outlives a reconcile.
func (e *external) Disconnect(context.Context) error { return nil }

// parties of the membership, as they are declared.
func parties(mg *v1alpha1.ChannelMember) (channelID, userID string) {
	p := mg.Spec.ForProvider
	return ptr.Deref(p.ChannelID, ""), cmp.Or(ptr.Deref(p.UserID, ""), ptr.Deref(p.BotID, ""))
}

// compare what is declared with the membership.
func compare(p v1alpha1.ChannelMemberParameters, member *model.ChannelMember) drift.Drift {
	var d drift.Drift

	drift.Field(&d, "schemeAdmin", p.SchemeAdmin, member.SchemeAdmin)

	return d
}

func observation(member *model.ChannelMember) v1alpha1.ChannelMemberObservation {
	return v1alpha1.ChannelMemberObservation{
		ChannelID:   member.ChannelId,
		UserID:      member.UserId,
		Roles:       member.Roles,
		SchemeAdmin: member.SchemeAdmin,
	}
}
