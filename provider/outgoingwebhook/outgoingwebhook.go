// Package outgoingwebhook manages the webhooks by which a server posts to other programs.
package outgoingwebhook

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

// Service is what of Mattermost's API an outgoing webhook needs.
type Service interface {
	GetOutgoingWebhook(ctx context.Context, id string) (*model.OutgoingWebhook, *model.Response, error)
	GetOutgoingWebhooksForTeam(ctx context.Context, teamID string, page, perPage int, etag string) ([]*model.OutgoingWebhook, *model.Response, error)
	CreateOutgoingWebhook(ctx context.Context, hook *model.OutgoingWebhook) (*model.OutgoingWebhook, *model.Response, error)
	UpdateOutgoingWebhook(ctx context.Context, hook *model.OutgoingWebhook) (*model.OutgoingWebhook, *model.Response, error)
	DeleteOutgoingWebhook(ctx context.Context, id string) (*model.Response, error)
}

// SetupGated sets up the controller of outgoing webhooks once their definition is served.
func SetupGated(mgr ctrl.Manager, o kind.Options) {
	kind.SetupGated(mgr, o, kind.Kind[*v1alpha1.OutgoingWebhook]{
		Name:       v1alpha1.OutgoingWebhookKind,
		Identified: true,
		External: func(server *model.Client4, _ client.Client) managed.TypedExternalClient[*v1alpha1.OutgoingWebhook] {
			return &external{server: server}
		},
	})
}

// keyToken of the connection Secret.
const keyToken = "token"

type external struct {
	server Service
}

// Observe the webhook of mg's id, or of its display name in its team where there is none.
func (e *external) Observe(ctx context.Context, mg *v1alpha1.OutgoingWebhook) (managed.ExternalObservation, error) {
	hook, err := e.find(ctx, mg)
	if err != nil || hook == nil {
		return managed.ExternalObservation{}, err
	}

	mg.Status.AtProvider = observation(hook)

	found := meta.GetExternalName(mg) != hook.Id
	meta.SetExternalName(mg, hook.Id)
	mg.SetConditions(xpv2.Available())

	differs := compare(mg, hook)

	return managed.ExternalObservation{
		ResourceExists:          true,
		ResourceUpToDate:        differs.None(),
		ResourceLateInitialized: found,
		Diff:                    differs.String(),
		ConnectionDetails:       details(hook),
	}, nil
}

// Create a webhook.
func (e *external) Create(ctx context.Context, mg *v1alpha1.OutgoingWebhook) (managed.ExternalCreation, error) {
	hook, err := e.find(ctx, mg)
	if err != nil {
		return managed.ExternalCreation{}, err
	}

	if hook == nil {
		if hook, _, err = e.server.CreateOutgoingWebhook(ctx, desired(mg, model.OutgoingWebhook{})); err != nil {
			return managed.ExternalCreation{}, errors.Wrap(err, "cannot create webhook")
		}
	}

	meta.SetExternalName(mg, hook.Id)

	return managed.ExternalCreation{ConnectionDetails: details(hook)}, nil
}

// Update what differs.
func (e *external) Update(ctx context.Context, mg *v1alpha1.OutgoingWebhook) (managed.ExternalUpdate, error) {
	hook, err := e.find(ctx, mg)
	if err != nil {
		return managed.ExternalUpdate{}, err
	}

	if hook == nil {
		return managed.ExternalUpdate{}, errors.New("cannot update webhook: it is gone")
	}

	if compare(mg, hook).None() {
		return managed.ExternalUpdate{}, nil
	}

	_, _, err = e.server.UpdateOutgoingWebhook(ctx, desired(mg, *hook))

	return managed.ExternalUpdate{}, errors.Wrap(err, "cannot update webhook")
}

// Delete the webhook. A server keeps nothing that could be restored.
func (e *external) Delete(ctx context.Context, mg *v1alpha1.OutgoingWebhook) (managed.ExternalDelete, error) {
	mg.SetConditions(xpv2.Deleting())

	_, err := e.server.DeleteOutgoingWebhook(ctx, meta.GetExternalName(mg))

	return managed.ExternalDelete{}, errors.Wrap(mattermost.IgnoreNotFound(err), "cannot delete webhook")
}

// Disconnect does nothing: the client outlives a reconcile.
func (e *external) Disconnect(context.Context) error { return nil }

// details to publish of a webhook.
func details(hook *model.OutgoingWebhook) managed.ConnectionDetails {
	return managed.ConnectionDetails{keyToken: []byte(hook.Token)}
}

// find the webhook that mg stands for, or nil. One whose id is gone is looked for by its
// display name. One whose object is being deleted is gone then: whatever has its name by
// now is somebody else's.
func (e *external) find(ctx context.Context, mg *v1alpha1.OutgoingWebhook) (*model.OutgoingWebhook, error) {
	team := ptr.Deref(mg.Spec.ForProvider.TeamID, "")

	if id := meta.GetExternalName(mg); model.IsValidId(id) {
		hook, _, err := e.server.GetOutgoingWebhook(ctx, id)
		if err == nil && hook.TeamId != team {
			return nil, errors.Errorf("webhook %s is in team %q, and not in that of spec.forProvider.teamId: webhooks do not move", id, hook.TeamId)
		}

		if mattermost.IsNotFound(err) && meta.WasDeleted(mg) {
			return nil, nil
		}

		if !mattermost.IsNotFound(err) {
			return hook, errors.Wrap(err, "cannot get webhook")
		}
	}

	return e.search(ctx, team, displayName(mg))
}

// search for the oldest webhook of a name in a team, or nil.
func (e *external) search(ctx context.Context, team, name string) (*model.OutgoingWebhook, error) {
	var oldest *model.OutgoingWebhook

	list := func(page int) ([]*model.OutgoingWebhook, *model.Response, error) {
		return e.server.GetOutgoingWebhooksForTeam(ctx, team, page, mattermost.PageSize, "")
	}

	err := mattermost.EachListed(list, func(hook *model.OutgoingWebhook) {
		if hook.DisplayName == name && (oldest == nil || hook.CreateAt < oldest.CreateAt) {
			oldest = hook
		}
	})
	if err != nil {
		return nil, errors.Wrap(mattermost.IgnoreNotFound(err), "cannot list webhooks")
	}

	return oldest, nil
}
