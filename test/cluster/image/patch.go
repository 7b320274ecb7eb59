package image

import (
	"archive/tar"
	"context"
	"io"
	"path"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// Patch pushes the image from to the registry at the given host:port under another name,
// with one of its programs changed. Both names are <repository>:<tag>, without a registry;
// that of the program is its path without the first slash.
func Patch(ctx context.Context, registry, from, to, program string, change func([]byte) ([]byte, error)) error {
	source, err := reference(registry, from)
	if err != nil {
		return err
	}
	target, err := reference(registry, to)
	if err != nil {
		return err
	}
	i, err := remote.Image(source, remote.WithContext(ctx))
	if err != nil {
		return errors.Wrapf(err, "cannot pull image %s", from)
	}
	if i, err = patched(i, program, change); err != nil {
		return errors.Wrapf(err, "cannot patch image %s", from)
	}
	return errors.Wrapf(remote.Write(target, i, remote.WithContext(ctx)), "cannot push image %s", to)
}

// patched is an image with a layer on top that has the program as it is changed.
func patched(i v1.Image, program string, change func([]byte) ([]byte, error)) (v1.Image, error) {
	content, err := contentOf(i, program)
	if err != nil {
		return nil, err
	}
	if content, err = change(content); err != nil {
		return nil, errors.Wrapf(err, "cannot change %s", program)
	}
	f := files{}
	f.text(program, modeProgram, string(content))
	top, err := compress(f)
	if err != nil {
		return nil, errors.Wrap(err, "cannot make a layer")
	}
	return mutate.AppendLayers(i, top)
}

// contentOf a file of an image.
func contentOf(i v1.Image, file string) ([]byte, error) {
	flat := mutate.Extract(i)
	defer flat.Close() //nolint:errcheck // Only read from.
	r := tar.NewReader(flat)
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil, errors.Errorf("it has no file %s", file)
		}
		if err != nil {
			return nil, errors.Wrap(err, "cannot read its layers")
		}
		if path.Clean(h.Name) == file {
			content, err := io.ReadAll(r)
			return content, errors.Wrapf(err, "cannot read %s", file)
		}
	}
}
