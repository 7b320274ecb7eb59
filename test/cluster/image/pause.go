package image

import (
	"context"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"
)

// PauseVersion is a tag of the sandbox image that reads like a version of the server. The
// image has no server.
const PauseVersion = "11.2.99"

// Pause is the sandbox image of the container runtime.
func Pause() Image {
	return Image{Names: []string{"test/pause:1", "test/pause:" + PauseVersion}, describe: describePause}
}

func describePause(ctx context.Context, b Builder) (description, error) {
	f := files{}
	if err := b.program(ctx, f, artifact.Pause(), "pause", "pause"); err != nil {
		return description{}, err
	}
	return description{
		layers: []layer{f},
		config: v1.Config{Entrypoint: []string{"/pause"}, User: "65535:65535"},
	}, nil
}

// program adds the binary of a build to f as the program at path.
func (b Builder) program(ctx context.Context, f files, build artifact.GoBuild, binary, path string) error {
	binaries, err := b.Toolchain.Build(ctx, build)
	if err != nil {
		return err
	}
	content, err := b.Toolchain.Store.Identify(binaries[binary])
	if err != nil {
		return err
	}
	f.copyAs(path, modeProgram, binaries[binary], content)
	return nil
}
