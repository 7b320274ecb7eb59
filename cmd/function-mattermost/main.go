// Command function-mattermost is the composition function of the Mattermost
// kinds. Crossplane calls it over gRPC.
package main

import (
	"context"
	"os/signal"
	"syscall"
	"time"

	"github.com/alecthomas/kong"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	sdk "github.com/crossplane/function-sdk-go"

	"github.com/crossplane-mattermost/crossplane-mattermost/function"
	"github.com/crossplane-mattermost/crossplane-mattermost/internal/serve"
)

const mebibyte = 1 << 20

// version is stamped by the build of the package.
var version = "development"

type flags struct {
	Debug              bool             `short:"d" help:"Log debug messages too."`
	Network            string           `default:"tcp" help:"Network of the address to listen on for gRPC."`
	Address            string           `default:":9443" help:"Address to listen on for gRPC, as host:port."`
	TLSCertsDir        string           `name:"tls-certs-dir" env:"TLS_SERVER_CERTS_DIR" help:"Directory with the server's tls.crt and tls.key, and the ca.crt that signs clients' certificates. New files are used without a restart."`
	Insecure           bool             `help:"Serve without transport security, even if there are certificates. For development."`
	MaxRecvMessageSize int              `default:"64" help:"Size of the largest request accepted, in MiB."`
	MetricsAddress     string           `default:":8080" help:"Address to serve Prometheus metrics on at /metrics, as host:port. Empty serves none."`
	DrainTimeout       time.Duration    `default:"25s" help:"How long requests under way may take to finish after SIGTERM."`
	Version            kong.VersionFlag `help:"Print the version and exit."`
}

// Run serves until the process is asked to end.
func (f *flags) Run() error {
	log, err := sdk.NewLogger(f.Debug)
	if err != nil {
		return err
	}

	serve.LimitMemory()

	server, err := serve.New(function.New(log), log, serve.Options{
		Network:               f.Network,
		Address:               f.Address,
		MetricsAddress:        f.MetricsAddress,
		CertificatesDirectory: f.TLSCertsDir,
		Insecure:              f.Insecure,
		MaxReceiveBytes:       f.MaxRecvMessageSize * mebibyte,
		DrainTimeout:          f.DrainTimeout,
	})
	if err != nil {
		return err
	}

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()

	log.Info("Serving", "version", version, "address", server.Address(), "metricsAddress", server.MetricsAddress())

	return errors.Wrap(server.Run(ctx), "cannot serve the function")
}

func main() {
	cli := kong.Parse(&flags{},
		kong.Description("The Crossplane composition function of the Mattermost kinds."),
		kong.Vars{"version": version})
	cli.FatalIfErrorf(cli.Run())
}
