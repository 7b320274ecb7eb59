package e2e

import (
	"context"
	"os/exec"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/location"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/provider"
)

// providerPod is the one that runs the provider.
func providerPod(ctx context.Context, t *testing.T) *corev1.Pod {
	t.Helper()
	pod, err := provider.Pod(ctx, cluster)
	if err != nil {
		t.Fatal(err)
	}
	return pod
}

// killProvider ends it without a word, and waits until another pod runs.
func killProvider(ctx context.Context, t *testing.T) {
	t.Helper()
	before := providerPod(ctx, t)
	if err := cluster.Delete(ctx, before, client.GracePeriodSeconds(0)); err != nil {
		t.Fatalf("cannot kill the provider: %v", err)
	}
	if err := kube.Until(ctx, changeLimit, func(ctx context.Context) error {
		now, err := provider.Pod(ctx, cluster)
		if err != nil {
			return err
		}
		if now.UID == before.UID || now.Status.Phase != corev1.PodRunning {
			return errors.New("no other pod of the provider runs")
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// discreet fails when the provider, which runs with debug messages, said a secret of the
// run, or when it was restarted. What other pods said is searched when all tests are done.
func discreet(ctx context.Context, t *testing.T, in *inside) {
	t.Helper()
	p := providerPod(ctx, t)
	for _, s := range p.Status.ContainerStatuses {
		if s.RestartCount > 0 {
			t.Errorf("the provider was restarted %d times: %v", s.RestartCount, s.LastTerminationState.Terminated)
		}
	}
	said := logs(ctx, t, p)
	if !strings.Contains(said, in.xr.GetNamespace()) {
		t.Errorf("pod %s says nothing of namespace %s: there is nothing to look at", p.Name, in.xr.GetNamespace())
	}
	for _, f := range secrecy.In(said) {
		t.Errorf("the log of pod %s: %s", p.Name, f)
	}
}

func logs(ctx context.Context, t *testing.T, p *corev1.Pod) string {
	t.Helper()
	return kubectl(ctx, t, "-n", p.Namespace, "logs", p.Name)
}

// kubectl of the cluster, and what it says.
func kubectl(ctx context.Context, t *testing.T, arguments ...string) string {
	t.Helper()
	out, err := exec.CommandContext(ctx, location.Kubectl(), append([]string{"--kubeconfig", location.Kubeconfig()}, arguments...)...).CombinedOutput() //nolint:gosec // The cluster's own kubectl.
	if err != nil {
		t.Fatalf("cannot run kubectl %s: %v: %s", strings.Join(arguments, " "), err, out)
	}
	return string(out)
}
