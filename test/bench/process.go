package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/location"
)

const (
	// loopback with a port that the kernel chooses.
	loopback = "127.0.0.1:0"
	// messageServing is what the function logs, with its address, once it listens.
	messageServing = "Serving"
)

// compile the function as its package has it. The caller removes it.
func compile(ctx context.Context) (executable string, remove func() error, err error) {
	root, err := location.Repository()
	if err != nil {
		return "", nil, err
	}
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return "", nil, errors.Wrap(err, "cannot make a directory to compile in")
	}
	remove = func() error { return errors.Wrap(os.RemoveAll(dir), "cannot remove the directory compiled in") }
	executable = filepath.Join(dir, "function-mattermost")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", executable, "./cmd/function-mattermost") //nolint:gosec // The arguments are this program's own.
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", nil, errors.Join(errors.Wrapf(err, "cannot compile the function: %s", out), remove())
	}
	return executable, remove, nil
}

// process is a running function.
type process struct {
	cmd     *exec.Cmd
	began   time.Time
	address string
}

// startFunction starts the real function.
func startFunction(ctx context.Context, executable string) (*process, error) {
	return start(ctx, executable, "--insecure", "--address="+loopback, "--metrics-address=")
}

// startNoOp starts this program as the function that does nothing.
func startNoOp(ctx context.Context) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, errors.Wrap(err, "cannot find this program")
	}
	return start(ctx, self, "no-op")
}

// start a function and read from its log where it listens.
func start(ctx context.Context, executable string, args ...string) (*process, error) {
	cmd := exec.CommandContext(ctx, executable, args...) //nolint:gosec // The function under test, or this program.
	log, err := cmd.StderrPipe()
	if err != nil {
		return nil, errors.Wrap(err, "cannot read the function's log")
	}
	p := &process{cmd: cmd, began: time.Now()}
	if err := cmd.Start(); err != nil {
		return nil, errors.Wrap(err, "cannot start the function")
	}
	lines := bufio.NewScanner(log)
	for p.address == "" && lines.Scan() {
		line := struct {
			Message string `json:"msg"`
			Address string `json:"address"`
		}{}
		if err := json.Unmarshal(lines.Bytes(), &line); err == nil && line.Message == messageServing {
			p.address = line.Address
		}
	}
	if p.address == "" {
		return nil, errors.Join(errors.New("cannot tell where the function listens: its log does not say"), p.stop())
	}
	// A log that nobody reads would block the function. It ends with the process.
	go func() { _, _ = io.Copy(io.Discard, log) }()
	return p, nil
}

// dial a connection of its own. The caller closes it.
func (p *process) dial() (*grpc.ClientConn, error) {
	conn, err := grpc.NewClient(p.address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	return conn, errors.Wrap(err, "cannot connect to the function")
}

// stop the process and wait for its end.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return errors.Wrap(err, "cannot stop the function")
	}
	return errors.Wrap(p.cmd.Wait(), "the function did not end well")
}
