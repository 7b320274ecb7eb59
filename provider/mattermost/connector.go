package mattermost

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/mattermost/mattermost/server/public/model"
	"github.com/prometheus/client_golang/prometheus"
	corev1 "k8s.io/api/core/v1"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
)

// Rates of requests, where a configuration has none.
const (
	defaultRequestsPerSecond = 10
	defaultBurst             = 20
)

// A Connector gives managed resources the client of the server that they are in. It is
// shared by all kinds: resources of one provider configuration share a client, with its
// session and its rate.
type Connector struct {
	kube     client.Client
	usage    resource.ModernTracker
	requests *prometheus.CounterVec
	accounts sharedAccounts
	now      func() time.Time

	mu      sync.Mutex
	clients map[configuration]connection

	// last is the last client of each managed resource, by the resource's UID.
	last map[types.UID]lastClient
}

// connection is a client with what it was made from.
type connection struct {
	endpoint Endpoint
	client   *model.Client4
}

// NewConnector returns a Connector that reads configurations and Secrets with kube, and
// writes refused logins to the status of configurations. It counts the requests of its
// clients.
func NewConnector(kube client.Client, usage resource.ModernTracker, requests *prometheus.CounterVec) *Connector {
	return &Connector{
		kube: kube, usage: usage, requests: requests, now: time.Now,
		clients: map[configuration]connection{}, last: map[types.UID]lastClient{},
	}
}

// Connect returns the client that mg's provider configuration describes, and records that
// mg uses the configuration. The usage is not recorded for a resource that is only
// observed, since its deletion does not need the configuration. A client is created again
// when the configuration or its Secret changed.
func (c *Connector) Connect(ctx context.Context, mg resource.ModernManaged) (*model.Client4, error) {
	if mg.GetProviderConfigReference() == nil {
		return nil, errors.New("spec.providerConfigRef must be set")
	}

	if !onlyObserved(mg) {
		if err := c.usage.Track(ctx, mg); err != nil {
			return nil, errors.Wrap(err, "cannot track the usage of the provider configuration")
		}
	}

	return c.connect(ctx, mg)
}

// onlyObserved says whether the provider may only observe mg.
func onlyObserved(mg resource.ModernManaged) bool {
	return slices.Equal(mg.GetManagementPolicies(), xpv2.ManagementPolicies{xpv2.ManagementActionObserve})
}

// connect returns the client that mg's provider configuration describes, and records it as
// the last client of mg.
func (c *Connector) connect(ctx context.Context, mg resource.ModernManaged) (*model.Client4, error) {
	ref, cfg := mg.GetProviderConfigReference(), configurationOf(mg)

	// The version is read first: a change after that belongs to a later version.
	version, unknown := c.version(ctx, cfg)

	endpoint, err := c.endpoint(ctx, cfg)
	if err != nil {
		return nil, errors.Wrapf(err, "cannot use %s %q", ref.Kind, ref.Name)
	}

	made, err := c.client(ctx, cfg, endpoint)
	if err != nil {
		return nil, errors.Wrapf(err, "cannot use %s %q", ref.Kind, ref.Name)
	}

	if unknown == nil {
		c.remember(mg, cfg, version, made)
	}

	return made, nil
}

// client of cfg, which is at e. A new one takes the place of those that nobody needs.
func (c *Connector) client(ctx context.Context, cfg configuration, e Endpoint) (*model.Client4, error) {
	client, made, err := c.knownOrMade(cfg, e)
	if made {
		c.forgetDeleted(ctx)
	}

	return client, err
}

// knownOrMade returns the client of cfg at e, and whether it was made now.
func (c *Connector) knownOrMade(cfg configuration, e Endpoint) (client *model.Client4, made bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()

	if known, ok := c.clients[cfg]; ok && known.endpoint == e {
		return known.client, false, nil
	}

	client, err = clientOf(e, wiring{requests: c.requests, memory: statusMemory{kube: c.kube, cfg: cfg}, account: c.accounts.of(e), now: c.now})
	if err != nil {
		return nil, false, err
	}

	c.clients[cfg] = connection{endpoint: e, client: client}

	return client, true, nil
}

