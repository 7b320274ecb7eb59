package image

import (
	"context"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"
)

// Crossplane is Crossplane's core as its chart runs it. The CustomResource-
// Definitions and webhook configurations that "core init" applies are included.
func Crossplane() Image {
	return Image{Names: []string{"crossplane/crossplane:" + artifact.CrossplaneVersion}, describe: describeCrossplane}
}

func describeCrossplane(ctx context.Context, b Builder) (description, error) {
	nonroot := account{name: "nonroot", id: 65532, home: "/home/nonroot"}
	f := base(nonroot)
	if err := b.program(ctx, f, artifact.Crossplane(), "crossplane", "usr/local/bin/crossplane"); err != nil {
		return description{}, err
	}
	module, err := b.Toolchain.ModuleDir(ctx, artifact.Crossplane())
	if err != nil {
		return description{}, err
	}
	for _, dir := range []string{"crds", "webhookconfigurations"} {
		if err := f.tree(dir, filepath.Join(module, "cluster", dir), "*.yaml"); err != nil {
			return description{}, errors.Wrapf(err, "cannot read Crossplane's %s", dir)
		}
	}
	return description{
		layers: []layer{f},
		config: v1.Config{
			Entrypoint:   []string{"crossplane"},
			Env:          []string{searchPath},
			User:         nonroot.user(),
			ExposedPorts: map[string]struct{}{"8080/tcp": {}},
			Labels:       map[string]string{"org.opencontainers.image.title": "crossplane"},
		},
	}, nil
}
