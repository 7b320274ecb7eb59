package plugin

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/mattermost"
)

// install the plugin from where the spec says, in place of any that is installed.
func (e *external) install(ctx context.Context, mg *v1alpha1.Plugin) error {
	p, at := mg.Spec.ForProvider, &mg.Status.AtProvider

	switch {
	case p.DownloadURL != nil:
		// It is known what is there: to install it again would change nothing.
		if at.DownloadURL == *p.DownloadURL && at.DownloadVersion != ptr.Deref(p.Version, at.DownloadVersion) {
			return errors.Errorf("spec.forProvider.downloadUrl has version %s, and not that of spec.forProvider.version: correct one of the two", at.DownloadVersion)
		}

		manifest, _, err := e.server.InstallPluginFromURL(ctx, *p.DownloadURL, true)
		if err != nil {
			return errors.Wrap(mattermost.WithoutURL(err), "cannot install plugin from spec.forProvider.downloadUrl")
		}

		at.DownloadURL, at.DownloadVersion = *p.DownloadURL, manifest.Version

		return verify(p, manifest)
	case p.Marketplace != nil:
		manifest, _, err := e.server.InstallMarketplacePlugin(ctx, &model.InstallMarketplacePluginRequest{Id: p.ID, Version: ptr.Deref(p.Version, "")})
		if err != nil {
			return errors.Wrap(err, "cannot install plugin from the marketplace")
		}

		return verify(p, manifest)
	default:
		return errors.Errorf("cannot install plugin %s: set spec.forProvider.downloadUrl or spec.forProvider.marketplace", p.ID)
	}
}

// verify that what was installed is what is declared.
func verify(p v1alpha1.PluginParameters, manifest *model.Manifest) error {
	if manifest.Id != p.ID {
		return errors.Errorf("the server installed plugin %s, and not that of spec.forProvider.id: correct one of the two", manifest.Id)
	}

	if version := ptr.Deref(p.Version, manifest.Version); manifest.Version != version {
		return errors.Errorf("the server installed version %s, and not that of spec.forProvider.version: correct one of the two", manifest.Version)
	}

	return nil
}
