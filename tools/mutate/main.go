// Command mutate changes the code of packages, one small thing at a time, and fails when the tests
// of a package notice too few of the changes. It needs gremlins, which it builds.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"

	"github.com/alecthomas/kong"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

const (
	gremlins = "github.com/go-gremlins/gremlins/cmd/gremlins"
	// least is the share of mutants that tests must notice, in percent. Mutants that no test
	// reaches count as unnoticed.
	least = 85.0
)

type command struct {
	Packages []string `arg:"" help:"Folders of packages, such as function/compose."`
}

func main() {
	c := &command{}
	k := kong.Parse(c, kong.Name("mutate"), kong.Description("Changes the code of packages and says which changes their tests do not notice."))
	k.FatalIfErrorf(c.run(context.Background()))
}

func (c *command) run(ctx context.Context) error {
	folder, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return errors.Wrap(err, "cannot create a folder")
	}
	defer func() { _ = os.RemoveAll(folder) }()
	m, err := prepare(ctx, folder)
	if err != nil {
		return err
	}
	var failed []error
	for i, name := range c.Packages {
		file := filepath.Join(folder, fmt.Sprintf("report-%d.json", i))
		if err := m.mutate(ctx, name, file); err != nil {
			return errors.Wrapf(err, "cannot mutate %s", name)
		}
		failed = append(failed, judge(name, file))
	}
	return errors.Join(failed...)
}

// mutator runs gremlins.
type mutator struct {
	// program is gremlins.
	program string
	// env of the program, in which another command stands in for go.
	env []string
}

// prepare a folder with what is run.
func prepare(ctx context.Context, folder string) (mutator, error) {
	m := mutator{program: filepath.Join(folder, "gremlins")}
	if err := execute(ctx, nil, "go", "build", "-modfile=tools/gremlins/go.mod", "-o", m.program, gremlins); err != nil {
		return m, errors.Wrap(err, "cannot build gremlins")
	}
	command, err := exec.LookPath("go")
	if err != nil {
		return m, errors.Wrap(err, "cannot find the command go")
	}
	standIn, err := filepath.Abs(filepath.Join("tools", "mutate", "go.sh"))
	if err != nil {
		return m, errors.Wrap(err, "cannot find what stands in for the command go")
	}
	if err := os.Symlink(standIn, filepath.Join(folder, "go")); err != nil {
		return m, errors.Wrap(err, "cannot link what stands in for the command go")
	}
	m.env = []string{"MUTATE_GO=" + command, "PATH=" + folder + string(os.PathListSeparator) + os.Getenv("PATH")}
	return m, nil
}

// mutate a package, print what its tests do not notice, and report to a file.
func (m mutator) mutate(ctx context.Context, name, file string) error {
	flags, err := flagsOf(name)
	if err != nil {
		return err
	}
	return execute(ctx, append(slices.Clone(m.env), "MUTATE_FLAGS="+flags),
		m.program, "unleash", "--output-statuses", "lct", "--timeout-coefficient", "10", "--output", file, "./"+filepath.ToSlash(filepath.Clean(name)))
}

// flagsOf the tests of a package: few checks of its properties, if it has any.
func flagsOf(name string) (string, error) {
	files, err := filepath.Glob(filepath.Join(name, "*_test.go"))
	if err != nil {
		return "", errors.Wrap(err, "cannot list tests")
	}
	for _, file := range files {
		text, err := os.ReadFile(file) //nolint:gosec // A file of this repository.
		if err != nil {
			return "", errors.Wrap(err, "cannot read a test")
		}
		if bytes.Contains(text, []byte(`"pgregory.net/rapid"`)) {
			return "-rapid.checks=20", nil
		}
	}
	return "", nil
}

func execute(ctx context.Context, env []string, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...) //nolint:gosec // A program of this repository's developers.
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return errors.Wrapf(cmd.Run(), "cannot run %s", name)
}

// report of gremlins, as far as it is read.
type report struct {
	Files []struct {
		Mutations []struct {
			Status string `json:"status"`
		} `json:"mutations"`
	} `json:"files"`
}

// judge the report on a package.
func judge(name, file string) error {
	text, err := os.ReadFile(file) //nolint:gosec // A file of this program.
	if err != nil {
		return errors.Wrap(err, "cannot read the report")
	}
	r := report{}
	if err := json.Unmarshal(text, &r); err != nil {
		return errors.Wrap(err, "cannot parse the report")
	}
	killed, all := count(r)
	if all == 0 {
		return errors.Errorf("cannot judge %s: it has no mutants", name)
	}
	share := 100 * float64(killed) / float64(all)
	fmt.Printf("%s: tests notice %d of %d mutants, %.1f %%\n", name, killed, all, share)
	if share < least {
		return errors.Errorf("%s: tests notice %.1f %% of the mutants, and must notice %.0f %%", name, share, least)
	}
	return nil
}

// count mutants that tests notice, and all that compile. A test that does not end notices one, too.
func count(r report) (killed, all int) {
	for _, f := range r.Files {
		for _, m := range f.Mutations {
			switch m.Status {
			case "KILLED", "TIMED OUT":
				killed++
				all++
			case "LIVED", "NOT COVERED":
				all++
			}
		}
	}
	return killed, all
}
