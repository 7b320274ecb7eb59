// Package server observes a server: its version and its health. It changes nothing.
package server

import (
	"context"
	"strings"
	"time"

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

// maxPollInterval bounds for how long the condition Ready may be wrong.
const maxPollInterval = 30 * time.Second

// Service is what of Mattermost's API a server needs.
type Service interface {
	mattermost.ConfigService

	GetPingWithOptions(ctx context.Context, options model.SystemPingOptions) (map[string]any, *model.Response, error)
	GetOldClientLicense(ctx context.Context, etag string) (map[string]string, *model.Response, error)
}

// SetupGated sets up the controller of servers once their definition is served.
func SetupGated(mgr ctrl.Manager, o kind.Options) {
	kind.SetupGated(mgr, o, kind.Kind[*v1alpha1.Server]{
		Name:            v1alpha1.ServerKind,
		Identified:      true,
		MaxPollInterval: maxPollInterval,
		External: func(server *model.Client4, _ client.Client) managed.TypedExternalClient[*v1alpha1.Server] {
			return &external{server: server}
		},
	})
}

type external struct {
	server Service
}

// Observe the server. It always exists, so that nobody tries to create it. One that
// does not answer is not Ready, rather than unobserved: whoever waits for it looks at
// Ready.
func (e *external) Observe(ctx context.Context, mg *v1alpha1.Server) (managed.ExternalObservation, error) {
	if meta.WasDeleted(mg) {
		return managed.ExternalObservation{}, nil
	}

	there := managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true}

	// Asked to, a server answers with an error when it is unhealthy, and says no more.
	health, rsp, err := e.server.GetPingWithOptions(ctx, model.SystemPingOptions{FullStatus: true, RESTSemantics: true})
	if err != nil {
		mg.Status.AtProvider.Status, mg.Status.AtProvider.DatabaseStatus, mg.Status.AtProvider.FilestoreStatus = "", "", ""
		mg.SetConditions(xpv2.Unavailable().WithMessage(errors.Wrap(err, "cannot ask the server for its health").Error()))

		return there, nil
	}

	at := &mg.Status.AtProvider
	at.Status, at.DatabaseStatus, at.FilestoreStatus = text(health["status"]), text(health["database_status"]), text(health["filestore_status"])

	if err := e.identify(ctx, at, rsp.ServerVersion); err != nil {
		return there, err
	}

	mg.SetConditions(condition(at))

	return there, nil
}

// identify the version, the edition and the license. There is more to ask only when the
// server says that something changed.
func (e *external) identify(ctx context.Context, at *v1alpha1.ServerObservation, header string) error {
	id := parseVersion(header)

	// Earlier releases of this provider did not report high availability.
	told := at.License == nil || at.License.HighAvailability != nil
	if at.ConfigHash == id.configHash && at.Version == id.version && (at.License != nil) == id.licensed && told {
		return nil
	}

	config, err := mattermost.ClientConfig(ctx, e.server)
	if err != nil {
		return errors.Wrap(err, "cannot get the edition")
	}

	var license *v1alpha1.ServerLicense

	if id.licensed {
		said, _, err := e.server.GetOldClientLicense(ctx, "")
		if err != nil {
			return errors.Wrap(err, "cannot get the license")
		}

		license = licenseFrom(said)
	}

	at.Version, at.BuildNumber, at.ConfigHash = id.version, id.buildNumber, id.configHash
	at.Edition, at.License = edition(config), license

	return nil
}

// condition Ready of a server.
func condition(at *v1alpha1.ServerObservation) xpv2.Condition {
	var ill []string

	for _, part := range []struct{ name, status string }{
		{name: "database", status: at.DatabaseStatus},
		{name: "file store", status: at.FilestoreStatus},
		{name: "server", status: at.Status},
	} {
		if part.status != model.StatusOk {
			ill = append(ill, part.name)
		}
	}

	if len(ill) == 0 {
		return xpv2.Available()
	}

	return xpv2.Unavailable().WithMessage("the server says that it is unhealthy: " + strings.Join(ill, ", "))
}

// Create is never needed.
func (e *external) Create(context.Context, *v1alpha1.Server) (managed.ExternalCreation, error) {
	return managed.ExternalCreation{}, errors.New("a Server is only observed")
}

// Update is never needed.
func (e *external) Update(context.Context, *v1alpha1.Server) (managed.ExternalUpdate, error) {
	return managed.ExternalUpdate{}, errors.New("a Server is only observed")
}

// Delete leaves the server alone.
func (e *external) Delete(context.Context, *v1alpha1.Server) (managed.ExternalDelete, error) {
	return managed.ExternalDelete{}, nil
}

// Disconnect does nothing: the client outlives a reconcile.
func (e *external) Disconnect(context.Context) error { return nil }
