// Package image assembles the container images of the local cluster from
// artifacts, without a container engine, and serves and pushes images and
// Crossplane packages through an OCI registry on loopback. Nothing in it
// prints.
package image

import (
	"context"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// An Image is one that a Builder knows to assemble.
type Image struct {
	// Names are the references it is pushed under, <repository>:<tag>, without
	// a registry. Those of images that exist on Docker Hub are the same as
	// there, because the node's container runtime asks the loopback registry
	// for what belongs to docker.io.
	Names []string

	describe func(ctx context.Context, b Builder) (description, error)
}

// A Built image is complete on disk.
type Built struct {
	Image

	// Layout is the directory of the OCI image layout that holds it.
	Layout string
}

// A description is everything that determines an image.
type description struct {
	layers []layer
	config v1.Config
}

// Load returns the image for reading. Its layers are read from disk when they
// are needed.
func (b Built) Load() (v1.Image, error) {
	index, err := layout.ImageIndexFromPath(b.Layout)
	if err != nil {
		return nil, errors.Wrapf(err, "cannot open image %s", b.Names[0])
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		return nil, errors.Wrapf(err, "cannot read the index of image %s", b.Names[0])
	}
	if n := len(manifest.Manifests); n != 1 {
		return nil, errors.Errorf("cannot read image %s: its layout holds %d images", b.Names[0], n)
	}
	i, err := index.Image(manifest.Manifests[0].Digest)
	return i, errors.Wrapf(err, "cannot read image %s", b.Names[0])
}
