package provider

import (
	"context"
	"os"
	"runtime/debug"
	"time"

	changelogs "github.com/crossplane/crossplane-runtime/v2/apis/changelogs/proto/v1alpha1"
	"github.com/crossplane/crossplane-runtime/v2/pkg/controller"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/feature"
	"github.com/crossplane/crossplane-runtime/v2/pkg/gate"
	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	"github.com/crossplane/crossplane-runtime/v2/pkg/ratelimiter"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/customresourcesgate"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	"github.com/crossplane/crossplane-runtime/v2/pkg/statemetrics"
	"github.com/go-logr/logr"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	corev1 "k8s.io/api/core/v1"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kind"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/mattermost"
)

// A lease this long is not lost to a busy API server.
const (
	leaseDuration = 60 * time.Second
	renewDeadline = 50 * time.Second
)

// memoryLimit is the soft limit, in bytes, of what the Go runtime uses. It leaves room
// for the pages of the executable in a container of 128 MiB.
const memoryLimit = 80 << 20

// Options of the provider.
type Options struct {
	// Version that change logs name.
	Version string

	// Debug logs debug messages too.
	Debug bool

	// LeaderElection lets several replicas run, of which one works.
	LeaderElection bool

	// SyncInterval is how often every provider configuration is looked at, whatever
	// happened. Resources are polled.
	SyncInterval time.Duration

	// PollInterval is how often a resource is compared with the server, give or take the
	// fraction PollJitter of it. MinPollInterval bounds what a resource may ask for itself.
	PollInterval, MinPollInterval time.Duration
	PollJitter                    float64

	// StateInterval is how often the states of resources are counted.
	StateInterval time.Duration

	// MaxReconcileRate is how many resources are looked at per second, and at once for each
	// kind.
	MaxReconcileRate int

	// DeletionAttempts limits the attempts to delete a resource on its server while its
	// namespace is being deleted, or after its provider configuration or the
	// configuration's Secret was deleted. After that the finalizer is removed. 0 means no
	// limit.
	DeletionAttempts int32

	// MetricsAddress to serve metrics on, as host:port. 0 serves none.
	MetricsAddress string

	// ManagementPolicies heeds those of resources.
	ManagementPolicies bool

	// ChangeLogSocket is the path of a socket that records every change. Empty records none.
	ChangeLogSocket string
}

// Run runs the provider's controllers until ctx is done.
func Run(ctx context.Context, o Options) error {
	if _, explicit := os.LookupEnv("GOMEMLIMIT"); !explicit {
		debug.SetMemoryLimit(memoryLimit)
	}

	log := zap.New(zap.UseDevMode(o.Debug)).WithName("provider-mattermost")

	// The manager says much that only a developer wants to read.
	ctrl.SetLogger(logr.Discard())

	if o.Debug {
		ctrl.SetLogger(log)
	}

	config, err := ctrl.GetConfig()
	if err != nil {
		return errors.Wrap(err, "cannot find the API server")
	}

	scheme, err := newScheme()
	if err != nil {
		return err
	}

	mgr, err := ctrl.NewManager(ratelimiter.LimitRESTConfig(config, o.MaxReconcileRate), managerOptions(o, scheme))
	if err != nil {
		return errors.Wrap(err, "cannot make a manager of controllers")
	}

	shared, err := controllerOptions(o, logging.NewLogrLogger(log))
	if err != nil {
		return err
	}

	if err := customresourcesgate.Setup(mgr, shared); err != nil {
		return errors.Wrap(err, "cannot watch for definitions")
	}

	requests := mattermost.NewRequests()
	metrics.Registry.MustRegister(requests)

	SetupGated(mgr, kind.Options{
		Options:          shared,
		PollJitter:       o.PollJitter,
		MinPollInterval:  o.MinPollInterval,
		DeletionAttempts: o.DeletionAttempts,
		Turns:            kind.NewTurns(o.MaxReconcileRate),
		Connector: mattermost.NewConnector(mgr.GetClient(),
			resource.NewProviderConfigUsageTracker(mgr.GetClient(), &v1alpha1.ProviderConfigUsage{}), requests),
	})

	log.Info("Starting", "version", o.Version)

	return errors.Wrap(mgr.Start(ctx), "cannot run the controllers")
}

func newScheme() (*runtime.Scheme, error) {
	s := runtime.NewScheme()

	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, extv1.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(s); err != nil {
			return nil, errors.Wrap(err, "cannot register the kinds")
		}
	}

	return s, nil
}

// managerOptions keep little in memory: no Secret, no schema and no field's manager.
func managerOptions(o Options, scheme *runtime.Scheme) ctrl.Options {
	return ctrl.Options{
		Scheme:  scheme,
		Metrics: metricsserver.Options{BindAddress: o.MetricsAddress},
		Cache: cache.Options{
			SyncPeriod:       &o.SyncInterval,
			DefaultTransform: cache.TransformStripManagedFields(),
			ByObject: map[client.Object]cache.ByObject{
				&extv1.CustomResourceDefinition{}: {Transform: customresourcesgate.TransformStripCRDSchema},
			},
		},
		Client: client.Options{Cache: &client.CacheOptions{DisableFor: []client.Object{&corev1.Secret{}}}},
		NewClient: func(config *rest.Config, o client.Options) (client.Client, error) {
			kube, err := client.New(config, o)
			if err != nil {
				return nil, err
			}

			return unchanged(afterOwnWrites(kube)), nil
		},
		LeaderElection:             o.LeaderElection,
		LeaderElectionID:           "crossplane-leader-election-provider-mattermost",
		LeaderElectionResourceLock: resourcelock.LeasesResourceLock,
		LeaseDuration:              ptr.To(leaseDuration),
		RenewDeadline:              ptr.To(renewDeadline),
	}
}

func controllerOptions(o Options, log logging.Logger) (controller.Options, error) {
	reconciles, states := managed.NewMRMetricRecorder(), statemetrics.NewMRStateMetrics()
	metrics.Registry.MustRegister(reconciles, states)

	shared := controller.Options{
		Logger:                  log,
		MaxConcurrentReconciles: o.MaxReconcileRate,
		PollInterval:            o.PollInterval,
		GlobalRateLimiter:       ratelimiter.NewGlobal(o.MaxReconcileRate),
		Features:                &feature.Flags{},
		Gate:                    new(gate.Gate[schema.GroupVersionKind]),
		MetricOptions: &controller.MetricOptions{
			PollStateMetricInterval: o.StateInterval,
			MRMetrics:               reconciles,
			MRStateMetrics:          states,
		},
	}

	if o.ManagementPolicies {
		shared.Features.Enable(feature.EnableBetaManagementPolicies)
	}

	if o.ChangeLogSocket != "" {
		changes, err := changeLogOptions(o)
		if err != nil {
			return controller.Options{}, err
		}

		shared.Features.Enable(feature.EnableAlphaChangeLogs)
		shared.ChangeLogOptions = changes
	}

	return shared, nil
}

func changeLogOptions(o Options) (*controller.ChangeLogOptions, error) {
	conn, err := grpc.NewClient("unix://"+o.ChangeLogSocket, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return nil, errors.Wrapf(err, "cannot use the socket of the change log %s", o.ChangeLogSocket)
	}

	return &controller.ChangeLogOptions{
		ChangeLogger: managed.NewGRPCChangeLogger(changelogs.NewChangeLogServiceClient(conn),
			managed.WithProviderVersion("provider-mattermost:"+o.Version)),
	}, nil
}
