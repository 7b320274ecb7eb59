package main

import (
	"context"
	"fmt"
	"os"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"github.com/crossplane/function-sdk-go/response"

	"github.com/crossplane-mattermost/crossplane-mattermost/internal/serve"
)

// maxReceiveBytes is the function's own default.
const maxReceiveBytes = 64 << 20

// noOp passes on what earlier functions desire.
type noOp struct {
	fnv1.UnimplementedFunctionRunnerServiceServer
}

// RunFunction answers with what the request desires already.
func (noOp) RunFunction(_ context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
	return response.To(req, response.DefaultTTL), nil
}

type noOpCommand struct{}

// Run serves the function that does nothing just as the real one is served, so that
// only the answer makes a difference.
func (*noOpCommand) Run(ctx context.Context) error {
	serve.LimitMemory()
	server, err := serve.New(noOp{}, logging.NewNopLogger(), serve.Options{ //nolint:contextcheck // A server listens until it has run, whatever the context.
		Network:         "tcp",
		Address:         loopback,
		Insecure:        true,
		MaxReceiveBytes: maxReceiveBytes,
	})
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(os.Stderr, "{\"msg\":%q,\"address\":%q}\n", messageServing, server.Address()); err != nil {
		return errors.Wrap(err, "cannot tell the address")
	}
	return server.Run(ctx)
}
