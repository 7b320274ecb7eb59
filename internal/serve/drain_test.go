package serve

import (
	"context"
	"strings"
	"testing"
	"time"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
)

// held is a function whose requests wait until they are let go.
type held struct {
	entered, release chan struct{}
}

func newHeld() *held {
	return &held{entered: make(chan struct{}), release: make(chan struct{})}
}

func (h *held) run(ctx context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
	close(h.entered)
	<-h.release

	return echo(ctx, req)
}

// answer is how a request ended.
type answer struct {
	tag  string
	code codes.Code
}

// request sends a request to server in the background.
func request(t *testing.T, server *running) <-chan answer {
	t.Helper()

	conn := server.dial(t, insecure.NewCredentials())
	answered := make(chan answer, 1)

	go func() {
		rsp, err := run(t, conn, tagged("held"))
		answered <- answer{tag: rsp.GetMeta().GetTag(), code: status.Code(err)}
	}()

	return answered
}

// watchHealth returns a func that waits for the next change of server's health.
func watchHealth(t *testing.T, server *running) (next func() healthv1.HealthCheckResponse_ServingStatus, end context.CancelFunc) {
	t.Helper()

	ctx, cancel := context.WithCancel(t.Context())

	watch, err := healthv1.NewHealthClient(server.dial(t, insecure.NewCredentials())).Watch(ctx, &healthv1.HealthCheckRequest{})
	if err != nil {
		t.Fatal(err)
	}

	return func() healthv1.HealthCheckResponse_ServingStatus {
		rsp, err := watch.Recv()
		if err != nil {
			t.Fatal(err)
		}

		return rsp.GetStatus()
	}, cancel
}

func TestRunFinishesRequestsUnderWay(t *testing.T) {
	fn := newHeld()
	server := start(t, fn.run, Options{Insecure: true, DrainTimeout: noTimeout})

	health, unwatch := watchHealth(t, server)
	if diff := cmp.Diff(healthv1.HealthCheckResponse_SERVING, health()); diff != "" {
		t.Fatalf("health before: -want, +got:\n%s", diff)
	}

	answered := request(t, server)

	<-fn.entered
	server.stop()

	if diff := cmp.Diff(healthv1.HealthCheckResponse_NOT_SERVING, health()); diff != "" {
		t.Errorf("health while draining: -want, +got:\n%s", diff)
	}

	unwatch()
	close(fn.release)

	if diff := cmp.Diff(answer{tag: "held", code: codes.OK}, <-answered, cmp.AllowUnexported(answer{})); diff != "" {
		t.Errorf("request under way: -want, +got:\n%s", diff)
	}

	if err := <-server.done; err != nil {
		t.Errorf("Run(...): %v", err)
	}
}

func TestRunCutsOffAfterTheDrainTimeout(t *testing.T) {
	fn := newHeld()
	server := start(t, fn.run, Options{Insecure: true, DrainTimeout: time.Nanosecond})

	t.Cleanup(func() { close(fn.release) })

	answered := request(t, server)

	<-fn.entered
	server.stop()

	if diff := cmp.Diff(answer{code: codes.Unavailable}, <-answered, cmp.AllowUnexported(answer{})); diff != "" {
		t.Errorf("request that outlasts the timeout: -want, +got:\n%s", diff)
	}

	if err := <-server.done; err != nil {
		t.Errorf("Run(...): %v", err)
	}

	if log := server.log.text(); !strings.Contains(log, "Cutting off the requests still running") {
		t.Errorf("the log does not tell of the requests cut off:\n%s", log)
	}
}

func TestRunReportsAListenerThatFails(t *testing.T) {
	cases := map[string]struct {
		reason string
		fail   func(s *Server) error
		want   string
	}{
		"Metrics": {
			reason: "the loss of the metrics ends the process, which is then started anew",
			fail:   func(s *Server) error { return s.metrics.listener.Close() },
			want:   "cannot serve metrics",
		},
		"GRPC": {
			reason: "the loss of the gRPC listener ends the process",
			fail:   func(s *Server) error { return s.listener.Close() },
			want:   "cannot serve gRPC",
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			server := start(t, echo, Options{Insecure: true, MetricsAddress: "127.0.0.1:0", DrainTimeout: noTimeout})

			// Both listeners answer before one fails.
			if _, err := run(t, server.dial(t, insecure.NewCredentials()), tagged("up")); err != nil {
				t.Fatal(err)
			}

			scrape(t, server.MetricsAddress())

			if err := tc.fail(server.Server); err != nil {
				t.Fatal(err)
			}

			if err := <-server.done; err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("\n%s\nRun(...): want an error with %q, got: %v", tc.reason, tc.want, err)
			}
		})
	}
}
