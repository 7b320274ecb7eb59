package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// compile returns a static Linux executable of ./cmd/<name> in the module at
// root. Nothing in it depends on where or when it is built.
func compile(ctx context.Context, root, name, arch, version string) (executable []byte, err error) {
	dir, err := os.MkdirTemp("", name)
	if err != nil {
		return nil, errors.Wrap(err, "cannot make a directory to compile in")
	}

	defer func() {
		err = errors.Join(err, errors.Wrap(os.RemoveAll(dir), "cannot remove the directory compiled in"))
	}()

	path := filepath.Join(dir, name)

	cmd := exec.CommandContext(ctx, "go", "build", //nolint:gosec // The arguments are this program's own.
		"-trimpath", "-buildvcs=false", "-ldflags", "-s -w -X main.version="+version, "-o", path, "./cmd/"+name)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch)

	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, errors.Wrapf(err, "cannot compile %s for %s: %s", name, arch, out)
	}

	executable, err = os.ReadFile(path) //nolint:gosec // The path is this function's own.

	return executable, errors.Wrapf(err, "cannot read compiled %s", name)
}
