// Command build makes the product's Crossplane packages: for each architecture
// one of the function and one of the provider with its runtime, and the configuration.
// The same sources give the same digests. It needs the go command and no container engine.
package main

import (
	"context"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

type flags struct {
	Root    string `default:"." help:"Directory of the module to build."`
	Output  string `default:"_output/packages" help:"Directory to write the packages to."`
	Version string `default:"v0.1.0" help:"Version that the binaries report."`
}

// Run builds every package.
func (f *flags) Run(ctx context.Context) error {
	if err := os.MkdirAll(f.Output, 0o750); err != nil {
		return errors.Wrap(err, "cannot make the output directory")
	}

	for _, p := range []packaged{function(), provider()} {
		for _, arch := range []string{"amd64", "arm64"} {
			binary, err := compile(ctx, f.Root, p.command, arch, f.Version)
			if err != nil {
				return err
			}

			runtime, err := runtimeImage(p, arch, binary)
			if err != nil {
				return errors.Wrapf(err, "cannot assemble the %s's image for %s", p.kind, arch)
			}

			if err := f.write(ctx, p.kind, p.command+"_"+arch, runtime); err != nil {
				return err
			}
		}
	}

	if err := f.write(ctx, "configuration", "configuration-mattermost", empty.Image); err != nil {
		return err
	}

	return f.write(ctx, "configuration-claims", "configuration-mattermost-claims", empty.Image)
}

func function() packaged {
	return packaged{kind: "function", command: "function-mattermost", ports: []string{"9443/tcp", "8080/tcp"}}
}

func provider() packaged {
	return packaged{kind: "provider", command: "provider-mattermost", ports: []string{"8080/tcp"}}
}

// write builds the package described in folder package/<kind> on top of base.
func (f *flags) write(ctx context.Context, kind, name string, base v1.Image) error {
	img, err := crossplanePackage(ctx, filepath.Join(f.Root, "package", kind), base)
	if err != nil {
		return errors.Wrapf(err, "cannot build package %s", name)
	}

	path := filepath.Join(f.Output, name+".xpkg")

	return errors.Wrapf(tarball.WriteToFile(path, nil, img), "cannot write %s", path)
}

func main() {
	f := &flags{}
	cli := kong.Parse(f, kong.Description("Builds the product's Crossplane packages."))

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	err := f.Run(ctx)

	stop()
	cli.FatalIfErrorf(err)
}
