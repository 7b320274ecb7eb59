package image

import (
	"io"
	"os"
	"path/filepath"

	"github.com/google/go-containerregistry/pkg/compression"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"
)

// A layer is a tar archive that can be written again and again with the same
// bytes, which its inputs determine.
type layer interface {
	inputs() []artifact.Input
	write(w io.Writer) error
}

// An archive is a layer that is ready as a file.
type archive struct {
	path    string
	content artifact.Input
}

func (a archive) inputs() []artifact.Input {
	return []artifact.Input{a.content}
}

func (a archive) write(w io.Writer) error {
	f, err := os.Open(filepath.Clean(a.path))
	if err != nil {
		return err
	}
	defer f.Close() //nolint:errcheck // Only read from.
	_, err = io.Copy(w, f)
	return err
}

// compress turns a layer into what an image consists of. The fastest level of
// zstd: these layers travel over loopback only, and are unpacked more often
// than they are packed.
func compress(l layer) (v1.Layer, error) {
	return tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		r, w := io.Pipe()
		go func() { _ = w.CloseWithError(l.write(w)) }()
		return r, nil
	}, tarball.WithCompression(compression.ZStd), tarball.WithCompressionLevel(1), tarball.WithMediaType(types.OCILayerZStd))
}
