// Package kind sets up the controllers of managed resources. What they have in common
// is here; what tells them apart is a Kind.
package kind

import (
	"context"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/controller"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/event"
	"github.com/crossplane/crossplane-runtime/v2/pkg/feature"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/ratelimiter"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	"github.com/crossplane/crossplane-runtime/v2/pkg/statemetrics"
	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/client-go/util/workqueue"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	runtimecontroller "sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/mattermost"
)

// A Kind of managed resource.
type Kind[T resource.ModernManaged] struct {
	// Name of the kind, such as Team.
	Name string

	// External returns what observes and changes resources of this kind on a server. It is
	// called for each reconcile.
	External func(server *model.Client4, kube client.Client) managed.TypedExternalClient[T]

	// Identified says that creating a resource twice yields one: that Observe finds what an
	// interrupted creation left, though its id was never recorded. Otherwise a person has
	// to look.
	Identified bool

	// NeedsServer says whether deleting a resource changes something on the server. If it
	// is nil, the deletion always does, except for a kind without a
	// v1alpha1.DeletionStatus.
	NeedsServer func(mg T) bool

	// MaxPollInterval bounds the interval at which resources of this kind are observed.
	// Zero does not.
	MaxPollInterval time.Duration
}

// Connector gives managed resources the client of their server.
type Connector interface {
	// Connect to the server of mg.
	Connect(ctx context.Context, mg resource.ModernManaged) (*model.Client4, error)

	// ConnectDeleted connects to the server of mg, which is being deleted.
	ConnectDeleted(ctx context.Context, mg resource.ModernManaged) mattermost.Deletion

	// Forget mg, which was deleted.
	Forget(mg resource.Object)
}

// Options of every controller.
type Options struct {
	controller.Options

	// PollJitter is by how much an interval at which resources are observed is longer or
	// shorter, as a fraction of it.
	PollJitter float64

	// MinPollInterval bounds the interval that a resource's annotation asks for.
	MinPollInterval time.Duration

	// DeletionAttempts limits the attempts to delete a resource on its server while its
	// namespace is being deleted, or after its provider configuration or the
	// configuration's Secret was deleted. After that the finalizer is removed. 0 means no
	// limit.
	DeletionAttempts int32

	// Connector to servers.
	Connector Connector

	// Turns limit how many resources of all kinds are reconciled at once. Nil means no
	// limit.
	Turns *Turns
}

// SetupGated sets up the controller of k once its definition is served.
func SetupGated[T resource.ModernManaged](mgr ctrl.Manager, o Options, k Kind[T]) {
	o.Gate.Register(func() {
		if err := Setup(mgr, o, k); err != nil {
			// The gate has nobody to return it to, and a provider without a controller must not
			// look healthy.
			panic(errors.Wrapf(err, "cannot set up the controller of %s", k.Name))
		}
	}, v1alpha1.GroupVersion.WithKind(k.Name))
}

// Setup sets up the controller of k.
func Setup[T resource.ModernManaged](mgr ctrl.Manager, o Options, k Kind[T]) error {
	gvk := v1alpha1.GroupVersion.WithKind(k.Name)
	name := managed.ControllerName(gvk.GroupKind().String())

	object, ok := resource.MustCreateObject(gvk, mgr.GetScheme()).(T)
	if !ok {
		return errors.Errorf("%s is another type than the controller's", gvk)
	}

	list, ok := resource.MustCreateObject(v1alpha1.GroupVersion.WithKind(k.Name+"List"), mgr.GetScheme()).(resource.ManagedList)
	if !ok {
		return errors.Errorf("the list of %s has no managed resources", gvk)
	}

	if o.MetricOptions != nil && o.MetricOptions.MRStateMetrics != nil {
		recorder := statemetrics.NewMRStateRecorder(mgr.GetClient(), o.Logger, o.MetricOptions.MRStateMetrics, list, o.MetricOptions.PollStateMetricInterval)
		if err := mgr.Add(recorder); err != nil {
			return errors.Wrap(err, "cannot record the metrics of states")
		}
	}

	var r reconcile.Reconciler = ratelimiter.NewReconciler(name, reconciler(mgr, o, k, name), o.GlobalRateLimiter)

	// A resource that waits for its turn does not count towards the rate.
	if o.Turns != nil {
		r = &takingTurns[T]{turns: o.Turns, kube: mgr.GetClient(), kind: k.Name, empty: object, next: r}
	}

	return ctrl.NewControllerManagedBy(mgr).
		Named(name).
		WithOptions(controllerOptions(o)).
		WithEventFilter(resource.DesiredStateChanged()).
		For(object).
		Complete(r)
}

