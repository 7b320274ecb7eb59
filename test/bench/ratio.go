package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

const (
	ratioWarmUp = 200
	ratioCalls  = 1000
	ratioRuns   = 5
	ratioLimit  = 1.5
)

// runFunctionRatio is how much longer an answer of the function takes than one of a
// function that does nothing: the median of the ratios of several runs.
func runFunctionRatio(ctx context.Context, executable string, req *fnv1.RunFunctionRequest) (measure, error) {
	runs := make([]measure, 0, ratioRuns)
	for range ratioRuns {
		m, err := runOnce(ctx, executable, req)
		if err != nil {
			return measure{}, err
		}
		runs = append(runs, m)
	}
	slices.SortFunc(runs, func(a, b measure) int { return cmp.Compare(a.value, b.value) })
	m := runs[len(runs)/2]
	m.detail += fmt.Sprintf("; median of %d runs from %.2f to %.2f; a request of %d bytes", len(runs), runs[0].value, runs[len(runs)-1].value, proto.Size(req))
	return m, nil
}

// runOnce takes the ratio of the medians, as a caller sees them. Both functions run at the same time
// and are called in turn, so that what else the machine does weighs on both.
func runOnce(ctx context.Context, executable string, req *fnv1.RunFunctionRequest) (m measure, err error) {
	function, err := startFunction(ctx, executable)
	if err != nil {
		return measure{}, err
	}
	defer func() { err = errors.Join(err, function.stop()) }()
	idle, err := startNoOp(ctx)
	if err != nil {
		return measure{}, err
	}
	defer func() { err = errors.Join(err, idle.stop()) }()

	ours, closeOurs, err := newCaller(function)
	if err != nil {
		return measure{}, err
	}
	defer func() { err = errors.Join(err, closeOurs()) }()
	theirs, closeTheirs, err := newCaller(idle)
	if err != nil {
		return measure{}, err
	}
	defer func() { err = errors.Join(err, closeTheirs()) }()

	if err := interleave(ctx, req, ours, theirs); err != nil {
		return measure{}, err
	}
	with, without := median(ours.took), median(theirs.took)
	return measure{
		name:   "run-function-ratio",
		value:  float64(with) / float64(without),
		unit:   "x",
		limit:  ratioLimit,
		detail: fmt.Sprintf("medians %s and %s", with.Round(time.Microsecond), without.Round(time.Microsecond)),
	}, nil
}

// interleave calls, each caller first as often as the other, and keep what those
// after the warm-up took.
func interleave(ctx context.Context, req *fnv1.RunFunctionRequest, a, b *caller) error {
	for i := range ratioWarmUp + ratioCalls {
		if i == ratioWarmUp {
			a.took, b.took = nil, nil
		}
		a, b = b, a
		if err := errors.Join(a.call(ctx, req), b.call(ctx, req)); err != nil {
			return err
		}
	}
	return nil
}

// caller calls one process and remembers how long each call took.
type caller struct {
	client fnv1.FunctionRunnerServiceClient
	took   []time.Duration
}

func newCaller(p *process) (c *caller, closeConnection func() error, err error) {
	conn, err := p.dial()
	if err != nil {
		return nil, nil, err
	}
	return &caller{client: fnv1.NewFunctionRunnerServiceClient(conn)}, conn.Close, nil
}

func (c *caller) call(ctx context.Context, req *fnv1.RunFunctionRequest) error {
	began := time.Now()
	rsp, err := c.client.RunFunction(ctx, req)
	if err != nil {
		return errors.Wrap(err, "cannot call the function")
	}
	c.took = append(c.took, time.Since(began))
	return refused(rsp)
}

// refused is an error when a response is fatal: a refusal costs less than an answer.
func refused(rsp *fnv1.RunFunctionResponse) error {
	for _, r := range rsp.GetResults() {
		if r.GetSeverity() == fnv1.Severity_SEVERITY_FATAL {
			return errors.Errorf("cannot measure a refusal: %s", r.GetMessage())
		}
	}
	return nil
}

func median(of []time.Duration) time.Duration {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2]
}
