package image

import (
	"context"
	"fmt"
	"io/fs"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"
)

// DBTool is the product's tool of the repository's present source, with the client
// programs that it runs. Nothing in it has to be writable but what Jobs mount: /tmp and
// a scratch directory.
func DBTool() Image {
	return Image{
		Names:    []string{"crossplane-mattermost/" + artifact.ToolProgram + ":" + artifact.ToolVersion},
		describe: describeDBTool,
	}
}

func describeDBTool(ctx context.Context, b Builder) (description, error) {
	clients, err := b.debian(ctx, artifact.DatabaseClients())
	if err != nil {
		return description{}, err
	}
	program, err := b.Toolchain.Program(ctx, artifact.ToolProgram)
	if err != nil {
		return description{}, err
	}
	content, err := b.Toolchain.Store.Identify(program)
	if err != nil {
		return description{}, err
	}

	_, major, err := artifact.PostgreSQL()
	if err != nil {
		return description{}, err
	}

	nonroot := account{name: "nonroot", id: 65532, home: "/tmp"}
	f := files{}
	f.text("etc/passwd", modeFile, fmt.Sprintf("%s%s:x:%d:%d::%s:/usr/sbin/nologin\n", clients.passwd, nonroot.name, nonroot.id, nonroot.id, nonroot.home))
	f.copyAs("usr/local/bin/"+artifact.ToolProgram, modeProgram, program, content)
	f.dir("tmp", fs.ModeSticky|0o777, owner{})
	return description{
		layers: []layer{clients.layer, f},
		config: v1.Config{
			Entrypoint: []string{artifact.ToolProgram},
			// The programs themselves, not Debian's wrappers.
			Env:  []string{fmt.Sprintf("PATH=/usr/lib/postgresql/%s/bin:/usr/local/bin:/usr/bin:/bin", major), "LANG=C.UTF-8"},
			User: nonroot.user(),
		},
	}, nil
}
