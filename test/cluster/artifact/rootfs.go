package artifact

import (
	"bufio"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// A RootFS describes a root file system of Debian packages, of the same suite
// and from the same mirror as this machine.
type RootFS struct {
	// Name of the artifact, unique among root file systems.
	Name string
	// Packages beyond Debian's minimal base.
	Packages []string
	// Unwanted are patterns (path.Match, relative to the root) of what to
	// leave out besides documentation, caches and machine specific files.
	Unwanted []string
}

// A RootFSArtifact is where a root file system is kept.
type RootFSArtifact struct {
	// Tarball holds the uncompressed, sorted content, without timestamps.
	Tarball string
	// Passwd is its /etc/passwd.
	Passwd string
}

// unwanted is what no container needs or what would carry this machine's
// identity into an image.
var unwanted = []string{ //nolint:gochecknoglobals // A constant list.
	"boot/*", "dev/*", "run/*", "tmp/*", "debootstrap",
	"etc/hostname", "etc/resolv.conf", "etc/machine-id", "etc/*-", "etc/ssl/private/*", "etc/ssl/certs/ssl-cert-snakeoil.pem",
	"usr/share/doc/*", "usr/share/i18n/*", "usr/share/info/*", "usr/share/locale/*", "usr/share/man/*", "usr/share/lintian",
	"var/cache/*", "var/lib/apt/lists/*", "var/lib/dpkg/*-old", "var/log/*",
}

// Debootstrap returns the root file system r and makes it if it is not in the
// Store. It needs root, the Debian package debootstrap and a reachable mirror.
func Debootstrap(ctx context.Context, store *Store, step Step, r RootFS) (RootFSArtifact, error) {
	suite, err := HostSuite()
	if err != nil {
		return RootFSArtifact{}, err
	}
	inputs := []Input{
		Text("debian", suite, runtime.GOARCH),
		Text("packages", r.Packages...),
		Text("unwanted", append(r.Unwanted, unwanted...)...),
	}
	dir, err := store.Ensure(ctx, "rootfs-"+r.Name, inputs, func(ctx context.Context, dir string) error {
		return step("debootstrap "+r.Name, func(ctx context.Context) error { return r.make(ctx, suite, dir) })
	})
	if err != nil {
		return RootFSArtifact{}, err
	}
	return RootFSArtifact{Tarball: filepath.Join(dir, "rootfs.tar"), Passwd: filepath.Join(dir, "passwd")}, nil
}

// make leaves rootfs.tar and passwd in dir.
func (r RootFS) make(ctx context.Context, suite, dir string) error {
	mirror, err := mirror(ctx, suite)
	if err != nil {
		return err
	}
	root := filepath.Join(dir, "root")
	// debootstrap mounts file systems below root; in a mount namespace of its
	// own they can neither outlive it nor be hit when root is deleted.
	isolated := command{mounts: true, env: []string{"DEBIAN_FRONTEND=noninteractive", "DPKG_FORCE=unsafe-io"}}
	if _, err := isolated.run(ctx, "debootstrap", "--variant=minbase", "--include="+strings.Join(r.Packages, ","), suite, root, mirror); err != nil {
		return err
	}
	if err := trim(root, append(r.Unwanted, unwanted...)); err != nil {
		return errors.Wrap(err, "cannot trim root file system")
	}
	passwd, err := os.ReadFile(filepath.Join(root, "etc", "passwd")) //nolint:gosec // Made by debootstrap just now.
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "passwd"), passwd, 0o600); err != nil { //nolint:gosec // The store made the directory.
		return err
	}
	if _, err := (command{}).run(ctx, "tar", "--create", "--file", filepath.Join(dir, "rootfs.tar"), "--directory", root,
		"--sort=name", "--mtime=@0", "--numeric-owner", "--format=gnu", "."); err != nil {
		return err
	}
	return os.RemoveAll(root)
}

// trim deletes what matches the patterns. It never leaves dir, whatever
// symbolic links there are: those of a root file system are absolute.
func trim(dir string, patterns []string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close() //nolint:errcheck // Only a directory handle.
	for _, pattern := range patterns {
		names, err := fs.Glob(root.FS(), pattern)
		if err != nil {
			return errors.Wrapf(err, "pattern %s", pattern)
		}
		for _, name := range names {
			if err := root.RemoveAll(name); err != nil {
				return err
			}
		}
	}
	return nil
}

// mirror returns the address this machine's apt gets the suite from.
func mirror(ctx context.Context, suite string) (string, error) {
	out, err := command{}.run(ctx, "apt-get", "indextargets", "--format", "$(CODENAME) $(COMPONENT) $(REPO_URI)", "Identifier: Packages")
	if err != nil {
		return "", errors.Wrap(err, "cannot list package sources")
	}
	lines := bufio.NewScanner(strings.NewReader(out))
	for lines.Scan() {
		if uri, ok := strings.CutPrefix(lines.Text(), suite+" main "); ok {
			return uri, nil
		}
	}
	return "", errors.Errorf("cannot find a package source for main of %s", suite)
}
