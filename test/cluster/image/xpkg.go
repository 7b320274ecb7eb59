package image

import (
	"context"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// packageAnnotation is the layer annotation that tells Crossplane which layer of
// a package image holds what, and the prefix of the label that says the same.
const packageAnnotation = "io.crossplane.xpkg"

// PushPackage pushes a package to the registry at the given host:port over
// plain HTTP as repository:tag, and returns its digest (sha256:...). The files
// are image tarballs such as .xpkg files, one per platform; several become an
// image index. An image that is no Crossplane package is pushed as it is.
func PushPackage(ctx context.Context, registry, repository, tag string, files ...string) (string, error) {
	ref, err := reference(registry, repository+":"+tag)
	if err != nil {
		return "", err
	}
	images := make([]v1.Image, 0, len(files))
	for _, f := range files {
		i, err := readPackage(f)
		if err != nil {
			return "", errors.Wrapf(err, "cannot read package %s", f)
		}
		images = append(images, i)
	}
	switch len(images) {
	case 0:
		return "", errors.Errorf("cannot push package %s: no file given", ref)
	case 1:
		return push(images[0], remote.Write(ref, images[0], remote.WithContext(ctx)))
	}
	index, err := packageIndex(images)
	if err != nil {
		return "", errors.Wrapf(err, "cannot index package %s", ref)
	}
	return push(index, remote.WriteIndex(ref, index, remote.WithContext(ctx)))
}

// push returns the digest of what has been pushed with the result err.
func push(what interface{ Digest() (v1.Hash, error) }, err error) (string, error) {
	if err != nil {
		return "", errors.Wrap(err, "cannot push package")
	}
	digest, err := what.Digest()
	return digest.String(), errors.Wrap(err, "cannot compute digest of package")
}

// readPackage opens a tarball. A tarball cannot carry layer annotations: a
// package file keeps them as labels <annotation>:<layer digest> until now.
func readPackage(path string) (v1.Image, error) {
	i, err := tarball.ImageFromPath(path, nil)
	if err != nil {
		return nil, err
	}
	config, err := i.ConfigFile()
	if err != nil {
		return nil, err
	}
	layers, err := i.Layers()
	if err != nil {
		return nil, err
	}
	annotated := make([]mutate.Addendum, 0, len(layers))
	for _, l := range layers {
		digest, err := l.Digest()
		if err != nil {
			return nil, err
		}
		a := mutate.Addendum{Layer: l}
		if content, ok := config.Config.Labels[packageAnnotation+":"+digest.String()]; ok {
			a.Annotations = map[string]string{packageAnnotation: content}
		}
		annotated = append(annotated, a)
	}
	i, err = mutate.Append(empty.Image, annotated...)
	if err != nil {
		return nil, err
	}
	return mutate.ConfigFile(i, config)
}

func packageIndex(images []v1.Image) (v1.ImageIndex, error) {
	entries := make([]mutate.IndexAddendum, 0, len(images))
	for _, i := range images {
		config, err := i.ConfigFile()
		if err != nil {
			return nil, err
		}
		mediaType, err := i.MediaType()
		if err != nil {
			return nil, err
		}
		entries = append(entries, mutate.IndexAddendum{
			Add:        i,
			Descriptor: v1.Descriptor{MediaType: mediaType, Platform: config.Platform()},
		})
	}
	return mutate.AppendManifests(mutate.IndexMediaType(empty.Index, types.OCIImageIndex), entries...), nil
}
