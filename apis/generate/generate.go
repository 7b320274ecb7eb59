package main

import (
	"bytes"
	"path/filepath"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"golang.org/x/tools/go/packages"
	"sigs.k8s.io/controller-tools/pkg/deepcopy"
	"sigs.k8s.io/controller-tools/pkg/genall"
)

// Generate returns the content of every generated file of the module in root,
// by path relative to root. It needs the go command.
func Generate(root string) (map[string][]byte, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, errors.Wrapf(err, "cannot resolve directory %q", root)
	}

	files := &files{root: root, content: map[string][]byte{}}

	copies, definitions := genall.Generator(deepcopy.Generator{}), genall.Generator(definitions{files: files})

	rt, err := genall.Generators{&copies, &definitions}.
		ForRootsWithConfig(&packages.Config{Dir: root}, "./apis/mattermost/...", "./"+serverDirectory, "./input/...")
	if err != nil {
		return nil, errors.Wrap(err, "cannot load the API packages")
	}

	problems := &bytes.Buffer{}
	rt.ErrorWriter = problems
	rt.OutputRules = genall.OutputRules{Default: files}

	if failed := rt.Run(); failed {
		return nil, errors.Errorf("cannot generate from the API packages: %s", problems)
	}

	if err := files.addMethodSets(serverDirectory); err != nil {
		return nil, errors.Wrap(err, "cannot generate the method sets of managed resources")
	}

	return files.content, nil
}
