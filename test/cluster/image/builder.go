package image

import (
	"context"
	"encoding/json"
	"runtime"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"
)

// A Builder makes images and keeps them in its toolchain's Store.
type Builder struct {
	Toolchain artifact.Toolchain
}

// Build returns the images in the order asked for. What is not in the Store is
// made, with everything it is made from, and announced to the toolchain's Step.
func (b Builder) Build(ctx context.Context, images ...Image) ([]Built, error) {
	out := make([]Built, 0, len(images))
	for _, i := range images {
		dir, err := b.build(ctx, i)
		if err != nil {
			return nil, errors.Wrapf(err, "cannot build image %s", i.Names[0])
		}
		out = append(out, Built{Image: i, Layout: dir})
	}
	return out, nil
}

func (b Builder) build(ctx context.Context, i Image) (string, error) {
	d, err := i.describe(ctx, b)
	if err != nil {
		return "", err
	}
	inputs, err := d.inputs()
	if err != nil {
		return "", err
	}
	name := "image-" + strings.NewReplacer("/", "-", ":", "-").Replace(i.Names[0])
	return b.Toolchain.Store.Ensure(ctx, name, inputs, func(_ context.Context, dir string) error {
		return b.Toolchain.Step("assemble "+i.Names[0], func(context.Context) error { return d.assemble(dir) })
	})
}

func (d description) inputs() ([]artifact.Input, error) {
	config, err := json.Marshal(d.config)
	if err != nil {
		return nil, err
	}
	in := []artifact.Input{artifact.Text("image", string(types.OCILayerZStd), runtime.GOARCH, string(config))}
	for _, l := range d.layers {
		in = append(append(in, artifact.Text("layer")), l.inputs()...)
	}
	return in, nil
}

// assemble writes the image as an OCI image layout into dir.
func (d description) assemble(dir string) error {
	i, err := d.image()
	if err != nil {
		return err
	}
	path, err := layout.Write(dir, empty.Index)
	if err != nil {
		return err
	}
	return path.AppendImage(i)
}

func (d description) image() (v1.Image, error) {
	layers := make([]mutate.Addendum, 0, len(d.layers))
	for _, l := range d.layers {
		c, err := compress(l)
		if err != nil {
			return nil, err
		}
		a := mutate.Addendum{Layer: c}
		if _, ok := l.(manifestLayer); ok {
			a.Annotations = map[string]string{packageAnnotation: packageContent}
		}
		layers = append(layers, a)
	}
	base := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	i, err := mutate.Append(base, layers...)
	if err != nil {
		return nil, err
	}
	config, err := i.ConfigFile()
	if err != nil {
		return nil, err
	}
	config = config.DeepCopy()
	config.OS, config.Architecture, config.Config = "linux", runtime.GOARCH, d.config
	return mutate.ConfigFile(i, config)
}
