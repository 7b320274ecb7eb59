package main

import (
	"context"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	pkgv1 "github.com/crossplane/crossplane/apis/v2/pkg/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/image"
)

// contribRegistry is where the packages of others are published.
const contribRegistry = "xpkg.crossplane.io/"

// packagesOfOthers finds packages by their names.
func packagesOfOthers(names []string) ([]image.Package, error) {
	known := image.Packages()

	var wanted []image.Package

	for _, name := range names {
		i := slices.IndexFunc(known, func(p image.Package) bool { return p.Name == name })
		if i < 0 {
			return nil, errors.Errorf("cannot make package %s: known are %s", name, strings.Join(packageNames(known), ", "))
		}

		wanted = append(wanted, known[i])
	}

	return wanted, nil
}

func packageNames(packages []image.Package) []string {
	var names []string
	for _, p := range packages {
		names = append(names, p.Name)
	}

	return names
}

// installOthers installs the packages of others that are wanted. They were
// published with the images: a package is one.
func (b *bringUp) installOthers(ctx context.Context) error {
	if len(b.others) == 0 {
		return nil
	}

	if err := applyEventually(ctx, b.api, rewrite(contribRegistry, image.Contrib)); err != nil {
		return err
	}

	for _, p := range b.others {
		if err := b.installPackage(ctx, objectOf(p)); err != nil {
			return err
		}
	}

	return nil
}

// objectOf a package of others is what installs it.
func objectOf(p image.Package) pkgv1.Package {
	meta := metav1.ObjectMeta{Name: p.Name}
	source := contribRegistry + p.Names[0]

	if p.Kind == pkgv1.ProviderKind {
		provider := &pkgv1.Provider{ObjectMeta: meta}
		provider.Spec.Package = source

		return provider
	}

	function := &pkgv1.Function{ObjectMeta: meta}
	function.Spec.Package = source

	return function
}
