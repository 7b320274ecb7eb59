package main

import (
	"go/build"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// generatedPrefix begins the name of every generated Go file.
const generatedPrefix = "zz_generated."

// addMethodSets adds the methods of managed resources, with which Crossplane's
// reconcilers know them, for the package in dir. What the tool finds written down it
// does not write, so that it is given a copy of the module without them.
func (f *files) addMethodSets(dir string) (err error) {
	root, err := os.MkdirTemp("", "methodsets")
	if err != nil {
		return errors.Wrap(err, "cannot make a directory")
	}

	defer func() {
		err = errors.Join(err, errors.Wrap(os.RemoveAll(root), "cannot remove a directory"))
	}()

	if err := f.copyPackage(root, dir); err != nil {
		return err
	}

	path := filepath.Join(root, "angryjet")
	if err := run(f.root, "build", "-modfile="+filepath.Join(f.root, "tools/angryjet/go.mod"), "-o", path, "github.com/crossplane/crossplane-tools/cmd/angryjet"); err != nil {
		return err
	}

	cmd := exec.Command(path, "generate-methodsets", "./"+dir) //nolint:gosec,noctx // The arguments are this program's own, and it ends by itself.
	cmd.Dir = root

	if out, err := cmd.CombinedOutput(); err != nil {
		return errors.Wrapf(err, "cannot run angryjet: %s", out)
	}

	paths, err := filepath.Glob(filepath.Join(root, dir, generatedPrefix+"*"))
	if err != nil {
		return errors.Wrap(err, "cannot find what angryjet generated")
	}

	for _, path := range paths {
		content, err := os.ReadFile(path) //nolint:gosec // The path is this function's own.
		if err != nil {
			return errors.Wrap(err, "cannot read what angryjet generated")
		}

		f.content[filepath.Join(dir, filepath.Base(path))] = content
	}

	return nil
}

// copyPackage copies the module's requirements and the package in dir to root, with
// its freshly generated files and without those that were generated before.
func (f *files) copyPackage(root, dir string) error {
	pkg, err := build.ImportDir(filepath.Join(f.root, dir), 0)
	if err != nil {
		return errors.Wrapf(err, "cannot list the files of %s", dir)
	}

	content := map[string][]byte{}
	paths := []string{"go.mod", "go.sum"}

	for _, name := range pkg.GoFiles {
		if !strings.HasPrefix(name, generatedPrefix) {
			paths = append(paths, filepath.Join(dir, name))
		}
	}

	for _, path := range paths {
		if content[path], err = os.ReadFile(filepath.Join(f.root, path)); err != nil { //nolint:gosec // A path of this repository.
			return errors.Wrapf(err, "cannot read %s", path)
		}
	}

	for path, generated := range f.content {
		if filepath.Dir(path) == dir {
			content[path] = generated
		}
	}

	if err := os.MkdirAll(filepath.Join(root, dir), 0o750); err != nil {
		return errors.Wrap(err, "cannot make a directory")
	}

	for path, c := range content {
		if err := os.WriteFile(filepath.Join(root, path), c, 0o600); err != nil {
			return errors.Wrapf(err, "cannot copy %s", path)
		}
	}

	return nil
}

// run the go command in dir.
func run(dir string, args ...string) error {
	cmd := exec.Command("go", args...) //nolint:gosec,noctx // The arguments are this program's own, and it ends by itself.
	cmd.Dir = dir

	out, err := cmd.CombinedOutput()

	return errors.Wrapf(err, "cannot run go %s: %s", strings.Join(args, " "), out)
}
