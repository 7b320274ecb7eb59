// Command cluster brings up, and takes down without a trace, a real Kubernetes
// with a real Crossplane and this project's packages on one Debian machine. It
// needs root, Go, and nothing from the internet but Go modules and Debian
// packages.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/location"
)

type commands struct {
	Up         upCommand         `cmd:"" help:"Bring the cluster up, or bring a running one up to date."`
	Demo       demoCommand       `cmd:"" help:"Bring the cluster up with the quickstart installed, and show both."`
	Down       downCommand       `cmd:"" help:"Take the cluster down and remove whatever it made."`
	Status     statusCommand     `cmd:"" help:"Say what runs."`
	Kubeconfig kubeconfigCommand `cmd:"" help:"Print the path of the kubeconfig file."`

	Registry registryCommand `cmd:"" hidden:""`
	Forward  forwardCommand  `cmd:"" hidden:""`
}

type kubeconfigCommand struct{}

// Run prints where the kubeconfig is, or will be.
func (*kubeconfigCommand) Run() error {
	_, err := fmt.Println(location.Kubeconfig())

	return err
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	command := kong.Parse(&commands{},
		kong.Name("cluster"),
		kong.Description("A real Kubernetes with Crossplane and the packages of this project, on this machine."),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)
	command.FatalIfErrorf(command.Run())
}
