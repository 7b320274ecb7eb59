package main

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

const (
	startUps = 5
	// startUpLimit in seconds.
	startUpLimit = 1
)

// startUp is the longest of several times from executing the function to its health
// check saying that it serves.
func startUp(ctx context.Context, executable string) (measure, error) {
	var longest time.Duration
	for range startUps {
		took, err := startOnce(ctx, executable)
		if err != nil {
			return measure{}, err
		}
		longest = max(longest, took)
	}
	return measure{
		name:   "start-up",
		value:  longest.Seconds(),
		unit:   "s",
		limit:  startUpLimit,
		detail: fmt.Sprintf("longest of %d", startUps),
	}, nil
}

func startOnce(ctx context.Context, executable string) (took time.Duration, err error) {
	function, err := startFunction(ctx, executable)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, function.stop()) }()
	conn, err := function.dial()
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	// The function tells its address when it listens, so that this waits for it to
	// answer and not for a connection to be tried again.
	health, err := healthv1.NewHealthClient(conn).Check(ctx, &healthv1.HealthCheckRequest{}, grpc.WaitForReady(true))
	if err != nil {
		return 0, errors.Wrap(err, "cannot check the function's health")
	}
	if health.GetStatus() != healthv1.HealthCheckResponse_SERVING {
		return 0, errors.Errorf("the function listens and is %s", health.GetStatus())
	}
	return time.Since(function.began), nil
}
