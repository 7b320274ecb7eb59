package image

import (
	"context"
	"fmt"
	"runtime"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"
)

const (
	cloudNativePG = "cloudnative-pg"
	// operandAccount is the user that the operator runs PostgreSQL as, and its group.
	operandAccount = 26
)

// CloudNativePG is the operator, and the program that it puts beside each server. It
// wants to find itself under two names.
func CloudNativePG() Image {
	return Image{Names: []string{cloudNativePG + "/cloudnative-pg:" + artifact.CloudNativePGVersion}, describe: describeCloudNativePG}
}

func describeCloudNativePG(ctx context.Context, b Builder) (description, error) {
	nonroot := account{name: "nonroot", id: 65532, home: "/home/nonroot"}
	f := base(nonroot)
	program := "operator/manager_" + runtime.GOARCH
	if err := b.program(ctx, f, artifact.CloudNativePG(), "manager", program); err != nil {
		return description{}, err
	}
	f.link("manager", program)
	return description{
		layers: []layer{f},
		config: v1.Config{Entrypoint: []string{"/manager"}, Env: []string{searchPath}, User: nonroot.user()},
	}, nil
}

// CloudNativePGServer is the PostgreSQL server that CloudNativePG runs, of the major
// version that this machine's Debian suite has, and whose tag tells the operator which
// one that is.
func CloudNativePGServer() (Image, error) {
	root, major, err := artifact.PostgreSQL()
	if err != nil {
		return Image{}, err
	}
	return Image{
		Names: []string{cloudNativePG + "/postgresql:" + major},
		describe: func(ctx context.Context, b Builder) (description, error) {
			return describeCloudNativePGServer(ctx, b, root, major)
		},
	}, nil
}

func describeCloudNativePGServer(ctx context.Context, b Builder, root artifact.RootFS, major string) (description, error) {
	server, err := b.debian(ctx, root)
	if err != nil {
		return description{}, err
	}
	f := files{}
	// The first account of a name counts.
	f.text("etc/passwd", modeFile, fmt.Sprintf("postgres:x:%d:%d::/var/lib/postgresql:/bin/bash\n%s", operandAccount, operandAccount, server.passwd))
	return description{
		layers: []layer{server.layer, f},
		config: v1.Config{
			Env:  []string{postgresPath(major), "LANG=C.UTF-8"},
			User: fmt.Sprintf("%d:%d", operandAccount, operandAccount),
		},
	}, nil
}
