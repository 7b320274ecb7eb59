package main

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/image"
)

// operatorLimit is how long an operator may take to start: it makes the certificates
// of its webhooks first.
const operatorLimit = 2 * time.Minute

// operatorsOfOthers finds operators by their names, each after the one that it needs.
func operatorsOfOthers(names []string) ([]image.Operator, error) {
	known, err := image.Operators()
	if err != nil {
		return nil, err
	}

	return chosenOperators(known, names)
}

// chosenOperators are those of the names, and what they need. The known are in the order
// of what they need.
func chosenOperators(known []image.Operator, names []string) ([]image.Operator, error) {
	for _, name := range names {
		if !slices.Contains(operatorNames(known), name) {
			return nil, errors.Errorf("cannot make operator %s: known are %s", name, strings.Join(operatorNames(known), ", "))
		}
	}

	var wanted []image.Operator

	needed := slices.Clone(names)

	for _, o := range slices.Backward(known) {
		if slices.Contains(needed, o.Name) {
			wanted = append(wanted, o)
			needed = append(needed, o.Needs)
		}
	}

	slices.Reverse(wanted)

	return wanted, nil
}

func operatorNames(operators []image.Operator) []string {
	var names []string
	for _, o := range operators {
		names = append(names, o.Name)
	}

	return names
}

// installOperators runs the operators that are wanted, as their own manifests do, and
// lets Crossplane compose their kinds.
func (b *bringUp) installOperators(ctx context.Context) error {
	for _, o := range b.operators {
		module, err := b.builder.Toolchain.ModuleDir(ctx, o.Build)
		if err != nil {
			return err
		}

		for _, file := range []string{filepath.Join(module, o.Manifest), filepath.Join(b.repository, o.Role)} {
			if err := b.applyFile(ctx, file); err != nil {
				return err
			}
		}

		err = waitFor(ctx, operatorLimit, func(ctx context.Context) error {
			return deploymentAvailable(ctx, b.api, o.Namespace, o.Deployment)
		})
		if err != nil {
			return errors.Wrapf(err, "cannot run operator %s", o.Name)
		}
	}

	return nil
}
