package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/location"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

const (
	kindsLimit = time.Minute
	// operatorGrace is how long the operator may take to stop before it is killed.
	operatorGrace = 10 * time.Second
)

// operator is the Mattermost operator, whose kinds the cluster serves only while it
// is measured.
type operator struct {
	executable string
	kinds      []*unstructured.Unstructured
}

// makeOperator compiles the operator, unless that was done before, and reads its
// kinds from its module.
func makeOperator(ctx context.Context) (*operator, error) {
	root, err := location.Repository()
	if err != nil {
		return nil, err
	}
	builds, err := artifact.FindBuilds(root)
	if err != nil {
		return nil, err
	}
	store, err := artifact.Open("")
	if err != nil {
		return nil, err
	}
	build := artifact.MattermostOperator()
	tools := artifact.Toolchain{Store: store, Builds: builds, Step: func(name string, run func(context.Context) error) error {
		say("%s", name)
		return run(ctx)
	}}
	binaries, err := tools.Build(ctx, build)
	if err != nil {
		return nil, err
	}
	module, err := tools.ModuleDir(ctx, build)
	if err != nil {
		return nil, err
	}
	kinds, err := readKinds(filepath.Join(module, "config", "crd", "bases"))
	return &operator{executable: binaries[build.Binaries[0]], kinds: kinds}, err
}

func readKinds(dir string) ([]*unstructured.Unstructured, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return nil, errors.Wrap(err, "cannot list the operator's kinds")
	}
	var out []*unstructured.Unstructured
	for _, file := range files {
		manifest, err := os.ReadFile(file) //nolint:gosec // A file of the operator's module.
		if err != nil {
			return nil, errors.Wrap(err, "cannot read the operator's kinds")
		}
		kinds, err := kube.Parse(manifest)
		if err != nil {
			return nil, errors.Wrap(err, file)
		}
		out = append(out, kinds...)
	}
	if len(out) == 0 {
		return nil, errors.Errorf("cannot find the operator's kinds in %s", dir)
	}
	return out, nil
}

// serveKinds has the API server serve the operator's kinds, which it needs to start.
func (o *operator) serveKinds(ctx context.Context, c client.Client) error {
	for _, kind := range o.kinds {
		if err := kube.Apply(ctx, c, kind.DeepCopy()); err != nil {
			return err
		}
	}
	for _, kind := range o.kinds {
		now := kind.DeepCopy()
		if err := kube.Until(ctx, kindsLimit, func(ctx context.Context) error {
			if err := c.Get(ctx, client.ObjectKeyFromObject(now), now); err != nil {
				return errors.Wrapf(err, "cannot read %s", now.GetName())
			}
			if status, _, _ := kube.Condition(now, "Established"); status != "True" {
				return errors.Errorf("%s is not served", now.GetName())
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// removeKinds of the operator, and wait until they are gone.
func (o *operator) removeKinds(ctx context.Context, c client.Client) error {
	var failed []error
	for _, kind := range o.kinds {
		err := c.Delete(ctx, kind.DeepCopy(), client.PropagationPolicy(metav1.DeletePropagationForeground))
		failed = append(failed, errors.Wrap(client.IgnoreNotFound(err), "cannot remove the operator's kinds"))
	}
	for _, kind := range o.kinds {
		failed = append(failed, gone(ctx, c, kind))
	}
	return errors.Join(failed...)
}

// run the operator until it is stopped, or ctx ends. The context that is returned
// ends with the operator: nothing comes of waiting for one that does not run.
func (o *operator) run(ctx context.Context) (running context.Context, stop func(), err error) {
	path := filepath.Join(location.Dir(), "log", "mattermost-operator.log")
	log, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600) //nolint:gosec // Below the cluster's own directory.
	if err != nil {
		return nil, nil, errors.Wrap(err, "cannot open the operator's log")
	}
	running, end := context.WithCancelCause(ctx)
	cmd := exec.CommandContext(running, o.executable, "--metrics-addr=0") //nolint:gosec // The operator that was just made.
	cmd.Stdout, cmd.Stderr = log, log
	// As its own manifest configures it.
	cmd.Env = append(os.Environ(), "KUBECONFIG="+location.Kubeconfig(), "MAX_RECONCILE_CONCURRENCY=10")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = operatorGrace

	ended := make(chan struct{})
	go func() {
		defer close(ended)
		// Pdeathsig is the death of the thread that starts the operator.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Run()
		end(errors.Errorf("the operator has ended, see %s: %v", path, err))
		_ = log.Close()
	}()
	return running, func() { end(context.Canceled); <-ended }, nil
}
