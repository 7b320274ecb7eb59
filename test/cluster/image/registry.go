package image

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

const (
	headerTimeout   = 10 * time.Second
	shutdownTimeout = 5 * time.Second
)

// Registry returns the handler of an OCI registry that keeps blobs in the
// directory dir, and manifests in memory: after a restart everything has to be
// published again, which costs little since the blobs are still there.
func Registry(dir string) (http.Handler, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, errors.Wrap(err, "cannot create the registry's directory")
	}
	return registry.New(registry.WithBlobHandler(&blobs{dir: dir}), registry.Logger(log.New(io.Discard, "", 0))), nil
}

// Serve runs a Registry over plain HTTP on address until ctx is done. There is
// no authentication: the address has to be one that only this machine reaches.
func Serve(ctx context.Context, address, dir string) error {
	handler, err := Registry(dir)
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return errors.Wrap(err, "cannot listen for the registry")
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: headerTimeout}

	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return errors.Wrap(err, "cannot serve the registry")
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	return errors.Wrap(server.Shutdown(grace), "cannot stop the registry")
}
