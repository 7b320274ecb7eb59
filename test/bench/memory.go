package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

const (
	memoryConcurrency = 8
	// Calls of each of the concurrent callers.
	memoryCalls = 50
	// memoryLimit in MiB is that of the container the package runs the function in.
	memoryLimit = 64
)

// peakMemory is the most memory that the function ever had resident while it was
// called by several at once. Each has a connection of its own, since the function
// answers only some requests of one connection at a time.
func peakMemory(ctx context.Context, executable string, req *fnv1.RunFunctionRequest) (m measure, err error) {
	function, err := startFunction(ctx, executable)
	if err != nil {
		return measure{}, err
	}
	defer func() { err = errors.Join(err, function.stop()) }()

	group, groupCtx := errgroup.WithContext(ctx)
	for range memoryConcurrency {
		group.Go(func() error { return callRepeatedly(groupCtx, function, req) })
	}
	if err := group.Wait(); err != nil {
		return measure{}, err
	}
	kibibytes, err := peakResident(function.cmd.Process.Pid)
	return measure{
		name:  "peak-memory-8",
		value: float64(kibibytes) / 1024,
		unit:  "MiB",
		limit: memoryLimit,
	}, err
}

func callRepeatedly(ctx context.Context, p *process, req *fnv1.RunFunctionRequest) (err error) {
	c, closeConnection, err := newCaller(p)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeConnection()) }()
	for range memoryCalls {
		if err := c.call(ctx, req); err != nil {
			return err
		}
	}
	return nil
}

// peakResident set size of a process, in KiB, from proc(5).
func peakResident(pid int) (int, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, errors.Wrap(err, "cannot read a process's memory")
	}
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kibibytes, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(value), " kB"))
			return kibibytes, errors.Wrap(err, "cannot parse a process's memory")
		}
	}
	return 0, errors.New("cannot read the memory: the kernel does not tell its peak")
}

// processOf a container, whose id is containerd's. The pod's other processes are not in
// the container's control group.
func processOf(id string) (int, error) {
	_, group, _ := strings.Cut(id, "://")
	files, err := filepath.Glob("/proc/[0-9]*/cgroup")
	if err != nil || group == "" {
		return 0, errors.New("cannot tell the processes of a container")
	}
	for _, file := range files {
		// A process that ended meanwhile is none of it.
		if groups, err := os.ReadFile(file); err == nil && strings.Contains(string(groups), group) { //nolint:gosec // Files of proc(5).
			pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
			return pid, errors.Wrap(err, "cannot tell a process's id")
		}
	}
	return 0, errors.New("cannot find the process of a container")
}
