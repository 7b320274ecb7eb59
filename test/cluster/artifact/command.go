package artifact

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// complaintLimit is how much of a failed command's output, in bytes and from
// its end, becomes part of the error.
const complaintLimit = 2048

// A command is a program to run with more than its arguments.
type command struct {
	dir string
	// env is added to the environment of this process.
	env []string
	// mounts, when true, gives the program a mount namespace of its own, so
	// that what it mounts and forgets to unmount vanishes with it.
	mounts bool
}

// run starts the program and returns its standard output. When ctx ends, the
// program and all its children are killed.
func (c command) run(ctx context.Context, program string, args ...string) (string, error) {
	// Pdeathsig fires when the thread that started the program ends.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	var out, complaint bytes.Buffer
	cmd := exec.CommandContext(ctx, program, args...) //nolint:gosec // Programs and arguments are this package's own.
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), c.env...)
	cmd.Stdout = &out
	cmd.Stderr = &complaint
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if c.mounts {
		cmd.SysProcAttr.Unshareflags = syscall.CLONE_NEWNS
	}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }

	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return out.String(), errors.Wrapf(err, "cannot run %s: %s", program, tail(complaint.String()+out.String()))
	}
	return out.String(), nil
}

func tail(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > complaintLimit {
		s = "... " + s[len(s)-complaintLimit:]
	}
	return s
}

// exitCode returns the exit code in the chain of err, or -1.
func exitCode(err error) int {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	return -1
}
