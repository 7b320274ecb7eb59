package main

import (
	"context"
	"io"
	"net"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestForward proves that a request passes, that its end passes while the
// answer is still to come, and that the answer passes back.
func TestForward(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())

	server := listen(t)

	go func() {
		conn, err := server.Accept()
		if err != nil {
			return
		}

		request, _ := io.ReadAll(conn)
		_, _ = conn.Write(append([]byte("answer to "), request...))
		_ = conn.Close()
	}()

	forwarder := listen(t)
	ended := make(chan error)

	go func() { ended <- forward(ctx, forwarder, server.Addr().String()) }()

	conn, err := new(net.Dialer).DialContext(ctx, "tcp", forwarder.Addr().String())
	if err != nil {
		t.Fatal(err)
	}

	if _, err := conn.Write([]byte("request")); err != nil {
		t.Fatal(err)
	}

	if err := conn.(*net.TCPConn).CloseWrite(); err != nil { //nolint:forcetypeassert // It was dialled as TCP.
		t.Fatal(err)
	}

	answer, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}

	if diff := cmp.Diff("answer to request", string(answer)); diff != "" {
		t.Errorf("answer: -want, +got:\n%s", diff)
	}

	cancel()

	if err := <-ended; err != nil {
		t.Errorf("A forwarder that is told to stop has not failed: %v", err)
	}
}

func listen(t *testing.T) net.Listener {
	t.Helper()

	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() { _ = listener.Close() })

	return listener
}