// forgetDeleted forgets the clients of configurations that no longer exist. If the last
// resource was deleted before its configuration, nothing else does.
func (c *Connector) forgetDeleted(ctx context.Context) {
	c.mu.Lock()
	all := slices.Collect(maps.Keys(c.clients))
	c.mu.Unlock()

	for _, cfg := range all {
		if _, err := c.version(ctx, cfg); kerrors.IsNotFound(err) {
			c.mu.Lock()
			delete(c.clients, cfg)
			c.mu.Unlock()
		}
	}
}

// endpoint that cfg describes.
func (c *Connector) endpoint(ctx context.Context, cfg configuration) (Endpoint, error) {
	spec, origin, err := c.spec(ctx, cfg)
	if err != nil {
		return Endpoint{}, errors.Wrap(err, "cannot get it")
	}

	secret, err := c.secret(ctx, cfg, spec.Credentials.SecretRef)
	if err != nil {
		return Endpoint{}, errors.Wrap(err, "cannot get spec.credentials.secretRef")
	}

	credentials, err := credentialsFrom(secret.Data)
	if err != nil {
		return Endpoint{}, errors.Wrapf(err, "cannot use Secret %q of spec.credentials.secretRef", secret.Name)
	}

	e := Endpoint{
		URL:               spec.URL,
		Credentials:       credentials,
		Origin:            origin,
		RequestsPerSecond: defaultRequestsPerSecond,
		Burst:             defaultBurst,
	}

	if spec.FirstAdministrator != nil {
		e.FirstAdministrator = spec.FirstAdministrator.Email
	}

	if spec.RateLimit != nil {
		e.RequestsPerSecond = cmp.Or(int(spec.RateLimit.RequestsPerSecond), e.RequestsPerSecond)
		e.Burst = cmp.Or(int(spec.RateLimit.Burst), e.Burst)
	}

	e.CertificateAuthorities, err = c.authorities(ctx, cfg, spec.TLS)

	return e, err
}

// spec of cfg, and its origin. The client of a configuration that no longer exists is
// forgotten.
func (c *Connector) spec(ctx context.Context, cfg configuration) (v1alpha1.ProviderConfigSpec, Origin, error) {
	object, spec, _, err := cfg.object()
	if err != nil {
		return v1alpha1.ProviderConfigSpec{}, Origin{}, err
	}

	err = c.kube.Get(ctx, cfg.name, object)
	if kerrors.IsNotFound(err) {
		c.mu.Lock()
		defer c.mu.Unlock()

		delete(c.clients, cfg)
	}

	return *spec, Origin{
		Kind:   cfg.kind,
		Name:   cfg.name.Name,
		UID:    object.GetUID(),
		Secret: spec.Credentials.SecretRef.Name,
		Retry:  object.GetAnnotations()[v1alpha1.RetryLoginAnnotation],
	}, err
}

// authorities that a configuration trusts, in PEM.
func (c *Connector) authorities(ctx context.Context, cfg configuration, tls *v1alpha1.TLS) (string, error) {
	if tls == nil {
		return "", nil
	}

	if tls.CASecretRef == nil {
		return tls.CABundle, nil
	}

	secret, err := c.secret(ctx, cfg, tls.CASecretRef.SecretReference)
	if err != nil {
		return "", errors.Wrap(err, "cannot get spec.tls.caSecretRef")
	}

	key := cmp.Or(tls.CASecretRef.Key, corev1.ServiceAccountRootCAKey)

	if len(secret.Data[key]) == 0 {
		return "", errors.Errorf("cannot use Secret %q of spec.tls.caSecretRef: it has no key %s", secret.Name, key)
	}

	return tls.CABundle + "\n" + string(secret.Data[key]), nil
}

// secret that ref names. It is in the namespace of cfg, if that has one: a
// configuration does not lend out what its author may not read.
func (c *Connector) secret(ctx context.Context, cfg configuration, ref v1alpha1.SecretReference) (*corev1.Secret, error) {
	secret := &corev1.Secret{}
	name := types.NamespacedName{Namespace: cmp.Or(cfg.name.Namespace, ref.Namespace), Name: ref.Name}

	return secret, c.kube.Get(ctx, name, secret)
}
