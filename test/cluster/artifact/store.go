// Package artifact makes what the local cluster consists of (binaries compiled
// from Go modules, Debian packages and root file systems) and keeps every
// result in a cache whose entries are named after what determines their
// content. Nothing in it prints: whatever takes long is announced to a Step.
package artifact

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// A Step runs a long piece of work under a name that is fit to be shown to the
// user, and returns the error of that work.
type Step func(name string, run func(ctx context.Context) error) error

// A Store is a directory of results, one directory <name>-<key> each, where
// the key is the digest of the result's inputs. Several processes may use the
// same Store at once.
type Store struct {
	root string
}

// DefaultRoot is where a Store lives unless the user says otherwise:
// crossplane-mattermost/artifacts in $XDG_CACHE_HOME, or in ~/.cache.
func DefaultRoot() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", errors.Wrap(err, "cannot find the user's cache directory")
	}
	return filepath.Join(cache, "crossplane-mattermost", "artifacts"), nil
}

// Open returns the Store in the directory root, which is created when missing.
// An empty root means DefaultRoot.
func Open(root string) (*Store, error) {
	if root == "" {
		d, err := DefaultRoot()
		if err != nil {
			return nil, err
		}
		root = d
	}
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, errors.Wrap(err, "cannot resolve artifact store")
	}
	if err := os.MkdirAll(root, 0o750); err != nil {
		return nil, errors.Wrap(err, "cannot create artifact store")
	}
	return &Store{root: root}, nil
}

// Ensure returns the directory that holds the result name for these inputs. If
// there is none yet, build is called with an empty directory to fill. The
// result appears under its final path only when build succeeded; an error or
// an interruption leaves no result. Results of the same name for other inputs
// are removed after a successful build.
func (s *Store) Ensure(ctx context.Context, name string, inputs []Input, build func(ctx context.Context, dir string) error) (string, error) {
	key, err := digest(inputs)
	if err != nil {
		return "", errors.Wrapf(err, "cannot compute the key of artifact %s", name)
	}
	path := filepath.Join(s.root, name+"-"+key)
	if exists(path) {
		return path, nil
	}

	unlock, err := lock(ctx, filepath.Join(s.root, "."+name+".lock"))
	if err != nil {
		return "", errors.Wrapf(err, "cannot lock artifact %s", name)
	}
	defer unlock()
	// Another process may have built it while this one waited for the lock.
	if exists(path) {
		return path, nil
	}
	return path, errors.Wrapf(s.fill(ctx, name, path, build), "cannot make artifact %s", name)
}

// fill builds into a hidden sibling of path and renames it when it is complete.
// The caller holds the lock of name.
func (s *Store) fill(ctx context.Context, name, path string, build func(ctx context.Context, dir string) error) error {
	// Whoever left an unfinished directory is gone, or it would hold the lock.
	if err := s.remove(unfinished(name)); err != nil {
		return err
	}
	dir := filepath.Join(s.root, "."+filepath.Base(path))
	if err := os.Mkdir(dir, 0o750); err != nil {
		return err
	}
	if err := build(ctx, dir); err != nil {
		return errors.Join(err, os.RemoveAll(dir))
	}
	// What is there now is older: the new result has not been renamed yet.
	if err := s.remove(finished(name)); err != nil {
		return err
	}
	return os.Rename(dir, path)
}

// Entries are told from those of a longer name ("a" and "a-b") by the fixed
// length of the key.
func finished(name string) *regexp.Regexp {
	return regexp.MustCompile("^" + regexp.QuoteMeta(name) + "-[0-9a-f]{16}$")
}

func unfinished(name string) *regexp.Regexp {
	return regexp.MustCompile(`^\.` + regexp.QuoteMeta(name) + "-[0-9a-f]{16}$")
}

func (s *Store) remove(entries *regexp.Regexp) error {
	all, err := os.ReadDir(s.root)
	if err != nil {
		return err
	}
	for _, e := range all {
		if !entries.MatchString(e.Name()) {
			continue
		}
		if err := os.RemoveAll(filepath.Join(s.root, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// Identify returns an Input that stands for the content of a file or directory
// of the Store without reading it: its path there already carries a digest.
func (s *Store) Identify(path string) (Input, error) {
	rel, err := filepath.Rel(s.root, path)
	if err != nil || rel == ".." || strings.HasPrefix(rel, "../") {
		return nil, errors.Errorf("cannot identify %s: it is not in the artifact store", path)
	}
	return Text("artifact", rel), nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
