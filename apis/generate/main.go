// Command generate writes what is derived from the Go types of the APIs: deep
// copies, a CompositeResourceDefinition for each composite kind, a
// CustomResourceDefinition for each managed resource and for the function's input, and
// the method sets of managed resources.
package main

import (
	"os"
	"path/filepath"

	"github.com/alecthomas/kong"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

type flags struct {
	Root string `default:"." help:"Directory of the module to generate in."`
}

// Run writes every generated file of the module.
func (f *flags) Run() error {
	files, err := Generate(f.Root)
	if err != nil {
		return err
	}

	for path, content := range files {
		path = filepath.Join(f.Root, path)

		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			return errors.Wrap(err, "cannot make a directory for a generated file")
		}

		if err := os.WriteFile(path, content, 0o600); err != nil {
			return errors.Wrap(err, "cannot write a generated file")
		}
	}

	return nil
}

func main() {
	cli := kong.Parse(&flags{}, kong.Description("Generates what is derived from the API types."))
	cli.FatalIfErrorf(cli.Run())
}
