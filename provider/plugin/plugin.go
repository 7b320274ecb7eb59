// Package plugin manages which plugins a server has, and which of them run.
package plugin

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
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kind"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/mattermost"
)

// Service is what of Mattermost's API a plugin needs.
type Service interface {
	GetPluginStatuses(ctx context.Context) (model.PluginStatuses, *model.Response, error)
	InstallPluginFromURL(ctx context.Context, url string, force bool) (*model.Manifest, *model.Response, error)
	InstallMarketplacePlugin(ctx context.Context, request *model.InstallMarketplacePluginRequest) (*model.Manifest, *model.Response, error)
	EnablePlugin(ctx context.Context, id string) (*model.Response, error)
	DisablePlugin(ctx context.Context, id string) (*model.Response, error)
	RemovePlugin(ctx context.Context, id string) (*model.Response, error)
}

// SetupGated sets up the controller of plugins once their definition is served.
func SetupGated(mgr ctrl.Manager, o kind.Options) {
	kind.SetupGated(mgr, o, kind.Kind[*v1alpha1.Plugin]{
		Name:       v1alpha1.PluginKind,
		Identified: true,
		External: func(server *model.Client4, _ client.Client) managed.TypedExternalClient[*v1alpha1.Plugin] {
			return &external{server: server}
		},
	})
}

type external struct {
	server Service
}

// Observe the plugin. A disabled plugin does not exist for a Plugin that is deleted,
// unless it is to be uninstalled.
func (e *external) Observe(ctx context.Context, mg *v1alpha1.Plugin) (managed.ExternalObservation, error) {
	p, before := mg.Spec.ForProvider, mg.Status.AtProvider

	at, err := e.get(ctx, p.ID)
	if err != nil || at == nil {
		return managed.ExternalObservation{}, err
	}

	at.DownloadURL, at.DownloadVersion = before.DownloadURL, before.DownloadVersion
	found := meta.GetExternalName(mg) != p.ID
	meta.SetExternalName(mg, p.ID)

	differs := compare(p, *at)
	if differs.None() {
		downloaded(p, at)
	}

	mg.Status.AtProvider = *at

	if meta.WasDeleted(mg) {
		return managed.ExternalObservation{ResourceExists: at.Enabled || p.Deletion == v1alpha1.DeletionPermanent}, nil
	}

	mg.SetConditions(condition(*at))

	return managed.ExternalObservation{
		ResourceExists:          true,
		ResourceUpToDate:        differs.None(),
		ResourceLateInitialized: found,
		Diff:                    differs.String(),
	}, nil
}

// Create installs the plugin. An update enables it.
func (e *external) Create(ctx context.Context, mg *v1alpha1.Plugin) (managed.ExternalCreation, error) {
	if err := e.install(ctx, mg); err != nil {
		return managed.ExternalCreation{}, err
	}

	meta.SetExternalName(mg, mg.Spec.ForProvider.ID)

	return managed.ExternalCreation{}, nil
}

// Update installs another version, and enables or disables the plugin.
func (e *external) Update(ctx context.Context, mg *v1alpha1.Plugin) (managed.ExternalUpdate, error) {
	p := mg.Spec.ForProvider

	at, err := e.get(ctx, p.ID)
	if err != nil {
		return managed.ExternalUpdate{}, err
	}

	if at == nil {
		return managed.ExternalUpdate{}, errors.New("cannot update plugin: it is gone")
	}

	at.DownloadURL, at.DownloadVersion = mg.Status.AtProvider.DownloadURL, mg.Status.AtProvider.DownloadVersion
	differs := compare(p, *at)

	if differs.Has(fieldVersion, fieldDownloadURL) {
		if err := e.install(ctx, mg); err != nil {
			return managed.ExternalUpdate{}, err
		}
	}

	if !differs.Has(fieldEnabled) {
		return managed.ExternalUpdate{}, nil
	}

	if !*p.Enabled {
		_, err := e.server.DisablePlugin(ctx, p.ID)
		return managed.ExternalUpdate{}, errors.Wrap(err, "cannot disable plugin")
	}

	_, err = e.server.EnablePlugin(ctx, p.ID)

	return managed.ExternalUpdate{}, errors.Wrap(err, "cannot enable plugin")
}

// Delete disables the plugin, or uninstalls it if the spec says so.
func (e *external) Delete(ctx context.Context, mg *v1alpha1.Plugin) (managed.ExternalDelete, error) {
	mg.SetConditions(xpv2.Deleting())

	id := mg.Spec.ForProvider.ID

	if mg.Spec.ForProvider.Deletion == v1alpha1.DeletionPermanent {
		_, err := e.server.RemovePlugin(ctx, id)
		return managed.ExternalDelete{}, errors.Wrap(mattermost.IgnoreNotFound(err), "cannot uninstall plugin")
	}

	_, err := e.server.DisablePlugin(ctx, id)

	return managed.ExternalDelete{}, errors.Wrap(mattermost.IgnoreNotFound(err), "cannot disable plugin")
}

// Disconnect does nothing: the client outlives a reconcile.
func (e *external) Disconnect(context.Context) error { return nil }

// get the plugin id as the server has it, or nil.
func (e *external) get(ctx context.Context, id string) (*v1alpha1.PluginObservation, error) {
	statuses, _, err := e.server.GetPluginStatuses(ctx)
	if err != nil {
		return nil, errors.Wrap(err, "cannot get plugin")
	}

	if at, installed := observe(id, statuses); installed {
		return &at, nil
	}

	return nil, nil
}

// condition of a plugin. What a plugin says of why it does not start may be secret.
func condition(at v1alpha1.PluginObservation) xpv2.Condition {
	if at.Enabled && !at.Running {
		return xpv2.Unavailable().WithMessage("the plugin is enabled and does not run: the server's log says why")
	}

	return xpv2.Available()
}
