package image

import (
	"context"
	"os"
	"path/filepath"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"
)

// A debian is a root file system of Debian packages, as a layer, and its accounts.
type debian struct {
	layer  layer
	passwd string
}

func (b Builder) debian(ctx context.Context, root artifact.RootFS) (debian, error) {
	made, err := artifact.Debootstrap(ctx, b.Toolchain.Store, b.Toolchain.Step, root)
	if err != nil {
		return debian{}, err
	}
	content, err := b.Toolchain.Store.Identify(made.Tarball)
	if err != nil {
		return debian{}, err
	}
	passwd, err := os.ReadFile(filepath.Clean(made.Passwd))
	if err != nil {
		return debian{}, errors.Wrap(err, "cannot read the image's accounts")
	}
	return debian{layer: archive{path: made.Tarball, content: content}, passwd: string(passwd)}, nil
}
