// Package settings manages parts of a server's configuration.
package settings

import (
	"context"
	"net/http"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/mattermost/mattermost/server/public/model"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kind"
)

// Service is what of Mattermost's API settings need. A patch is no model.Config: a server
// may have settings that the client does not know.
type Service interface {
	GetConfigWithOptions(ctx context.Context, options model.GetConfigOptions) (map[string]any, *model.Response, error)
	GetEnvironmentConfig(ctx context.Context) (map[string]any, *model.Response, error)
	DoAPIPutJSON(ctx context.Context, url string, data any) (*http.Response, error)
}

// SetupGated sets up the controller of settings once their definition is served.
func SetupGated(mgr ctrl.Manager, o kind.Options) {
	kind.SetupGated(mgr, o, kind.Kind[*v1alpha1.Settings]{
		Name:       v1alpha1.SettingsKind,
		Identified: true,
		External: func(server *model.Client4, kube client.Client) managed.TypedExternalClient[*v1alpha1.Settings] {
			return &external{server: server, kube: kube}
		},
	})
}

type external struct {
	server Service
	kube   client.Reader
}

// Observe the settings that mg declares. A server always has settings, so that nobody
// tries to create them, and deletion leaves them as they are.
func (e *external) Observe(ctx context.Context, mg *v1alpha1.Settings) (managed.ExternalObservation, error) {
	if meta.WasDeleted(mg) {
		return managed.ExternalObservation{}, nil
	}

	differ, _, err := e.differences(ctx, mg)
	if err != nil {
		return managed.ExternalObservation{}, err
	}

	mg.SetConditions(xpv2.Available())

	return managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: len(differ) == 0, Diff: names(differ)}, nil
}

// Create is never needed.
func (e *external) Create(context.Context, *v1alpha1.Settings) (managed.ExternalCreation, error) {
	return managed.ExternalCreation{}, errors.New("a server always has settings")
}

// Update the settings that differ.
func (e *external) Update(ctx context.Context, mg *v1alpha1.Settings) (managed.ExternalUpdate, error) {
	differ, config, err := e.differences(ctx, mg)
	if err != nil || len(differ) == 0 {
		return managed.ExternalUpdate{}, err
	}

	if err := e.canChange(ctx, differ); err != nil {
		return managed.ExternalUpdate{}, err
	}

	answer, err := e.write(ctx, patch(differ, config))
	if err != nil {
		return managed.ExternalUpdate{}, err
	}

	written := remember(mg, differ)

	// A server leaves what it does not like as it is, and says nothing.
	kept, err := compare(differ, answer, written)
	if err == nil && len(kept) > 0 {
		err = errors.Errorf("the server does not take %s as declared: declare what it has, or look at what the account may change", names(kept))
	}

	return managed.ExternalUpdate{}, err
}

// Delete leaves the settings as they are.
func (e *external) Delete(context.Context, *v1alpha1.Settings) (managed.ExternalDelete, error) {
	return managed.ExternalDelete{}, nil
}

// Disconnect does nothing: the client outlives a reconcile.
func (e *external) Disconnect(context.Context) error { return nil }

// differences between what mg declares and the server's config.
func (e *external) differences(ctx context.Context, mg *v1alpha1.Settings) (differ []setting, config map[string]any, err error) {
	settings, err := e.declared(ctx, mg)
	if err != nil {
		return nil, nil, err
	}

	config, _, err = e.server.GetConfigWithOptions(ctx, model.GetConfigOptions{})
	if err != nil {
		return nil, nil, errors.Wrap(err, "cannot get settings")
	}

	differ, err = compare(settings, config, mg.Status.AtProvider.SecretVersions)

	return differ, config, err
}

// canChange says whether the server's environment leaves settings to be changed.
func (e *external) canChange(ctx context.Context, settings []setting) error {
	environment, _, err := e.server.GetEnvironmentConfig(ctx)
	if err != nil {
		return errors.Wrap(err, "cannot get what the server's environment sets")
	}

	for _, s := range settings {
		if _, set := lookup(environment, s.path); set {
			return errors.Errorf("cannot change %s: the server's environment sets it (%s): change it there, or leave it out", s, variable(s.path))
		}
	}

	return nil
}

// write a part of the configuration, and return the whole of it.
func (e *external) write(ctx context.Context, part map[string]any) (map[string]any, error) {
	rsp, err := e.server.DoAPIPutJSON(ctx, "/config/patch", part)
	if err != nil {
		return nil, errors.Wrap(err, "cannot update settings")
	}

	defer func() { _ = rsp.Body.Close() }()

	config, _, err := model.DecodeJSONFromResponse[map[string]any](rsp)

	return config, errors.Wrap(err, "cannot read the updated settings")
}

// remember which versions of Secrets were written, and forget those of settings that are
// not declared any more.
func remember(mg *v1alpha1.Settings, differ []setting) map[string]string {
	written := map[string]string{}

	for _, s := range mg.Spec.ForProvider.SecretConfig {
		if version, ok := mg.Status.AtProvider.SecretVersions[s.Path]; ok {
			written[s.Path] = version
		}
	}

	for _, s := range differ {
		if s.version != "" {
			written[s.String()] = s.version
		}
	}

	mg.Status.AtProvider.SecretVersions = written

	return written
}
