// Package channel manages the public and private channels of teams.
package channel

import (
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
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kind"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/mattermost"
)

// Service is what of Mattermost's API a channel needs.
type Service interface {
	GetChannel(ctx context.Context, id, etag string) (*model.Channel, *model.Response, error)
	GetChannelByNameIncludeDeleted(ctx context.Context, name, teamID, etag string) (*model.Channel, *model.Response, error)
	CreateChannel(ctx context.Context, channel *model.Channel) (*model.Channel, *model.Response, error)
	RestoreChannel(ctx context.Context, id string) (*model.Channel, *model.Response, error)
	PatchChannel(ctx context.Context, id string, patch *model.ChannelPatch) (*model.Channel, *model.Response, error)
	UpdateChannelPrivacy(ctx context.Context, id string, privacy model.ChannelType) (*model.Channel, *model.Response, error)
	UpdateChannelScheme(ctx context.Context, id, schemeID string) (*model.Response, error)
	DeleteChannel(ctx context.Context, id string) (*model.Response, error)
	PermanentDeleteChannel(ctx context.Context, id string) (*model.Response, error)
}

// SetupGated sets up the controller of channels once their definition is served.
func SetupGated(mgr ctrl.Manager, o kind.Options) {
	kind.SetupGated(mgr, o, kind.Kind[*v1alpha1.Channel]{
		Name:       v1alpha1.ChannelKind,
		Identified: true,
		External: func(server *model.Client4, _ client.Client) managed.TypedExternalClient[*v1alpha1.Channel] {
			return &external{server: server}
		},
	})
}

type external struct {
	server Service
}

// Observe the channel of mg's id, or of its name in its team where there is none. An
// archived channel does not exist, unless it is to be deleted for good.
func (e *external) Observe(ctx context.Context, mg *v1alpha1.Channel) (managed.ExternalObservation, error) {
	channel, err := e.find(ctx, mg)
	if err != nil {
		return managed.ExternalObservation{}, errors.Wrap(mattermost.IgnoreNotFound(err), "cannot get channel")
	}

	mg.Status.AtProvider = observation(channel)

	found := meta.GetExternalName(mg) != channel.Id
	meta.SetExternalName(mg, channel.Id)

	if channel.DeleteAt > 0 {
		return managed.ExternalObservation{ResourceExists: meta.WasDeleted(mg) && mg.Spec.ForProvider.Deletion == v1alpha1.DeletionPermanent}, nil
	}

	// A team cannot lose this one, so that deletion leaves it as it is.
	if channel.Name == model.DefaultChannelName && meta.WasDeleted(mg) {
		return managed.ExternalObservation{}, nil
	}

	mg.SetConditions(xpv2.Available())

	differs := compare(mg.Spec.ForProvider, channel)

	return managed.ExternalObservation{
		ResourceExists:          true,
		ResourceUpToDate:        differs.None(),
		ResourceLateInitialized: found,
		Diff:                    differs.String(),
	}, nil
}

// Create a channel, or restore the archived one of the same id or name.
func (e *external) Create(ctx context.Context, mg *v1alpha1.Channel) (managed.ExternalCreation, error) {
	channel, err := e.find(ctx, mg)

	switch {
	case mattermost.IsNotFound(err):
		channel, _, err = e.server.CreateChannel(ctx, desired(mg.Spec.ForProvider))
		err = errors.Wrap(err, "cannot create channel")
	case err != nil:
		err = errors.Wrap(err, "cannot get channel")
	case channel.DeleteAt > 0:
		channel, _, err = e.server.RestoreChannel(ctx, channel.Id)
		err = errors.Wrap(err, "cannot restore channel")
	}

	if err != nil {
		return managed.ExternalCreation{}, err
	}

	meta.SetExternalName(mg, channel.Id)

	return managed.ExternalCreation{}, nil
}

// Update what differs.
func (e *external) Update(ctx context.Context, mg *v1alpha1.Channel) (managed.ExternalUpdate, error) {
	p := mg.Spec.ForProvider

	channel, err := e.find(ctx, mg)
	if err != nil {
		return managed.ExternalUpdate{}, errors.Wrap(err, "cannot get channel")
	}

	differs := compare(p, channel)

	if differs.Has("type") {
		if _, _, err := e.server.UpdateChannelPrivacy(ctx, channel.Id, model.ChannelType(*p.Type)); err != nil {
			return managed.ExternalUpdate{}, errors.Wrap(err, "cannot update the privacy of channel")
		}
	}

	if differs.Has("schemeId") {
		if _, err := e.server.UpdateChannelScheme(ctx, channel.Id, *p.SchemeID); err != nil {
			return managed.ExternalUpdate{}, errors.Wrap(err, "cannot update the scheme of channel")
		}
	}

	if differs.Has(patched...) {
		if _, _, err := e.server.PatchChannel(ctx, channel.Id, patch(p)); err != nil {
			return managed.ExternalUpdate{}, errors.Wrap(err, "cannot update channel")
		}
	}

	return managed.ExternalUpdate{}, nil
}

// Delete archives the channel, or deletes it for good if the spec says so.
func (e *external) Delete(ctx context.Context, mg *v1alpha1.Channel) (managed.ExternalDelete, error) {
	mg.SetConditions(xpv2.Deleting())

	id := meta.GetExternalName(mg)

	if mg.Spec.ForProvider.Deletion == v1alpha1.DeletionPermanent {
		_, err := e.server.PermanentDeleteChannel(ctx, id)
		return managed.ExternalDelete{}, errors.Wrap(mattermost.IgnoreNotFound(err), "cannot delete channel permanently")
	}

	_, err := e.server.DeleteChannel(ctx, id)

	return managed.ExternalDelete{}, errors.Wrap(mattermost.IgnoreNotFound(err), "cannot archive channel")
}

// Disconnect does nothing: the client outlives a reconcile.
func (e *external) Disconnect(context.Context) error { return nil }

// find the channel that mg stands for. A channel whose id is gone is looked for by its
// name, which another may have taken over. One whose object is being deleted is gone then:
// whatever has its name by now is somebody else's.
func (e *external) find(ctx context.Context, mg *v1alpha1.Channel) (*model.Channel, error) {
	team := ptr.Deref(mg.Spec.ForProvider.TeamID, "")

	if id := meta.GetExternalName(mg); model.IsValidId(id) {
		channel, _, err := e.server.GetChannel(ctx, id, "")
		if err == nil && channel.TeamId != team {
			return nil, errors.Errorf("channel %s is in team %q, and not in that of spec.forProvider.teamId: channels do not move", id, channel.TeamId)
		}

		if !mattermost.IsNotFound(err) || meta.WasDeleted(mg) {
			return channel, err
		}
	}

	channel, _, err := e.server.GetChannelByNameIncludeDeleted(ctx, mg.Spec.ForProvider.Name, team, "")

	return channel, err
}
