package main

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	apiextensionsv1 "github.com/crossplane/crossplane/apis/v2/apiextensions/v1"
	apiextensionsv2 "github.com/crossplane/crossplane/apis/v2/apiextensions/v2"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	pkgv1 "github.com/crossplane/crossplane/apis/v2/pkg/v1"
	pkgv1beta1 "github.com/crossplane/crossplane/apis/v2/pkg/v1beta1"
)

// kindsGroup is the API group of the kinds that the Configuration defines.
const kindsGroup = "mattermost.crossplane.io"

// packageLimit is how long one package, or its kinds, may take to be ready.
const packageLimit = 90 * time.Second

// installPackages installs this project's Configuration, with the permissions that
// a package may not carry, has Crossplane bring what it depends on, and waits until all
// their kinds are served.
func (b *bringUp) installPackages(ctx context.Context) error {
	if err := applyEventually(ctx, b.api, rewrite(publicRegistry, organisation)); err != nil {
		return err
	}

	if err := b.applyFile(ctx, filepath.Join(b.repository, "package", "rbac.yaml")); err != nil {
		return err
	}

	if err := b.installProvider(ctx); err != nil {
		return err
	}

	// Before its Configuration, which would be content with that of an earlier build:
	// Crossplane brings what is missing, and keeps what there is.
	switch present, err := b.present(ctx, b.functionPackage()); {
	case err != nil:
		return err
	case present:
		if err := b.installPackage(ctx, b.functionPackage()); err != nil {
			return err
		}
	}

	configuration := &pkgv1.Configuration{ObjectMeta: metav1.ObjectMeta{Name: b.configuration.name()}}
	configuration.Spec.Package = b.configuration.source()

	if err := b.installPackage(ctx, configuration); err != nil {
		return err
	}

	if err := b.awaitFunction(ctx); err != nil {
		return err
	}

	if err := waitFor(ctx, packageLimit, b.managedEstablished); err != nil {
		return err
	}

	return waitFor(ctx, packageLimit, b.kindsEstablished)
}

// functionPackage is the function as Crossplane names it, which brings it for the
// Configuration, in the version that was built with that.
func (b *bringUp) functionPackage() *pkgv1.Function {
	function := &pkgv1.Function{ObjectMeta: metav1.ObjectMeta{Name: b.function.name()}}
	function.Spec.Package = b.function.source()

	return function
}

// awaitFunction waits until the function that Crossplane has brought for the Configuration
// is the one that was built with it. Of several in the registry, which an interrupted run
// may leave, Crossplane takes the one with the highest number.
func (b *bringUp) awaitFunction(ctx context.Context) error {
	present, err := b.present(ctx, b.functionPackage())
	if err != nil {
		return err
	}

	if !present {
		return errors.Errorf("the Configuration is healthy without package %s", b.function.name())
	}

	return b.installPackage(ctx, b.functionPackage())
}

// present reports whether a package is installed, in whatever version.
func (b *bringUp) present(ctx context.Context, p pkgv1.Package) (bool, error) {
	found, _ := p.DeepCopyObject().(client.Object)
	err := b.api.Get(ctx, client.ObjectKeyFromObject(p), found)

	if apierrors.IsNotFound(err) {
		return false, nil
	}

	return err == nil, errors.Wrapf(err, "cannot read package %s", p.GetName())
}

// rewrite sends Crossplane to the cluster's own registry for an organisation's
// packages, whose manifests keep the names they are published under.
func rewrite(registry, organisation string) *pkgv1beta1.ImageConfig {
	return &pkgv1beta1.ImageConfig{
		ObjectMeta: metav1.ObjectMeta{Name: organisation},
		Spec: pkgv1beta1.ImageConfigSpec{
			MatchImages: []pkgv1beta1.ImageMatch{{Type: pkgv1beta1.Prefix, Prefix: registry + organisation}},
			RewriteImage: &pkgv1beta1.ImageRewrite{
				Prefix: net.JoinHostPort(bridgeAddress, registryPort) + "/" + organisation,
			},
		},
	}
}

// applyFile applies the objects in a file, and issues the certificates that it asks for.
func (b *bringUp) applyFile(ctx context.Context, path string) error {
	manifest, err := os.ReadFile(path) //nolint:gosec // A manifest of this project or of others' modules.
	if err != nil {
		return errors.Wrap(err, "cannot read a manifest")
	}

	objects, err := parseManifest(manifest)
	if err != nil {
		return errors.Wrap(err, path)
	}

	if objects, err = b.issueCertificates(ctx, objects); err != nil {
		return errors.Wrap(err, path)
	}

	for _, o := range objects {
		if err := apply(ctx, b.api, o); err != nil {
			return err
		}
	}

	return nil
}

// installPackage applies a package and waits until it is installed and healthy
// in that version.
func (b *bringUp) installPackage(ctx context.Context, p pkgv1.Package) error {
	source := p.GetSource()

	if err := applyEventually(ctx, b.api, p); err != nil {
		return err
	}

	err := waitFor(ctx, packageLimit, func(ctx context.Context) error {
		if err := b.api.Get(ctx, client.ObjectKeyFromObject(p), p); err != nil {
			return err
		}

		return packageHealthy(p, source)
	})

	return errors.Wrapf(withTrouble(ctx, b.api, p.GetName(), err), "cannot install package %s", source)
}

// packageHealthy reports, as an error, that a package is not healthy in the
// version that source names. Conditions of an earlier version do not count.
func packageHealthy(p pkgv1.Package, source string) error {
	if current := p.GetCurrentIdentifier(); current != source {
		return errors.Errorf("its present version is %q", current)
	}

	for _, kind := range []xpv2.ConditionType{pkgv1.TypeInstalled, pkgv1.TypeHealthy} {
		condition := p.GetCondition(kind)
		if condition.Status != corev1.ConditionTrue || condition.ObservedGeneration < p.GetGeneration() {
			return errors.Errorf("it is not %s: %s %s", kind, condition.Reason, condition.Message)
		}
	}

	return nil
}

// kindsEstablished reports, as an error, that a kind of the Configuration is not
// served yet.
func (b *bringUp) kindsEstablished(ctx context.Context) error {
	definitions := &apiextensionsv2.CompositeResourceDefinitionList{}
	if err := b.api.List(ctx, definitions); err != nil {
		return errors.Wrap(err, "cannot list definitions")
	}

	established := 0

	for _, d := range definitions.Items {
		if d.Spec.Group != kindsGroup {
			continue
		}

		condition := d.Status.GetCondition(apiextensionsv1.TypeEstablished)
		if condition.Status != corev1.ConditionTrue || condition.ObservedGeneration < d.GetGeneration() {
			err := errors.Errorf("%s is not established in its present form", d.GetName())

			return withTrouble(ctx, b.api, d.GetName(), err)
		}

		established++
	}

	if established == 0 {
		return errors.Errorf("no kind of group %s is defined", kindsGroup)
	}

	return nil
}
