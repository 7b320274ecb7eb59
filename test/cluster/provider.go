package main

import (
	"context"
	"os"
	"path/filepath"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	apiextensionsv1alpha1 "github.com/crossplane/crossplane/apis/v2/apiextensions/v1alpha1"
	pkgv1 "github.com/crossplane/crossplane/apis/v2/pkg/v1"
	pkgv1beta1 "github.com/crossplane/crossplane/apis/v2/pkg/v1beta1"
)

// managedGroup is the API group of the provider's kinds.
const managedGroup = "mattermost.m.crossplane.io"

// installProvider, running as its example says, before the Configuration that would bring
// it: Crossplane would let it run as by default, and a revision that is replaced while it
// is made keeps its kinds.
func (b *bringUp) installProvider(ctx context.Context) error {
	config, err := runtimeConfig(filepath.Join(b.repository, "examples", "provider", "deploymentruntimeconfig.yaml"))
	if err != nil {
		return err
	}

	if err := applyEventually(ctx, b.api, config); err != nil {
		return err
	}

	provider := &pkgv1.Provider{ObjectMeta: metav1.ObjectMeta{Name: b.provider.name()}}
	provider.Spec.Package = b.provider.source()
	provider.Spec.RuntimeConfigReference = &pkgv1.RuntimeConfigReference{Name: config.GetName()}

	return b.installPackage(ctx, provider)
}

// runtimeConfig reads how the provider runs, and has it say everything: no secret may be
// in that, which tests look for.
func runtimeConfig(path string) (*pkgv1beta1.DeploymentRuntimeConfig, error) {
	manifest, err := os.ReadFile(path) //nolint:gosec // An example of this project.
	if err != nil {
		return nil, errors.Wrap(err, "cannot read the runtime configuration")
	}

	config := &pkgv1beta1.DeploymentRuntimeConfig{}
	if err := yaml.UnmarshalStrict(manifest, config); err != nil {
		return nil, errors.Wrap(err, "cannot parse the runtime configuration")
	}

	containers := config.Spec.DeploymentTemplate.Spec.Template.Spec.Containers
	if len(containers) != 1 {
		return nil, errors.Errorf("cannot have the provider debugged: its runtime configuration has %d containers", len(containers))
	}

	containers[0].Args = append(containers[0].Args, "--debug")

	return config, nil
}

// managedEstablished reports, as an error, that a kind of the provider is not served yet.
func (b *bringUp) managedEstablished(ctx context.Context) error {
	definitions := &apiextensionsv1alpha1.ManagedResourceDefinitionList{}
	if err := b.api.List(ctx, definitions); err != nil {
		return errors.Wrap(err, "cannot list definitions")
	}

	established := 0

	for _, d := range definitions.Items {
		if d.Spec.Group != managedGroup {
			continue
		}

		if condition := d.Status.GetCondition(apiextensionsv1alpha1.TypeEstablished); condition.Status != corev1.ConditionTrue {
			return withTrouble(ctx, b.api, d.GetName(), errors.Errorf("%s is not established: %s", d.GetName(), condition.Message))
		}

		established++
	}

	if established == 0 {
		return errors.Errorf("no kind of group %s is defined", managedGroup)
	}

	return nil
}
