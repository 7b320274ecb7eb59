// Package process runs the database's own client programs as children: killed with the
// context, and with the program itself; what they say on stderr is kept for the error.
package process

import (
	"context"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// grace is how long a child may take to end after it was asked to.
const grace = 5 * time.Second

// tailBytes of stderr that an error quotes.
const tailBytes = 2048

// Command describes a child. Arguments can be read by everybody on the machine: secrets
// go into the environment.
type Command struct {
	// Program is a name in PATH, or a path.
	Program string
	Args    []string
	// Env is added to the program's own, without the variables that carry its secrets.
	Env []string
	// Dir is the working directory; empty for the program's own.
	Dir    string
	Stdin  io.Reader
	Stdout io.Writer
	// Secrets are replaced wherever they occur in what the child says.
	Secrets []string
}

// Run a child to its end. The error quotes the end of its stderr; it is a *Failed if the
// child itself failed.
func Run(ctx context.Context, c Command) error {
	p, err := Start(ctx, c)
	if err != nil {
		return err
	}
	return p.Wait()
}

// Failed is the error of a child that ended with a code other than 0.
type Failed struct {
	Program string
	// Stderr is the end of what it said, without secrets.
	Stderr string
	cause  error
}

// Error quotes the last line that the child said.
func (f *Failed) Error() string {
	if f.Stderr == "" {
		return f.Program + " failed: " + f.cause.Error()
	}
	return f.Program + " failed: " + f.Stderr
}

// Unwrap returns the error of the operating system.
func (f *Failed) Unwrap() error { return f.cause }

// Process is a child that runs.
type Process struct {
	cmd     *exec.Cmd
	ctx     context.Context //nolint:containedctx // Tells a child that was killed from one that failed.
	stderr  *tail
	command Command
}

// Start a child. Wait must be called.
func Start(ctx context.Context, c Command) (*Process, error) {
	cmd := exec.CommandContext(ctx, c.Program, c.Args...) //nolint:gosec // The programs are named by constants.
	cmd.Env = append(environment(os.Environ()), c.Env...)
	cmd.Dir, cmd.Stdin, cmd.Stdout = c.Dir, c.Stdin, c.Stdout
	stderr := &tail{limit: tailBytes}
	cmd.Stderr = stderr
	cmd.WaitDelay = grace
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	if err := cmd.Start(); err != nil {
		return nil, failure.Mark(job.ReasonInternal, errors.Wrapf(err, "cannot start %s", c.Program))
	}
	return &Process{cmd: cmd, ctx: ctx, stderr: stderr, command: c}, nil
}

// PID of the child.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Signal the child and all that it started.
func (p *Process) Signal(s syscall.Signal) error {
	return errors.Wrapf(syscall.Kill(-p.cmd.Process.Pid, s), "cannot signal %s", p.command.Program)
}

// Wait for the child's end.
func (p *Process) Wait() error {
	err := p.cmd.Wait()
	if err == nil {
		return nil
	}
	if p.ctx.Err() != nil {
		return errors.Wrapf(context.Cause(p.ctx), "%s was stopped", p.command.Program)
	}
	said := strings.TrimSpace(p.stderr.String())
	for _, secret := range p.command.Secrets {
		if secret != "" {
			said = strings.ReplaceAll(said, secret, "***")
		}
	}
	return &Failed{Program: p.command.Program, Stderr: said, cause: err}
}

// environment of a child: without what carries secrets to the program.
func environment(own []string) []string {
	var kept []string
	for _, e := range own {
		name, _, _ := strings.Cut(e, "=")
		switch name {
		case job.EnvDatabaseURL, job.EnvDatabasePassword, job.EnvSourceDatabaseURL, job.EnvStoreAccessKey, job.EnvStoreSecretKey, job.EnvFilesAccessKey, job.EnvFilesSecretKey:
		default:
			kept = append(kept, e)
		}
	}
	return kept
}

// tail keeps the end of what is written to it.
type tail struct {
	limit int
	kept  []byte
}

// Write never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.kept = append(t.kept, p...)
	if over := len(t.kept) - t.limit; over > 0 {
		t.kept = append(t.kept[:0], t.kept[over:]...)
	}
	return len(p), nil
}

// String is what was kept, as text.
func (t *tail) String() string { return strings.ToValidUTF8(string(t.kept), "") }
