package serve

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"github.com/crossplane/function-sdk-go/response"
)

// answering makes a defect of next a Fatal result. Crossplane deletes what a
// response without one leaves out, and an absent response looks on the wire
// like one that wants nothing.
type answering struct {
	fnv1.UnimplementedFunctionRunnerServiceServer

	next fnv1.FunctionRunnerServiceServer
	log  logging.Logger
}

// RunFunction calls the wrapped function.
func (a *answering) RunFunction(ctx context.Context, req *fnv1.RunFunctionRequest) (rsp *fnv1.RunFunctionResponse, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			a.log.Info("The function panicked", "cause", describePanic(cause), "stack", string(debug.Stack()))
			rsp, err = fatal(req, "it panicked, the function's log has the stack"), nil
		}
	}()

	rsp, err = a.next.RunFunction(ctx, req)
	if rsp == nil && err == nil {
		return fatal(req, "it returned no response"), nil
	}

	return rsp, err
}

// fatal answers req with nothing but a Fatal result.
func fatal(req *fnv1.RunFunctionRequest, why string) *fnv1.RunFunctionResponse {
	rsp := &fnv1.RunFunctionResponse{Meta: &fnv1.ResponseMeta{Tag: req.GetMeta().GetTag()}}
	response.Fatal(rsp, errors.Errorf("cannot run the function: %s", why))

	return rsp
}

// describePanic tells what a panic was about without telling any value that may
// come from the request, which can hold Secrets. The runtime's own errors name
// types and indices only.
func describePanic(cause any) string {
	var err runtime.Error
	if e, ok := cause.(error); ok && errors.As(e, &err) {
		return err.Error()
	}

	return fmt.Sprintf("panic with a %T", cause)
}