// patience is the longest that an object waits after it failed, however often it did. What
// it refers to may be there at any moment, and nothing tells it so; a chain of references
// waits as many times. A server that is away is spared by its client.
const patience = 15 * time.Second

func controllerOptions(o Options) runtimecontroller.Options {
	out := o.ForControllerRuntime()
	out.RateLimiter = workqueue.NewTypedItemExponentialFailureRateLimiter[reconcile.Request](time.Second, patience)

	return out
}

func reconciler[T resource.ModernManaged](mgr ctrl.Manager, o Options, k Kind[T], name string) *managed.Reconciler {
	interval := o.PollInterval
	if k.MaxPollInterval > 0 {
		interval = min(interval, k.MaxPollInterval)
	}

	log := o.Logger.WithValues("controller", name)
	record := event.NewAPIRecorder(mgr.GetEventRecorderFor(name)) //nolint:staticcheck // The runtime's recorder takes no other one yet.

	opts := []managed.ReconcilerOption{
		managed.WithTypedExternalConnector(&connector[T]{
			servers:     o.Connector,
			kube:        mgr.GetClient(),
			external:    k.External,
			needsServer: k.NeedsServer,
			attempts:    o.DeletionAttempts,
			farewell:    farewell{kind: k.Name, record: record, log: log},
			renames:     newRenames(),
		}),
		// The server gives out external names: an object's own name is none.
		managed.WithInitializers(),
		managed.WithDeterministicExternalName(k.Identified),
		managed.WithFinalizer(newFinalizer(mgr.GetClient(), func(gone resource.Object) { o.Connector.Forget(gone) })),
		managed.WithPollInterval(interval),
		managed.WithMinPollInterval(o.MinPollInterval),
		managed.WithPollIntervalHook(jitter(o.PollJitter)),
		managed.WithLogger(log),
		managed.WithRecorder(record),
	}

	if o.Features.Enabled(feature.EnableBetaManagementPolicies) {
		opts = append(opts, managed.WithManagementPolicies())
	}

	if o.Features.Enabled(feature.EnableAlphaChangeLogs) && o.ChangeLogOptions != nil {
		opts = append(opts, managed.WithChangeLogger(o.ChangeLogOptions.ChangeLogger))
	}

	if o.MetricOptions != nil && o.MetricOptions.MRMetrics != nil {
		opts = append(opts, managed.WithMetricRecorder(o.MetricOptions.MRMetrics))
	}

	return managed.NewReconciler(mgr, resource.ManagedKind(v1alpha1.GroupVersion.WithKind(k.Name)), opts...)
}

// connector connects the resources of one kind.
type connector[T resource.ModernManaged] struct {
	servers     Connector
	kube        client.Client
	external    func(server *model.Client4, kube client.Client) managed.TypedExternalClient[T]
	needsServer func(mg T) bool
	attempts    int32
	farewell    farewell
	renames     *renames
}

// Connect to the server that mg is in.
func (c *connector[T]) Connect(ctx context.Context, mg T) (managed.TypedExternalClient[T], error) {
	if meta.WasDeleted(mg) {
		return c.connectDeleted(ctx, mg)
	}

	server, err := c.servers.Connect(ctx, mg)
	if err != nil {
		return nil, err
	}

	return c.guarded(server), nil
}

// guarded returns what observes and changes resources on server.
func (c *connector[T]) guarded(server *model.Client4) managed.TypedExternalClient[T] {
	return guard[T]{TypedExternalClient: c.external(server, c.kube), renames: c.renames}
}
