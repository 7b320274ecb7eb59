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

// Deletion is the connection to the server of a managed resource that is being deleted.
type Deletion struct {
	// Client of the server. If the provider configuration or its Secret was deleted, it is
	// the last client of the resource. It is nil if there is none.
	Client *model.Client4

	// Err says why the provider configuration gives no client. It is nil if it does.
	Err error

	// NamespaceTerminating says that the resource's namespace is being deleted.
	NamespaceTerminating bool

	// ConfigurationGone says that the provider configuration, or a Secret that it names,
	// does not exist.
	ConfigurationGone bool
}

// lastClient is a client and the configuration that it was created for.
type lastClient struct {
	configuration configuration
	version       version
	client        *model.Client4
}

// version of a provider configuration. A configuration that was created again has another
// UID, and one with a changed spec has another generation.
type version struct {
	uid        types.UID
	generation int64
}

// ConnectDeleted connects to the server of mg, which is being deleted. It does not fail if
// the usage of the configuration cannot be recorded: no object can be created in a
// namespace that is being deleted, and the API server's error shows that it is.
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

// remember the last client of mg, unless there is nothing to delete.
func (c *Connector) remember(mg resource.ModernManaged, cfg configuration, v version, made *model.Client4) {
	if !meta.FinalizerExists(mg, managed.FinalizerName) {
		return
	}

	c.mu.Lock()
	defer c.mu.Unlock()

	c.last[mg.GetUID()] = lastClient{configuration: cfg, version: v, client: made}
}

// lastOf returns the last client of mg if it was created for the configuration that mg
// names now. A configuration of the same name with another UID may belong to another
// tenant.
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

// Forget the last client of mg.
func (c *Connector) Forget(mg resource.Object) {
	c.mu.Lock()
	defer c.mu.Unlock()

	delete(c.last, mg.GetUID())
}

// version returns the current version of cfg.
func (c *Connector) version(ctx context.Context, cfg configuration) (version, error) {
	config, _, _, err := cfg.object()
	if err != nil {
		return version{}, err
	}

	err = c.kube.Get(ctx, cfg.name, config)

	return version{uid: config.GetUID(), generation: config.GetGeneration()}, err
}
