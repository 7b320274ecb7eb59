package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/image"
)

// registryCommand is the daemon that serves images and packages.
type registryCommand struct {
	Address   string `arg:"" help:"host:port to serve plain HTTP on."`
	Directory string `arg:"" help:"Directory that blobs are kept in."`
}

// Run serves until it is told to stop.
func (c *registryCommand) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	return image.Serve(ctx, c.Address, c.Directory)
}
