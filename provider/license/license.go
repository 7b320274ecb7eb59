// Package license manages the license of a server.
package license

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
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/secret"
)

// Service is what of Mattermost's API a license needs.
type Service interface {
	GetOldClientLicense(ctx context.Context, etag string) (map[string]string, *model.Response, error)
	UploadLicenseFile(ctx context.Context, data []byte) (*model.Response, error)
	RemoveLicenseFile(ctx context.Context) (*model.Response, error)
}

// SetupGated sets up the controller of licenses once their definition is served.
func SetupGated(mgr ctrl.Manager, o kind.Options) {
	kind.SetupGated(mgr, o, kind.Kind[*v1alpha1.License]{
		Name:       v1alpha1.LicenseKind,
		Identified: true,
		NeedsServer: func(mg *v1alpha1.License) bool {
			return mg.Spec.ForProvider.Deletion == v1alpha1.LicenseRemove
		},
		External: func(server *model.Client4, kube client.Client) managed.TypedExternalClient[*v1alpha1.License] {
			return &external{server: server, kube: kube}
		},
	})
}

// fieldLicense is all that may differ.
const fieldLicense = "licenseSecretRef"

type external struct {
	server Service
	kube   client.Reader
}

// Observe the license. One that deletion leaves where it is does not exist any more for
// a License that is deleted.
func (e *external) Observe(ctx context.Context, mg *v1alpha1.License) (managed.ExternalObservation, error) {
	if meta.WasDeleted(mg) && mg.Spec.ForProvider.Deletion != v1alpha1.LicenseRemove {
		return managed.ExternalObservation{}, nil
	}

	said, _, err := e.server.GetOldClientLicense(ctx, "")
	if err != nil {
		return managed.ExternalObservation{}, errors.Wrap(err, "cannot get license")
	}

	mg.Status.AtProvider = observation(said, mg.Status.AtProvider.LicenseSecretVersion)
	id := mg.Status.AtProvider.ID

	switch {
	case meta.WasDeleted(mg):
		return managed.ExternalObservation{ResourceExists: id != "" && id == meta.GetExternalName(mg)}, nil
	case said["IsLicensed"] != "true", id == "" && said["SkuShortName"] == model.LicenseShortSkuMattermostEntry:
		return managed.ExternalObservation{}, nil
	case id == "":
		return managed.ExternalObservation{}, errors.New("cannot get license: the account may not see its id: it needs to be a system administrator's")
	}

	return e.compare(ctx, mg, id)
}

// compare the license that is declared with the server's of the id.
func (e *external) compare(ctx context.Context, mg *v1alpha1.License, id string) (managed.ExternalObservation, error) {
	file, err := e.declared(ctx, mg)
	if err != nil {
		return managed.ExternalObservation{}, err
	}

	same := idOf(file.Text) == id
	if idOf(file.Text) == "" {
		same = mg.Status.AtProvider.LicenseSecretVersion == file.Version
	}

	if !same {
		return managed.ExternalObservation{ResourceExists: true, Diff: drift.Drift{fieldLicense}.String()}, nil
	}

	found := meta.GetExternalName(mg) != id
	meta.SetExternalName(mg, id)
	mg.SetConditions(xpv2.Available())

	return managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ResourceLateInitialized: found}, nil
}

// Create uploads the license. Its id is known when it is observed.
func (e *external) Create(ctx context.Context, mg *v1alpha1.License) (managed.ExternalCreation, error) {
	return managed.ExternalCreation{}, e.upload(ctx, mg)
}

// Update replaces the license.
func (e *external) Update(ctx context.Context, mg *v1alpha1.License) (managed.ExternalUpdate, error) {
	return managed.ExternalUpdate{}, e.upload(ctx, mg)
}

// Delete removes the license, as the spec says.
func (e *external) Delete(ctx context.Context, mg *v1alpha1.License) (managed.ExternalDelete, error) {
	mg.SetConditions(xpv2.Deleting())

	_, err := e.server.RemoveLicenseFile(ctx)

	return managed.ExternalDelete{}, errors.Wrap(err, "cannot remove license")
}

// Disconnect does nothing: the client outlives a reconcile.
func (e *external) Disconnect(context.Context) error { return nil }

func (e *external) upload(ctx context.Context, mg *v1alpha1.License) error {
	file, err := e.declared(ctx, mg)
	if err != nil {
		return err
	}

	if _, err := e.server.UploadLicenseFile(ctx, []byte(file.Text)); err != nil {
		return errors.Wrap(err, "cannot upload license")
	}

	mg.Status.AtProvider.LicenseSecretVersion = file.Version

	return nil
}

// declared license file.
func (e *external) declared(ctx context.Context, mg *v1alpha1.License) (secret.Value, error) {
	file, err := secret.Get(ctx, e.kube, mg.GetNamespace(), mg.Spec.ForProvider.LicenseSecretRef)
	return file, errors.Wrap(err, "cannot use spec.forProvider.licenseSecretRef")
}
