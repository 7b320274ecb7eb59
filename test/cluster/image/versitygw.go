package image

import (
	"context"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"
)

// VersityGW is an S3 server on port 7070 whose buckets are the directories
// below /data. The credentials of its administrator come from the environment
// variables ROOT_ACCESS_KEY and ROOT_SECRET_KEY.
func VersityGW() Image {
	return Image{
		Names:    []string{"test/versitygw:" + artifact.VersityGWVersion, "versity/versitygw:v" + artifact.VersityGWVersion},
		describe: describeVersityGW,
	}
}

func describeVersityGW(ctx context.Context, b Builder) (description, error) {
	nonroot := account{name: "nonroot", id: 65532, home: "/home/nonroot"}
	f := base(nonroot)
	if err := b.program(ctx, f, artifact.VersityGW(), "versitygw", "usr/local/bin/versitygw"); err != nil {
		return description{}, err
	}
	f.dir("data", modeDir, nonroot.owner())
	return description{
		layers: []layer{f},
		config: v1.Config{
			Entrypoint:   []string{"versitygw"},
			Cmd:          []string{"posix", "/data"},
			Env:          []string{searchPath},
			User:         nonroot.user(),
			ExposedPorts: map[string]struct{}{"7070/tcp": {}},
		},
	}, nil
}
