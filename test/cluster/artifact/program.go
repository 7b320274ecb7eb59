package artifact

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// ToolVersion is what the image of the product's own tool is called, whatever source
// it is built from.
const ToolVersion = "v0.1.0"

// ToolProgram copies data of installations, and is run by Jobs.
const ToolProgram = "mattermost-dbtool"

// Source is everything that packages and programs may be built from: the repository
// but the tests, which are a module of their own, and what the go command
// leaves out as well.
func Source(repository string) ([]Input, error) {
	entries, err := os.ReadDir(repository)
	if err != nil {
		return nil, errors.Wrap(err, "cannot list the repository")
	}

	inputs := []Input{Text("go", runtime.Version())}

	for _, e := range entries {
		if e.Name() == "test" || strings.HasPrefix(e.Name(), ".") || strings.HasPrefix(e.Name(), "_") {
			continue
		}

		inputs = append(inputs, Text("entry", e.Name()), Tree(filepath.Join(repository, e.Name())))
	}

	return inputs, nil
}

// Program returns the static binary of the repository's folder cmd/name, compiled from
// its present source.
func (t Toolchain) Program(ctx context.Context, name string) (string, error) {
	repository := filepath.Join(t.Builds, "..", "..", "..")
	source, err := Source(repository)
	if err != nil {
		return "", err
	}
	dir, err := t.Store.Ensure(ctx, "program-"+name, source, func(ctx context.Context, dir string) error {
		return t.Step("compile "+name, func(ctx context.Context) error {
			build := command{dir: repository, env: []string{"CGO_ENABLED=0", "GOOS=linux", "GOARCH=" + runtime.GOARCH, "GOWORK=off"}}
			args := append([]string{"build", "-o", filepath.Join(dir, name)}, flags(GoBuild{Variables: []string{"main.version=" + ToolVersion}})...)
			_, err := build.run(ctx, "go", append(args, "./cmd/"+name)...)
			return err
		})
	})
	return filepath.Join(dir, name), err
}
