package image

import (
	"context"
	"path"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"
)

const mattermostHome = "mattermost"

// Mattermost is the server in one of the versions that package artifact names,
// laid out like the published image but without the web client, which is no
// part of the server's module. Enterprise and team edition are the same image:
// the module holds nothing that tells them apart.
func Mattermost(version string) Image {
	return Image{
		Names: []string{
			"mattermost/mattermost-enterprise-edition:" + version,
			"mattermost/mattermost-team-edition:" + version,
		},
		describe: func(ctx context.Context, b Builder) (description, error) { return describeMattermost(ctx, b, version) },
	}
}

func describeMattermost(ctx context.Context, b Builder, version string) (description, error) {
	server := account{name: "mattermost", id: 2000, home: "/" + mattermostHome}
	f := base(server)
	build := artifact.Mattermost(version)
	if err := b.program(ctx, f, build, "mattermost", path.Join(mattermostHome, "bin/mattermost")); err != nil {
		return description{}, err
	}
	module, err := b.Toolchain.ModuleDir(ctx, build)
	if err != nil {
		return description{}, err
	}
	for _, dir := range []string{"i18n", "templates", "fonts"} {
		if err := f.tree(path.Join(mattermostHome, dir), filepath.Join(module, dir), "*"); err != nil {
			return description{}, errors.Wrapf(err, "cannot read the server's %s", dir)
		}
	}
	for _, dir := range []string{"config", "data", "logs", "plugins", "client/plugins"} {
		f.dir(path.Join(mattermostHome, dir), modeDir, server.owner())
	}
	return description{
		layers: []layer{f},
		config: v1.Config{
			Cmd:          []string{"mattermost"},
			Env:          []string{"PATH=/mattermost/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
			User:         server.user(),
			WorkingDir:   "/" + mattermostHome,
			ExposedPorts: map[string]struct{}{"8065/tcp": {}, "8067/tcp": {}, "8074/tcp": {}, "8074/udp": {}},
		},
	}, nil
}
