package serve

import (
	"context"
	"net"
	"net/http"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	grpcprometheus "github.com/grpc-ecosystem/go-grpc-middleware/providers/prometheus"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"google.golang.org/grpc"
)

// metricsEndpoint serves the metrics of the process and of its gRPC calls. One
// without a listener measures, but serves nothing.
type metricsEndpoint struct {
	calls    *grpcprometheus.ServerMetrics
	listener net.Listener
	http     *http.Server
}

func newMetricsEndpoint(address string) (*metricsEndpoint, error) {
	m := &metricsEndpoint{calls: grpcprometheus.NewServerMetrics(grpcprometheus.WithServerHandlingTimeHistogram())}
	if address == "" {
		return m, nil
	}

	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", address)
	if err != nil {
		return nil, errors.Wrapf(err, "cannot listen for scrapes of metrics at %q", address)
	}

	registry := prometheus.NewRegistry()
	registry.MustRegister(
		m.calls,
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)

	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))

	m.listener = listener
	m.http = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}

	return m, nil
}

// interceptor measures the calls it passes on.
func (m *metricsEndpoint) interceptor() grpc.UnaryServerInterceptor {
	return m.calls.UnaryServerInterceptor()
}

// observe makes every method of s visible at zero before its first call.
func (m *metricsEndpoint) observe(s *grpc.Server) {
	m.calls.InitializeMetrics(s)
}

func (m *metricsEndpoint) address() string {
	if m.listener == nil {
		return ""
	}

	return m.listener.Addr().String()
}

// serve answers scrapes. It returns when it cannot any more.
func (m *metricsEndpoint) serve() error {
	if err := m.http.Serve(m.listener); !errors.Is(err, http.ErrServerClosed) {
		return errors.Wrap(err, "cannot serve metrics")
	}

	return nil
}

func (m *metricsEndpoint) close() error {
	if m.listener == nil {
		return nil
	}

	return errors.Wrap(errors.Join(m.http.Close(), ignoreClosed(m.listener.Close())), "cannot stop serving metrics")
}

// ignoreClosed drops the error of closing a listener that its server has
// closed already.
func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}

	return err
}
