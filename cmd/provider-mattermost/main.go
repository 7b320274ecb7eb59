// Command provider-mattermost is the Crossplane provider of what is inside a Mattermost
// server.
package main

import (
	"context"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/provider"
)

// version is stamped by the build of the package.
var version = "development"

type flags struct {
	Debug                    bool             `short:"d" help:"Log debug messages too."`
	LeaderElection           bool             `short:"l" env:"LEADER_ELECTION" help:"Elect a leader, so that several replicas may run and one works."`
	Sync                     time.Duration    `short:"s" default:"1h" help:"How often provider configurations are looked at, whether or not something changed. Resources are polled."`
	Poll                     time.Duration    `default:"10m" help:"How often a resource is compared with the server."`
	PollJitter               float64          `default:"0.1" help:"By how much of itself that interval is longer or shorter, at random."`
	MinPoll                  time.Duration    `default:"5s" help:"Shortest interval that a resource's annotation may ask for."`
	PollStateMetric          time.Duration    `default:"30s" help:"How often the states of resources are counted for metrics."`
	MaxReconcileRate         int              `default:"10" help:"How many resources are looked at per second, and at once for each kind."`
	DeletionAttempts         int32            `default:"10" help:"How often the provider tries to delete a resource on its server while the resource's namespace is being deleted, or after its provider configuration or the configuration's Secret was deleted. Then the finalizer is removed, and an event says what stays on the server. 0 means no limit."`
	MetricsAddress           string           `default:":8080" help:"Address to serve Prometheus metrics on at /metrics, as host:port. 0 serves none."`
	EnableManagementPolicies bool             `default:"true" negatable:"" env:"ENABLE_MANAGEMENT_POLICIES" help:"Heed spec.managementPolicies."`
	EnableChangelogs         bool             `env:"ENABLE_CHANGE_LOGS" help:"Send a record of every change to the socket of a change log."`
	ChangelogsSocketPath     string           `default:"/var/run/changelogs/changelogs.sock" env:"CHANGELOGS_SOCKET_PATH" help:"Path of that socket."`
	Version                  kong.VersionFlag `help:"Print the version and exit."`
}

// Run runs the controllers until the process is asked to end.
func (f *flags) Run() error {
	socket := ""
	if f.EnableChangelogs {
		socket = f.ChangelogsSocketPath
	}

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()

	err := provider.Run(ctx, provider.Options{
		Version:            version,
		Debug:              f.Debug,
		LeaderElection:     f.LeaderElection,
		SyncInterval:       f.Sync,
		PollInterval:       f.Poll,
		PollJitter:         f.PollJitter,
		MinPollInterval:    f.MinPoll,
		StateInterval:      f.PollStateMetric,
		MaxReconcileRate:   f.MaxReconcileRate,
		DeletionAttempts:   f.DeletionAttempts,
		MetricsAddress:     f.MetricsAddress,
		ManagementPolicies: f.EnableManagementPolicies,
		ChangeLogSocket:    socket,
	})

	return errors.Wrap(err, "cannot run the provider")
}

func main() {
	cli := kong.Parse(&flags{},
		kong.Description("The Crossplane provider of what is inside a Mattermost server."),
		kong.Vars{"version": version})
	cli.FatalIfErrorf(cli.Run())
}
