package main

import (
	"context"
	"fmt"
	"path/filepath"
	"reflect"
	"time"

	"golang.org/x/sync/errgroup"
	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/release"
	"helm.sh/helm/v3/pkg/storage/driver"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"
)

const (
	crossplaneNamespace  = "crossplane-system"
	crossplaneRelease    = "crossplane"
	crossplaneRepository = "xpkg.crossplane.io/crossplane/crossplane"
	crossplaneLimit      = 3 * time.Minute
)

// crossplaneValues differ from the chart's own only in the image, which is the
// one that was built here.
func crossplaneValues() map[string]any {
	return map[string]any{
		"image": map[string]any{"repository": crossplaneRepository, "tag": artifact.CrossplaneVersion},
	}
}

// installCrossplane installs Crossplane from its own chart, or upgrades a
// release with other values. It does not wait for the pods.
func (b *bringUp) installCrossplane(ctx context.Context) error {
	access := genericclioptions.NewConfigFlags(false)
	access.KubeConfig = ptr.To(b.paths.kubeconfig())
	access.Namespace = ptr.To(crossplaneNamespace)

	helm := &action.Configuration{}
	if err := helm.Init(access, crossplaneNamespace, "secret", func(string, ...any) {}); err != nil {
		return errors.Wrap(err, "cannot set Helm up")
	}

	installed, err := deployedRelease(helm)
	if err != nil {
		return err
	}

	if installed != nil && reflect.DeepEqual(installed.Config, crossplaneValues()) {
		return nil
	}

	module, err := b.builder.Toolchain.ModuleDir(ctx, artifact.Crossplane())
	if err != nil {
		return err
	}

	if err := b.applyCrossplaneKinds(ctx, filepath.Join(module, "cluster", "crds")); err != nil {
		return err
	}

	chart, err := loader.LoadDir(filepath.Join(module, "cluster", "charts", "crossplane"))
	if err != nil {
		return errors.Wrap(err, "cannot load Crossplane's chart")
	}

	// The chart's sources carry a placeholder for the version.
	chart.Metadata.Version = artifact.CrossplaneVersion
	chart.Metadata.AppVersion = artifact.CrossplaneVersion

	if installed == nil {
		install := action.NewInstall(helm)
		install.ReleaseName, install.Namespace, install.CreateNamespace = crossplaneRelease, crossplaneNamespace, true
		_, err = install.RunWithContext(ctx, chart, crossplaneValues())

		return errors.Wrap(err, "cannot install Crossplane")
	}

	upgrade := action.NewUpgrade(helm)
	upgrade.Namespace = crossplaneNamespace
	_, err = upgrade.RunWithContext(ctx, crossplaneRelease, chart, crossplaneValues())

	return errors.Wrap(err, "cannot upgrade Crossplane")
}

// deployedRelease is the release of Crossplane, or nil when there is none. It
// removes the record of one that a killed run left unfinished, which Helm would
// take for one under way; what that run made is taken over later.
func deployedRelease(helm *action.Configuration) (*release.Release, error) {
	for {
		last, err := helm.Releases.Last(crossplaneRelease)
		if errors.Is(err, driver.ErrReleaseNotFound) {
			return nil, nil //nolint:nilnil // None is no error.
		}

		if err != nil {
			return nil, errors.Wrap(err, "cannot read the Helm release of Crossplane")
		}

		if last.Info.Status == release.StatusDeployed {
			return last, nil
		}

		if _, err := helm.Releases.Delete(last.Name, last.Version); err != nil {
			return nil, errors.Wrap(err, "cannot remove the unfinished Helm release of Crossplane")
		}
	}
}

// applyCrossplaneKinds applies Crossplane's own kinds, as its "core init" does
// again later: on a new API server that would fail the first time, for lack of
// kinds it has just applied.
func (b *bringUp) applyCrossplaneKinds(ctx context.Context, dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return errors.Wrap(err, "cannot list Crossplane's kinds")
	}

	group, ctx := errgroup.WithContext(ctx)

	for _, file := range files {
		group.Go(func() error { return b.applyFile(ctx, file) })
	}

	return group.Wait()
}

// awaitCrossplane waits until Crossplane and its RBAC manager are available.
func (b *bringUp) awaitCrossplane(ctx context.Context) error {
	return waitFor(ctx, crossplaneLimit, func(ctx context.Context) error {
		for _, name := range []string{"crossplane", "crossplane-rbac-manager"} {
			if err := deploymentAvailable(ctx, b.api, crossplaneNamespace, name); err != nil {
				return err
			}
		}

		return nil
	})
}

// deploymentAvailable reports, as an error, that a Deployment in its present
// form has unavailable replicas.
func deploymentAvailable(ctx context.Context, c client.Client, namespace, name string) error {
	d := &appsv1.Deployment{}
	if err := c.Get(ctx, client.ObjectKey{Namespace: namespace, Name: name}, d); err != nil {
		return errors.Wrapf(err, "cannot read Deployment %s", name)
	}

	wanted := ptr.Deref(d.Spec.Replicas, 1)
	status := d.Status

	if status.ObservedGeneration == d.GetGeneration() && status.UpdatedReplicas == wanted && status.AvailableReplicas == wanted && status.Replicas == wanted {
		return nil
	}

	return errors.Errorf("Deployment %s has %d of %d replicas available%s", name, status.AvailableReplicas, wanted, podTrouble(ctx, c, namespace, d.Spec.Selector.MatchLabels))
}

// podTrouble tells why pods do not run, as far as their containers' states say.
func podTrouble(ctx context.Context, c client.Client, namespace string, labels map[string]string) string {
	pods := &corev1.PodList{}
	if err := c.List(ctx, pods, client.InNamespace(namespace), client.MatchingLabels(labels)); err != nil {
		return ""
	}

	trouble := ""

	for _, pod := range pods.Items {
		for _, s := range append(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses...) {
			if w := s.State.Waiting; w != nil {
				trouble += fmt.Sprintf("; pod %s: %s %s", pod.GetName(), w.Reason, w.Message)
			}
		}
	}

	return trouble
}
