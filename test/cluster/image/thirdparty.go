package image

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	pkgv1 "github.com/crossplane/crossplane/apis/v2/pkg/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"
)

// Contrib is the organisation that publishes the packages of others.
const Contrib = "crossplane-contrib"

// packageContent is the annotation's value for the layer with a package's
// manifests.
const packageContent = "base"

// A Package is a Crossplane package of others: an image of the program that it
// runs, with one more layer that tells Crossplane what it is.
type Package struct {
	Image

	// Name of the package, and of the object that installs it.
	Name string
	// Kind of that object: Function or Provider.
	Kind string
}

// Packages are those that can be made.
func Packages() []Package {
	return []Package{
		thirdParty(pkgv1.FunctionKind, artifact.FunctionPatchAndTransform(), artifact.PatchAndTransformVersion),
		thirdParty(pkgv1.ProviderKind, artifact.ProviderSQL(), artifact.ProviderSQLVersion),
	}
}

// thirdParty is a package whose Go module has its program and, in the folder
// "package", its manifests.
func thirdParty(kind string, build artifact.GoBuild, version string) Package {
	return Package{
		Image: Image{
			Names:    []string{Contrib + "/" + build.Name + ":" + version},
			describe: func(ctx context.Context, b Builder) (description, error) { return describePackage(ctx, b, build) },
		},
		Name: build.Name,
		Kind: kind,
	}
}

func describePackage(ctx context.Context, b Builder, build artifact.GoBuild) (description, error) {
	nonroot := account{name: "nonroot", id: 65532, home: "/home/nonroot"}
	f := base(nonroot)
	program := build.Binaries[0]
	if err := b.program(ctx, f, build, program, "usr/local/bin/"+program); err != nil {
		return description{}, err
	}
	module, err := b.Toolchain.ModuleDir(ctx, build)
	if err != nil {
		return description{}, err
	}
	manifests, err := packageManifests(filepath.Join(module, "package"))
	if err != nil {
		return description{}, err
	}
	content := files{}
	content.text("package.yaml", modeFile, manifests)
	return description{
		layers: []layer{f, manifestLayer{content}},
		config: v1.Config{Entrypoint: []string{program}, Env: []string{searchPath}, User: nonroot.user()},
	}, nil
}

// packageManifests is one YAML stream of the files below dir.
func packageManifests(dir string) (string, error) {
	var documents []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".yaml" {
			return err
		}
		document, err := os.ReadFile(path) //nolint:gosec // A manifest of a Go module that go.sum vouches for.
		documents = append(documents, strings.TrimPrefix(string(document), "---\n"))
		return err
	})
	if err == nil && len(documents) == 0 {
		err = errors.Errorf("no manifest in %s", dir)
	}
	return strings.Join(documents, "\n---\n"), errors.Wrap(err, "cannot read the package's manifests")
}

// manifestLayer is the layer of a package that Crossplane reads.
type manifestLayer struct{ files }

func (m manifestLayer) inputs() []artifact.Input {
	return append(m.files.inputs(), artifact.Text("annotation", packageAnnotation, packageContent))
}
