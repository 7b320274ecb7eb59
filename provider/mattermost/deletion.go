package mattermost

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	"github.com/mattermost/mattermost/server/public/model"
	corev1 "k8s.io/api/core/v1"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
)

// Deletion is what a managed resource that is being deleted has of its server.
type Deletion struct {
	// Client of the server. It is the one that the resource had last where the provider
	// configuration or a Secret of it is gone. Nil where there is none.
	Client *model.Client4

	// Err says why the provider configuration gives no client. Nil where it does.
	Err error

	// NamespaceTerminating says that the resource's namespace is being deleted.
	NamespaceTerminating bool

	// ConfigurationGone says that the provider configuration does not exist, or a Secret
	// that it names.
	ConfigurationGone bool
}

// lastClient is a client with the configuration that it was made for.
type lastClient struct {
	configuration configuration
	version       version
	client        *model.Client4
}

// version of a provider configuration. One that is made anew has another UID, and one
// whose spec changed has another generation.
type version struct {
	uid        types.UID
	generation int64
}

// ConnectDeleted returns what mg, which is being deleted, has of its server. That its
// usage of the configuration cannot be recorded is no obstacle: nothing can be recorded in
// a namespace that is being deleted, and the API server's refusal tells that it is.
func (c *Connector) ConnectDeleted(ctx context.Context, mg resource.ModernManaged) Deletion {
	tracked := c.usage.Track(ctx, mg)
	d := Deletion{NamespaceTerminating: kerrors.HasStatusCause(tracked, corev1.NamespaceTerminatingCause)}

	if mg.GetProviderConfigReference() == nil {
		d.Err = errors.New("spec.providerConfigRef must be set")
		return d
	}

	d.Client, d.Err = c.connect(ctx, mg)
	d.ConfigurationGone = kerrors.IsNotFound(d.Err)

	if d.ConfigurationGone {
		d.Client = c.lastOf(ctx, mg)
	}

	return d
}

// remember made as the last client of mg, for which there is something to delete.
func (c *Connector) remember(mg resource.ModernManaged, cfg configuration, v version, made *model.Client4) {
	if !meta.FinalizerExists(mg, managed.FinalizerName) {
		return
	}

	c.mu.Lock()
	defer c.mu.Unlock()

	c.last[mg.GetUID()] = lastClient{configuration: cfg, version: v, client: made}
}

// lastOf returns the last client of mg, if it was made for the configuration that mg names
// now. A configuration of the same name may be another tenant's: it has another UID.
func (c *Connector) lastOf(ctx context.Context, mg resource.ModernManaged) *model.Client4 {
	cfg := configurationOf(mg)
	now, err := c.version(ctx, cfg)

	c.mu.Lock()
	defer c.mu.Unlock()

	last, ok := c.last[mg.GetUID()]
	if !ok || last.configuration != cfg {
		return nil
	}

	if kerrors.IsNotFound(err) || (err == nil && last.version == now) {
		return last.client
	}

	return nil
}

// Forget the client that mg had last.
func (c *Connector) Forget(mg resource.Object) {
	c.mu.Lock()
	defer c.mu.Unlock()

	delete(c.last, mg.GetUID())
}

// version of cfg as it is now.
func (c *Connector) version(ctx context.Context, cfg configuration) (version, error) {
	config, _, _, err := cfg.object()
	if err != nil {
		return version{}, err
	}

	err = c.kube.Get(ctx, cfg.name, config)

	return version{uid: config.GetUID(), generation: config.GetGeneration()}, err
}
