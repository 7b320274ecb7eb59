package serve

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"github.com/go-logr/logr/funcr"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
)

const mebibyte = 1 << 20

// functionFunc is what a function does with a request.
type functionFunc func(ctx context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error)

// functionOf is a function made of a func.
type functionOf struct {
	fnv1.UnimplementedFunctionRunnerServiceServer

	run functionFunc
}

func (f functionOf) RunFunction(ctx context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
	return f.run(ctx, req)
}

// echo answers with the tag of the request.
func echo(_ context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
	return &fnv1.RunFunctionResponse{Meta: &fnv1.ResponseMeta{Tag: req.GetMeta().GetTag()}}, nil
}

// logbook keeps what is logged.
type logbook struct {
	mu    sync.Mutex
	lines []string
}

func (l *logbook) logger() logging.Logger {
	return logging.NewLogrLogger(funcr.New(func(_, args string) {
		l.mu.Lock()
		defer l.mu.Unlock()

		l.lines = append(l.lines, args)
	}, funcr.Options{}))
}

func (l *logbook) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()

	return strings.Join(l.lines, "\n")
}

// running is a server that runs until stop is called.
type running struct {
	*Server

	log  *logbook
	stop context.CancelFunc
	done chan error
}

// start runs a server on free ports. It is stopped at the end of the test.
func start(t *testing.T, fn functionFunc, o Options) *running {
	t.Helper()

	o.Network, o.Address = "tcp", "127.0.0.1:0"
	if o.MaxReceiveBytes == 0 {
		o.MaxReceiveBytes = 64 * mebibyte
	}

	book := &logbook{}

	s, err := New(functionOf{run: fn}, book.logger(), o)
	if err != nil {
		t.Fatal(err)
	}

	ctx, cancel := context.WithCancel(context.Background())
	r := &running{Server: s, log: book, stop: cancel, done: make(chan error, 1)}

	go func() {
		defer close(r.done)
		r.done <- s.Run(ctx)
	}()

	t.Cleanup(func() {
		cancel()

		if err := <-r.done; err != nil {
			t.Logf("the server ended with: %v", err)
		}
	})

	return r
}

func (r *running) dial(t *testing.T, creds credentials.TransportCredentials) *grpc.ClientConn {
	t.Helper()

	conn, err := grpc.NewClient(r.Address(), grpc.WithTransportCredentials(creds))
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() { _ = conn.Close() })

	return conn
}

func run(t *testing.T, conn *grpc.ClientConn, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
	t.Helper()

	return fnv1.NewFunctionRunnerServiceClient(conn).RunFunction(t.Context(), req)
}

func tagged(tag string) *fnv1.RunFunctionRequest {
	return &fnv1.RunFunctionRequest{Meta: &fnv1.RequestMeta{Tag: tag}}
}

// noTimeout is longer than any test may take.
const noTimeout = time.Hour
