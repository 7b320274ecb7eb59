// Package serve runs a composition function as the gRPC server Crossplane calls.
package serve

import (
	"context"
	"net"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	function "github.com/crossplane/function-sdk-go"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	fnv1beta1 "github.com/crossplane/function-sdk-go/proto/v1beta1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection"
)

// Options says where and how a function is served.
type Options struct {
	// Network is the network of Address as in net.Listen, for example "tcp".
	Network string
	// Address accepts gRPC connections, as host:port. Port 0 picks a free one.
	Address string
	// MetricsAddress serves Prometheus metrics over plain HTTP at /metrics, as
	// host:port. Empty serves none.
	MetricsAddress string
	// CertificatesDirectory holds the server's tls.crt and tls.key and the
	// ca.crt that has to have signed the certificate of every client.
	CertificatesDirectory string
	// Insecure serves without transport security, even when
	// CertificatesDirectory is set.
	Insecure bool
	// MaxReceiveBytes is the size of the largest request accepted.
	MaxReceiveBytes int
	// DrainTimeout is how long requests under way may take to finish once the
	// server has been asked to stop.
	DrainTimeout time.Duration
}

// A Server answers Crossplane's calls of one function. It listens from New on
// and answers while Run runs.
type Server struct {
	grpc         *grpc.Server
	listener     net.Listener
	health       *health.Server
	metrics      *metricsEndpoint
	drainTimeout time.Duration
	log          logging.Logger
}

// New returns a Server of fn that listens as o says. It fails when an address
// cannot be listened on, when the certificates cannot be loaded, and when
// neither certificates nor Insecure are given.
func New(fn fnv1.FunctionRunnerServiceServer, log logging.Logger, o Options) (*Server, error) {
	creds, err := transportCredentials(log, o)
	if err != nil {
		return nil, err
	}

	metrics, err := newMetricsEndpoint(o.MetricsAddress)
	if err != nil {
		return nil, err
	}

	listener, err := (&net.ListenConfig{}).Listen(context.Background(), o.Network, o.Address)
	if err != nil {
		return nil, errors.Join(errors.Wrapf(err, "cannot listen for gRPC at %q", o.Address), metrics.close())
	}

	s := &Server{
		grpc: grpc.NewServer(
			grpc.Creds(creds),
			grpc.MaxRecvMsgSize(o.MaxReceiveBytes),
			grpc.MaxConcurrentStreams(maxConcurrentStreams()),
			grpc.ChainUnaryInterceptor(metrics.interceptor()),
		),
		listener:     listener,
		health:       health.NewServer(),
		metrics:      metrics,
		drainTimeout: o.DrainTimeout,
		log:          log,
	}
	s.register(&answering{next: fn, log: log})

	return s, nil
}

// register adds every service the server offers. A v1beta1 call, as Crossplane
// before 1.17 makes it, reaches the same fn.
func (s *Server) register(fn fnv1.FunctionRunnerServiceServer) {
	fnv1.RegisterFunctionRunnerServiceServer(s.grpc, fn)
	fnv1beta1.RegisterFunctionRunnerServiceServer(s.grpc, function.ServeBeta(fn))
	healthv1.RegisterHealthServer(s.grpc, s.health)
	reflection.Register(s.grpc)

	s.health.SetServingStatus(fnv1.FunctionRunnerService_ServiceDesc.ServiceName, healthv1.HealthCheckResponse_SERVING)
	s.health.SetServingStatus(fnv1beta1.FunctionRunnerService_ServiceDesc.ServiceName, healthv1.HealthCheckResponse_SERVING)
	s.metrics.observe(s.grpc)
}

// Address is where the server listens for gRPC, with the real port.
func (s *Server) Address() string {
	return s.listener.Addr().String()
}

// MetricsAddress is where the server listens for scrapes of its metrics, with
// the real port. It is empty when the server has no metrics.
func (s *Server) MetricsAddress() string {
	return s.metrics.address()
}

// Run serves until ctx is done or a listener fails, then drains. It returns nil
// when it was ctx that ended it.
func (s *Server) Run(ctx context.Context) error {
	const listeners = 2

	failed := make(chan error, listeners)

	go func() { failed <- errors.Wrap(s.grpc.Serve(s.listener), "cannot serve gRPC") }()

	if s.MetricsAddress() != "" {
		go func() { failed <- s.metrics.serve() }()
	}

	var err error

	select {
	case err = <-failed:
	case <-ctx.Done():
	}

	s.drain()

	return errors.Join(err, s.metrics.close())
}

// drain tells health watchers to stop calling, then waits for the requests
// under way. What still runs after the drain timeout is cut off, and not waited
// for: it may never end.
func (s *Server) drain() {
	s.health.Shutdown()

	drained := make(chan struct{})

	go func() {
		defer close(drained)
		s.grpc.GracefulStop()
	}()

	timeout := time.NewTimer(s.drainTimeout)
	defer timeout.Stop()

	select {
	case <-drained:
	case <-timeout.C:
		s.log.Info("Cutting off the requests still running after the drain timeout", "timeout", s.drainTimeout.String())

		// Stop waits, like GracefulStop, when a request outlasts its connection.
		go s.grpc.Stop()
	}
}

func transportCredentials(log logging.Logger, o Options) (credentials.TransportCredentials, error) {
	if o.Insecure {
		return insecure.NewCredentials(), nil
	}

	if o.CertificatesDirectory == "" {
		return nil, errors.New("cannot serve: no directory of TLS certificates is given, and insecure serving is not asked for")
	}

	config, err := mutualTLS(o.CertificatesDirectory, log)
	if err != nil {
		return nil, err
	}

	return credentials.NewTLS(config), nil
}
