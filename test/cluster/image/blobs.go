package image

import (
	"context"
	"io"
	"os"
	"path/filepath"

	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// blobs keeps a registry's blobs as files named after their digests. Unlike
// the library's own it does not read a blob to tell whether it is there: a file
// gets its name only when its content has been verified.
type blobs struct {
	dir string
}

// Get implements registry.BlobHandler.
func (b *blobs) Get(_ context.Context, _ string, h v1.Hash) (io.ReadCloser, error) {
	f, err := os.Open(b.path(h))
	if errors.Is(err, os.ErrNotExist) {
		return nil, registry.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Stat implements registry.BlobStatHandler.
func (b *blobs) Stat(_ context.Context, _ string, h v1.Hash) (int64, error) {
	info, err := os.Stat(b.path(h))
	if errors.Is(err, os.ErrNotExist) {
		return 0, registry.ErrNotFound
	}
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// Put implements registry.BlobPutHandler. The reader it is given fails when the
// content does not have the digest h.
func (b *blobs) Put(_ context.Context, _ string, h v1.Hash, content io.ReadCloser) error {
	f, err := os.CreateTemp(b.dir, ".incomplete-*")
	if err != nil {
		return err
	}
	_, err = io.Copy(f, content)
	if err := errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return os.Rename(f.Name(), b.path(h))
}

func (b *blobs) path(h v1.Hash) string {
	return filepath.Join(b.dir, filepath.Base(h.Algorithm+"-"+h.Hex))
}
