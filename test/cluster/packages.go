package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/image"
)

const (
	// publicRegistry is where the packages' manifests say that packages are.
	publicRegistry = "ghcr.io/"
	organisation   = "crossplane-mattermost"
	// packageSeries begins the version of every package built here. The series
	// satisfies the Configuration's dependencies; a pre-release would not.
	packageSeries = "v0.1."
)

// xpkg is one of this project's packages, built from its present source.
type xpkg struct {
	repository string
	file       string
	tag        string
}

// source is what spec.package says.
func (x xpkg) source() string { return publicRegistry + x.repository + ":" + x.tag }

// name is what Crossplane would call the package as a dependency of another.
func (x xpkg) name() string { return strings.ReplaceAll(x.repository, "/", "-") }

// buildPackages builds this project's packages for this machine, unless that was
// done for the same source already, and gives each a version that stands for its
// content.
func (b *bringUp) buildPackages(ctx context.Context) error {
	source, err := artifact.Source(b.repository)
	if err != nil {
		return err
	}

	dir, err := b.builder.Toolchain.Store.Ensure(ctx, "packages", source, func(ctx context.Context, dir string) error {
		build := exec.CommandContext(ctx, "go", "run", "./package/build", "--output", dir, "--arch", runtime.GOARCH) //nolint:gosec // Runs this project's own program.
		build.Dir = b.repository

		out, err := build.CombinedOutput()

		return errors.Wrapf(err, "cannot build the packages: %s", out)
	})
	if err != nil {
		return err
	}

	for _, p := range []struct {
		x    *xpkg
		name string
		file string
	}{
		{&b.function, "function-mattermost", "function-mattermost_" + runtime.GOARCH},
		{&b.configuration, "configuration-mattermost", "configuration-mattermost"},
		{&b.provider, "provider-mattermost", "provider-mattermost_" + runtime.GOARCH},
	} {
		*p.x = xpkg{repository: organisation + "/" + p.name, file: filepath.Join(dir, p.file+".xpkg")}

		if p.x.tag, err = contentVersion(p.x.file); err != nil {
			return err
		}
	}

	return nil
}

// contentVersion is a version whose last number is made from the digest of the
// file: another content is another version, and any is an ordinary release to
// those who compare versions.
func contentVersion(path string) (string, error) {
	file, err := os.Open(path) //nolint:gosec // A package that was just built.
	if err != nil {
		return "", errors.Wrap(err, "cannot read a package")
	}
	defer file.Close() //nolint:errcheck // It is only read.

	digest := sha256.New()
	if _, err := io.Copy(digest, file); err != nil {
		return "", errors.Wrap(err, "cannot read a package")
	}

	// 48 bits: exact even for a reader that keeps numbers as floats.
	number := binary.BigEndian.Uint64(digest.Sum(nil)) >> 16

	return fmt.Sprintf("%s%d", packageSeries, number), nil
}

// pushPackages publishes those packages that the registry does not have.
func (b *bringUp) pushPackages(ctx context.Context) error {
	for _, x := range []xpkg{b.function, b.configuration, b.provider} {
		ref, err := name.NewTag(registryAddress+"/"+x.repository+":"+x.tag, name.Insecure)
		if err != nil {
			return errors.Wrap(err, "cannot name a package")
		}

		if _, err := remote.Head(ref, remote.WithContext(ctx)); err == nil {
			continue
		}

		if _, err := image.PushPackage(ctx, registryAddress, x.repository, x.tag, x.file); err != nil {
			return err
		}
	}

	return nil
}
