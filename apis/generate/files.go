package main

import (
	"bytes"
	"io"
	"path/filepath"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"sigs.k8s.io/controller-tools/pkg/loader"
)

// files collects generated files instead of writing them.
type files struct {
	root    string
	content map[string][]byte
}

// Open returns a writer of a file next to the sources of pkg.
func (f *files) Open(pkg *loader.Package, name string) (io.WriteCloser, error) {
	if pkg == nil || len(pkg.CompiledGoFiles) == 0 {
		return nil, errors.Errorf("cannot place generated file %q: it belongs to no package", name)
	}

	dir, err := filepath.Rel(f.root, filepath.Dir(pkg.CompiledGoFiles[0]))
	if err != nil {
		return nil, errors.Wrapf(err, "cannot place generated file %q", name)
	}

	return &file{files: f, path: filepath.Join(dir, name)}, nil
}

type file struct {
	bytes.Buffer

	files *files
	path  string
}

// Close keeps what was written.
func (f *file) Close() error {
	f.files.content[f.path] = f.Bytes()
	return nil
}
