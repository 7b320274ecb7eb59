package main

import (
	"context"
	"maps"
	"os/exec"
	"slices"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/image"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/location"
)

// artifacts are the programs the cluster runs and the maker of its images.
type artifacts struct {
	repository string
	builder    image.Builder
	binaries   artifact.Binaries
	containerd string
}

// makeArtifacts installs and compiles what the cluster's processes need, unless
// it is there. The first time takes many minutes.
func makeArtifacts(ctx context.Context, p *progress) (*artifacts, error) {
	announce := func(name string, run func(context.Context) error) error { return p.during(ctx, name, run) }

	if err := artifact.InstallPackages(ctx, announce, artifact.HostPackages()...); err != nil {
		return nil, err
	}

	containerd, err := exec.LookPath(containerdName)
	if err != nil {
		return nil, errors.Wrap(err, "cannot find containerd")
	}

	repository, err := location.Repository()
	if err != nil {
		return nil, err
	}

	builds, err := artifact.FindBuilds(repository)
	if err != nil {
		return nil, err
	}

	store, err := artifact.Open("")
	if err != nil {
		return nil, err
	}

	tools := artifact.Toolchain{Store: store, Builds: builds, Step: announce}
	made := &artifacts{
		repository: repository,
		builder:    image.Builder{Toolchain: tools},
		binaries:   artifact.Binaries{},
		containerd: containerd,
	}

	for _, build := range []artifact.GoBuild{artifact.Etcd(), artifact.Kubernetes(), artifact.CoreDNS()} {
		binaries, err := tools.Build(ctx, build)
		if err != nil {
			return nil, err
		}

		maps.Copy(made.binaries, binaries)
	}

	return made, nil
}

// images are those of the demo, of further Mattermost versions, and further ones by
// their names.
func images(mattermost, further []string) ([]image.Image, error) {
	all, err := image.Demo()
	if err != nil {
		return nil, err
	}

	for _, version := range mattermost {
		wanted := image.Mattermost(version)
		if !slices.ContainsFunc(all, func(i image.Image) bool { return slices.Equal(i.Names, wanted.Names) }) {
			all = append(all, wanted)
		}
	}

	known := image.Further()

	for _, name := range further {
		wanted, ok := known[name]
		if !ok {
			return nil, errors.Errorf("cannot make image %s: known are %s", name, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
		}

		all = append(all, wanted)
	}

	return all, nil
}
