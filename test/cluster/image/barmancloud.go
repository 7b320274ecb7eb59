package image

import (
	"context"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"
)

const barmanCloud = "barman-cloud"

// BarmanCloud is the plugin of CloudNativePG that makes backups, beside the operator
// and beside each server. The manifest of its module has names of its own for both,
// whatever version it is.
func BarmanCloud() Image {
	return Image{
		Names: []string{
			cloudNativePG + "/plugin-barman-cloud-testing:main",
			cloudNativePG + "/plugin-barman-cloud-sidecar-testing:main",
		},
		describe: describeBarmanCloud,
	}
}

func describeBarmanCloud(ctx context.Context, b Builder) (description, error) {
	barman, err := b.debian(ctx, artifact.Barman())
	if err != nil {
		return description{}, err
	}
	f := files{}
	if err := b.program(ctx, f, artifact.BarmanCloud(), "manager", "manager"); err != nil {
		return description{}, err
	}
	return description{
		layers: []layer{barman.layer, f},
		config: v1.Config{
			// Where the manifest looks for it.
			Entrypoint: []string{"/manager"},
			Env:        []string{searchPath, "LANG=C.UTF-8"},
		},
	}, nil
}
