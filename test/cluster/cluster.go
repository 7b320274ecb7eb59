package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/location"
)

const (
	daemonStartLimit = 90 * time.Second
	// daemonStopLimit is short: nothing that a daemon could still save outlives
	// the cluster.
	daemonStopLimit = 2 * time.Second
	logTail         = 2048
)

// cluster is one control plane and one node on this machine, below one
// directory.
type cluster struct {
	paths    paths
	state    *state
	progress *progress
}

// open takes the cluster for this program alone until close is called. It waits
// for another one that has it.
func open(ctx context.Context, p *progress) (c *cluster, release func(), err error) {
	if os.Geteuid() != 0 {
		return nil, nil, errors.New("cannot manage the cluster: namespaces, mounts and routes need root")
	}

	c = &cluster{paths: paths(location.Dir()), progress: p}

	if longest := len(c.paths.containerdSocket()); longest > 100 {
		return nil, nil, errors.Errorf("cannot use %s: its path is too long for Unix sockets below it", c.paths)
	}

	release, err = c.lock(ctx)
	if err != nil {
		return nil, nil, err
	}

	if c.state, err = loadState(c.paths.state()); err != nil {
		release()

		return nil, nil, err
	}

	return c, release, nil
}

func (c *cluster) lock(ctx context.Context) (release func(), err error) {
	if err := os.MkdirAll(string(c.paths), 0o750); err != nil {
		return nil, errors.Wrap(err, "cannot make the cluster's directory")
	}

	file, err := os.OpenFile(c.paths.lock(), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, errors.Wrap(err, "cannot open the lock")
	}

	waiting := false

	err = waitFor(ctx, time.Hour, func(context.Context) error {
		err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err != nil && !waiting {
			waiting = true

			c.progress.say("waiting for another command that works on %s", c.paths)
		}

		return err
	})
	if err != nil {
		return nil, errors.Join(errors.Wrap(err, "cannot lock the cluster"), file.Close())
	}

	return func() { _ = file.Close() }, nil
}

// daemon is a process of the cluster.
type daemon struct {
	name       string
	executable string
	args       []string
	// ready returns an error for as long as the daemon does not do its work.
	ready func(context.Context) error
}

// ensure starts the daemon unless it runs, and waits until it is ready.
func (c *cluster) ensure(ctx context.Context, d daemon) error {
	running, ok := c.state.process(d.name)
	if !ok || !running.alive() {
		var err error
		if running, err = launch(ctx, d.name, c.paths.log(d.name), d.executable, d.args...); err != nil {
			return err
		}

		if err := c.state.record(running); err != nil {
			return err
		}
	}

	err := waitFor(ctx, daemonStartLimit, func(ctx context.Context) error {
		if !running.alive() {
			return final{errors.Errorf("%s has ended", d.name)}
		}

		return d.ready(ctx)
	})
	if err != nil && ctx.Err() == nil {
		return errors.Wrapf(err, "%s; %s ends with:\n%s", d.name, running.Log, tail(running.Log))
	}

	return err
}

// tail is the end of a log file.
func tail(log string) string {
	content, err := os.ReadFile(log) //nolint:gosec // A log below the cluster's own directory.
	if err != nil {
		return fmt.Sprintf("(it cannot be read: %v)", err)
	}

	if len(content) > logTail {
		content = content[len(content)-logTail:]
	}

	return strings.TrimSpace(string(content))
}

// runsAs reports whether the recorded process is alive and of that executable.
func (c *cluster) runsAs(name, executable string) bool {
	running, ok := c.state.process(name)
	if !ok || !running.alive() {
		return false
	}

	wanted, err := filepath.EvalSymlinks(executable)

	return err == nil && wanted == running.Executable
}
