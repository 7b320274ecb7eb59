package main

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/xpkg"
	"github.com/crossplane/crossplane-runtime/v2/pkg/xpkg/parser"
	"github.com/crossplane/crossplane-runtime/v2/pkg/xpkg/parser/examples"
	"github.com/crossplane/crossplane-runtime/v2/pkg/xpkg/parser/yaml"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/spf13/afero"
)

// crossplanePackage returns the package that the YAML files in dir describe, as
// one layer on top of base. It fails when Crossplane would not accept it.
func crossplanePackage(ctx context.Context, dir string, base v1.Image) (v1.Image, error) {
	manifests, err := yaml.New()
	if err != nil {
		return nil, errors.Wrap(err, "cannot make a parser of packages")
	}

	img, _, err := xpkg.New(
		parser.NewFsBackend(afero.NewOsFs(), parser.FsDir(dir),
			parser.FsFilters(parser.SkipDirs(), parser.SkipNotYAML(), parser.SkipEmpty())),
		// The packages carry no examples: an absent directory says so.
		parser.NewFsBackend(afero.NewMemMapFs(), parser.FsDir("none")),
		manifests,
		examples.New(),
	).Build(ctx, xpkg.WithBase(base))

	return img, errors.Wrapf(err, "cannot assemble %s", dir)
}
