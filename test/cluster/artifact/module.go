package artifact

import (
	"context"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// ModuleDir returns the directory of the module that the packages of b come
// from, in the version that b compiles, and downloads it when it is missing.
// Crossplane's chart and Mattermost's translations are read from there.
func (t Toolchain) ModuleDir(ctx context.Context, b GoBuild) (string, error) {
	// Unlike "go list -m", listing a package downloads its module; -find leaves
	// the package's own dependencies alone.
	out, err := t.command(b).run(ctx, "go", "list", "-mod=readonly", "-find", "-f", "{{.Module.Dir}}", b.Packages[0])
	if err != nil {
		return "", errors.Wrapf(err, "cannot find the module of %s", b.Name)
	}
	return strings.TrimSpace(out), nil
}
