// Package incomingwebhook manages the webhooks by which other programs post.
package incomingwebhook

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/mattermost/mattermost/server/public/model"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/drift"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kind"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/mattermost"
)

// Service is what of Mattermost's API an incoming webhook needs.
type Service interface {
	mattermost.ConfigService

	GetChannel(ctx context.Context, id, etag string) (*model.Channel, *model.Response, error)
	GetIncomingWebhook(ctx context.Context, id, etag string) (*model.IncomingWebhook, *model.Response, error)
	GetIncomingWebhooksForTeam(ctx context.Context, teamID string, page, perPage int, etag string) ([]*model.IncomingWebhook, *model.Response, error)
	CreateIncomingWebhook(ctx context.Context, hook *model.IncomingWebhook) (*model.IncomingWebhook, *model.Response, error)
	UpdateIncomingWebhook(ctx context.Context, hook *model.IncomingWebhook) (*model.IncomingWebhook, *model.Response, error)
	DeleteIncomingWebhook(ctx context.Context, id string) (*model.Response, error)
}

// SetupGated sets up the controller of incoming webhooks once their definition is served.
func SetupGated(mgr ctrl.Manager, o kind.Options) {
	kind.SetupGated(mgr, o, kind.Kind[*v1alpha1.IncomingWebhook]{
		Name:       v1alpha1.IncomingWebhookKind,
		Identified: true,
		External: func(server *model.Client4, kube client.Client) managed.TypedExternalClient[*v1alpha1.IncomingWebhook] {
			return &external{server: server, url: server.URL, kube: kube}
		},
	})
}

type external struct {
	server Service
	url    string
	kube   client.Reader
}

// Observe the webhook of the URL in mg's connection Secret, or of mg's channel and
// display name where there is none.
func (e *external) Observe(ctx context.Context, mg *v1alpha1.IncomingWebhook) (managed.ExternalObservation, error) {
	hook, err := e.find(ctx, mg)
	if err != nil || hook == nil {
		return managed.ExternalObservation{}, err
	}

	mg.Status.AtProvider = observation(hook)

	found := meta.GetExternalName(mg) != externalName(hook)
	meta.SetExternalName(mg, externalName(hook))
	mg.SetConditions(xpv2.Available())

	differs := compare(mg, hook)

	return managed.ExternalObservation{
		ResourceExists:          true,
		ResourceUpToDate:        differs.None(),
		ResourceLateInitialized: found,
		Diff:                    differs.String(),
		ConnectionDetails:       e.details(hook),
	}, nil
}

// Create a webhook. What the server may refuse is set by an update.
func (e *external) Create(ctx context.Context, mg *v1alpha1.IncomingWebhook) (managed.ExternalCreation, error) {
	hook, err := e.find(ctx, mg)
	if err != nil {
		return managed.ExternalCreation{}, err
	}

	if hook == nil {
		if hook, _, err = e.server.CreateIncomingWebhook(ctx, desired(mg, model.IncomingWebhook{})); err != nil {
			return managed.ExternalCreation{}, errors.Wrap(err, "cannot create webhook")
		}
	}

	meta.SetExternalName(mg, externalName(hook))

	return managed.ExternalCreation{ConnectionDetails: e.details(hook)}, nil
}

// Update what differs.
func (e *external) Update(ctx context.Context, mg *v1alpha1.IncomingWebhook) (managed.ExternalUpdate, error) {
	hook, err := e.find(ctx, mg)
	if err != nil {
		return managed.ExternalUpdate{}, err
	}

	if hook == nil {
		return managed.ExternalUpdate{}, errors.New("cannot update webhook: it is gone")
	}

	differs := compare(mg, hook)
	if differs.None() {
		return managed.ExternalUpdate{}, nil
	}

	if err := e.allows(ctx, differs); err != nil {
		return managed.ExternalUpdate{}, err
	}

	_, _, err = e.server.UpdateIncomingWebhook(ctx, desired(mg, *hook))

	return managed.ExternalUpdate{}, errors.Wrap(mattermost.WithoutURL(err), "cannot update webhook")
}

// Delete the webhook. A server keeps nothing that could be restored.
func (e *external) Delete(ctx context.Context, mg *v1alpha1.IncomingWebhook) (managed.ExternalDelete, error) {
	mg.SetConditions(xpv2.Deleting())

	hook, err := e.find(ctx, mg)
	if err != nil || hook == nil {
		return managed.ExternalDelete{}, err
	}

	_, err = e.server.DeleteIncomingWebhook(ctx, hook.Id)

	return managed.ExternalDelete{}, errors.Wrap(mattermost.WithoutURL(mattermost.IgnoreNotFound(err)), "cannot delete webhook")
}

// Disconnect does nothing: the client outlives a reconcile.
func (e *external) Disconnect(context.Context) error { return nil }

// allows says whether the server would set what differs. It would leave it as it is, and
// not say so.
func (e *external) allows(ctx context.Context, differs drift.Drift) error {
	if !differs.Has(fieldUsername, fieldIconURL) {
		return nil
	}

	config, err := mattermost.ClientConfig(ctx, e.server)
	if err != nil {
		return errors.Wrap(err, "cannot get what the server allows")
	}

	for field, setting := range map[string]string{fieldUsername: "EnablePostUsernameOverride", fieldIconURL: "EnablePostIconOverride"} {
		if differs.Has(field) && config[setting] != "true" {
			return errors.Errorf("cannot set spec.forProvider.%s: the server's ServiceSettings.%s must be true", field, setting)
		}
	}

	return nil
}
