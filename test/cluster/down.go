package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

type downCommand struct {
	Wipe bool `help:"Also remove the unpacked images, the logs and everything else in the cluster's directory."`
}

// Run takes the cluster down, whatever state it is in, and fails naming what is
// left when it could not remove everything.
func (d *downCommand) Run(ctx context.Context) error {
	account := newProgress(os.Stdout, "down")

	c, release, err := open(ctx, account)
	if err != nil {
		return err
	}
	defer release()

	account.begin("taking the cluster down")

	if err := c.clean(ctx, containerdName); err != nil {
		return err
	}

	if d.Wipe {
		if err := os.RemoveAll(string(c.paths)); err != nil {
			return errors.Wrapf(err, "cannot remove %s", c.paths)
		}
	}

	return account.finish("down: nothing is left")
}

// clean removes everything that an earlier run made, finished or not, but the
// logs and the unpacked images. It returns an error that names what is left.
func (c *cluster) clean(ctx context.Context, containerd string) error {
	left, err := leftovers(ctx, c.paths, c.state)
	if err != nil {
		return err
	}

	if _, err := os.Stat(c.paths.state()); os.IsNotExist(err) && len(left) == 0 {
		return nil
	}

	for _, part := range []struct {
		name   string
		remove func(context.Context) error
	}{
		{"processes stopped", c.stopDaemons},
		{"pods removed", func(ctx context.Context) error { return c.removePods(ctx, containerd) }},
		{"host restored", c.restoreHost},
		{"data removed", c.removeData},
	} {
		started := time.Now()
		if err := part.remove(ctx); err != nil {
			return errors.Wrapf(err, "not reached: %s", part.name)
		}

		c.progress.done(part.name, time.Since(started))
	}

	left, err = leftovers(ctx, c.paths, c.state)
	if err != nil {
		return err
	}

	if len(left) > 0 {
		return errors.Errorf("cannot remove everything, there is still:\n  %s", strings.Join(left, "\n  "))
	}

	return errors.Wrap(os.Remove(c.paths.state()), "cannot remove the state file")
}

// stopDaemons stops all daemons but containerd. The kubelet is among them, so
// nothing starts a pod again from here on.
func (c *cluster) stopDaemons(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)

	for _, p := range c.state.all() {
		if p.Name == containerdName {
			continue
		}

		group.Go(func() error {
			if err := p.stop(ctx, daemonStopLimit); err != nil {
				return err
			}

			return c.state.forget(p.Name)
		})
	}

	return group.Wait()
}

// removePods removes all pods through containerd, which is started for that if
// it has died, then containerd, then what a broken containerd left behind.
func (c *cluster) removePods(ctx context.Context, containerd string) error {
	if err := c.removePodsOrderly(ctx, containerd); err != nil {
		c.progress.say("removing pods by force: %v", err)

		// It would only remember pods that are gone.
		defer os.RemoveAll(c.paths.containerdRoot()) //nolint:errcheck // Made anew if it can be; a failure shows when it is used.
	}

	if p, ok := c.state.process(containerdName); ok {
		if err := p.stop(ctx, daemonStopLimit); err != nil {
			return err
		}

		if err := c.state.forget(containerdName); err != nil {
			return err
		}
	}

	if err := killCgroup(); err != nil {
		return err
	}

	left, err := shims(c.paths)
	if err != nil {
		return err
	}

	for _, shim := range left {
		if err := shim.signal(syscall.SIGKILL); err != nil && !errors.Is(err, errGone) {
			return err
		}
	}

	return errors.Wrap(waitFor(ctx, daemonStopLimit, func(context.Context) error { return c.podsGone() }), "cannot remove all pods")
}

func (c *cluster) removePodsOrderly(ctx context.Context, containerd string) error {
	err := c.ensure(ctx, daemon{
		name: containerdName, executable: containerd, args: containerdArgs(c.paths), ready: containerdReady(c.paths),
	})
	if err != nil {
		return err
	}

	return removeSandboxes(ctx, c.paths)
}

// podsGone reports, as an error, that processes of pods still run.
func (c *cluster) podsGone() error {
	left, err := shims(c.paths)
	if err != nil {
		return err
	}

	pids, err := cgroupProcesses()
	if err != nil {
		return err
	}

	if n := len(left) + len(pids); n > 0 {
		return errors.Errorf("%d processes of pods still run", n)
	}

	return nil
}

// restoreHost undoes what the cluster changed in the kernel.
func (c *cluster) restoreHost(ctx context.Context) error {
	if err := removeProxyRules(ctx); err != nil {
		return err
	}

	if err := removeNetwork(); err != nil {
		return err
	}

	if err := unmountBelow(string(c.paths)); err != nil {
		return err
	}

	if err := removeCgroup(); err != nil {
		return err
	}

	return restoreKernel(c.state)
}

// removeData removes what must not outlive a cluster. Nothing below these
// directories is mounted any more.
func (c *cluster) removeData(context.Context) error {
	if err := removeLogLinks(c.paths); err != nil {
		return err
	}

	for _, path := range []string{
		c.paths.kubeconfig(), c.paths.pki(), c.paths.etcd(), c.paths.kubelet(), c.paths.ipam(), c.paths.containerdState(),
		c.paths.volumes(), c.paths.registry(), filepath.Dir(c.paths.auditLog()),
	} {
		if err := os.RemoveAll(path); err != nil {
			return errors.Wrapf(err, "cannot remove %s", path)
		}
	}

	return nil
}

// removeLogLinks removes the symbolic links to pods' logs, which the kubelet
// makes in a directory that cannot be chosen.
func removeLogLinks(p paths) error {
	links, err := filepath.Glob("/var/log/containers/*.log")
	if err != nil {
		return errors.Wrap(err, "cannot list links to logs of pods")
	}

	for _, link := range links {
		target, err := os.Readlink(link)
		if err != nil || !strings.HasPrefix(target, p.kubelet()+"/") {
			continue
		}

		if err := os.Remove(link); err != nil {
			return errors.Wrap(err, "cannot remove a link to the log of a pod")
		}
	}

	return nil
}
