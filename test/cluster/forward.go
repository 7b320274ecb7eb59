package main

import (
	"context"
	"io"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"golang.org/x/sync/errgroup"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// forwardCommand is the daemon through which pods, who only know the bridge,
// reach what listens on loopback.
type forwardCommand struct {
	Routes []string `arg:"" help:"Pairs FROM=TO of TCP addresses." required:""`
}

// Run forwards until it is told to stop.
func (c *forwardCommand) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	group, ctx := errgroup.WithContext(ctx)

	for _, route := range c.Routes {
		from, to, found := strings.Cut(route, "=")
		if !found {
			return errors.Errorf("cannot forward %q: it is not of the form FROM=TO", route)
		}

		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", from)
		if err != nil {
			return errors.Wrapf(err, "cannot listen on %s", from)
		}

		group.Go(func() error { return forward(ctx, listener, to) })
	}

	return group.Wait()
}

// forward copies every connection to the address, until ctx ends.
func forward(ctx context.Context, listener net.Listener, to string) error {
	stop := context.AfterFunc(ctx, func() { _ = listener.Close() })
	defer stop()

	for {
		incoming, err := listener.Accept()
		if ctx.Err() != nil {
			return nil //nolint:nilerr // The listener was closed because the daemon ends.
		}

		if err != nil {
			return errors.Wrap(err, "cannot accept a connection")
		}

		go splice(ctx, incoming, to)
	}
}

// splice joins a connection to a new one, and closes both when either side has
// nothing more to receive from. A refused connection is closed at once: to the
// client that is as if nobody listened.
func splice(ctx context.Context, incoming net.Conn, to string) {
	defer incoming.Close() //nolint:errcheck // Nothing can be done about it.

	outgoing, err := new(net.Dialer).DialContext(ctx, "tcp", to)
	if err != nil {
		return
	}
	defer outgoing.Close() //nolint:errcheck // Nothing can be done about it.

	stop := context.AfterFunc(ctx, func() { _, _ = incoming.Close(), outgoing.Close() })
	defer stop()

	answered := make(chan struct{})

	go func() {
		defer close(answered)

		copyHalf(incoming, outgoing)
	}()

	copyHalf(outgoing, incoming)
	<-answered
}

// copyHalf copies one direction and passes its end on, so that the other
// direction may still finish.
func copyHalf(to, from net.Conn) {
	_, _ = io.Copy(to, from)

	if half, ok := to.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
}
