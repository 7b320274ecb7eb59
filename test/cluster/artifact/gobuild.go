package artifact

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// A GoBuild describes binaries compiled by one invocation of the go tool.
type GoBuild struct {
	// Name of the folder below Toolchain.Builds whose go.mod and go.sum say
	// which versions are compiled.
	Name string
	// Packages to compile, as import paths or relative to that folder.
	Packages []string
	// Variables set at link time, as importpath.name=value.
	Variables []string
	// Binaries the build yields. With several packages these have to be the
	// last elements of their paths, as the go tool names them.
	Binaries []string
}

// Binaries maps the name of a binary to its absolute path.
type Binaries map[string]string

// A Toolchain compiles GoBuilds into a Store.
type Toolchain struct {
	Store *Store
	// Builds is the directory that holds one folder per GoBuild.
	Builds string
	// Step announces a compilation; a build that is cached announces nothing.
	Step Step
}

// FindBuilds returns the folder test/cluster/builds of the repository that the
// directory from is in.
func FindBuilds(from string) (string, error) {
	dir, err := filepath.Abs(from)
	if err != nil {
		return "", errors.Wrap(err, "cannot resolve directory")
	}
	for {
		builds := filepath.Join(dir, "test", "cluster", "builds")
		if exists(builds) {
			return builds, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.Errorf("cannot find test/cluster/builds above %s", from)
		}
		dir = filepath.Dir(dir)
	}
}

// Build returns the static, stripped binaries of b for this machine's
// architecture and compiles them if they are not in the Store.
func (t Toolchain) Build(ctx context.Context, b GoBuild) (Binaries, error) {
	inputs, err := t.inputs(ctx, b)
	if err != nil {
		return nil, errors.Wrapf(err, "cannot prepare build %s", b.Name)
	}
	dir, err := t.Store.Ensure(ctx, "go-"+b.Name, inputs, func(ctx context.Context, dir string) error {
		return t.Step("compile "+b.Name, func(ctx context.Context) error { return t.compile(ctx, b, dir) })
	})
	if err != nil {
		return nil, err
	}
	out := Binaries{}
	for _, name := range b.Binaries {
		out[name] = filepath.Join(dir, name)
	}
	return out, nil
}

func (t Toolchain) inputs(ctx context.Context, b GoBuild) ([]Input, error) {
	// Not runtime.Version: go.mod may select another toolchain.
	version, err := t.command(b).run(ctx, "go", "env", "GOVERSION")
	if err != nil {
		return nil, err
	}
	return []Input{
		Text("go", strings.TrimSpace(version), runtime.GOARCH),
		Text("flags", flags(b)...),
		Text("packages", b.Packages...),
		Text("binaries", b.Binaries...),
		Tree(filepath.Join(t.Builds, b.Name)),
	}, nil
}

func (t Toolchain) compile(ctx context.Context, b GoBuild, dir string) error {
	// A directory makes the go tool name the binaries itself; a file is for a
	// package whose path does not end in the binary's name.
	target := dir + string(filepath.Separator)
	if len(b.Packages) == 1 {
		target = filepath.Join(dir, b.Binaries[0])
	}
	args := append([]string{"build", "-o", target}, flags(b)...)
	if _, err := t.command(b).run(ctx, "go", append(args, b.Packages...)...); err != nil {
		return err
	}
	for _, name := range b.Binaries {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return errors.Wrap(err, "cannot find what the build should yield")
		}
	}
	return nil
}

func (t Toolchain) command(b GoBuild) command {
	env := []string{
		"CGO_ENABLED=0",
		"GOOS=linux",
		"GOARCH=" + runtime.GOARCH,
		"GOWORK=off",
		"GONOSUMDB=" + strings.Trim(os.Getenv("GONOSUMDB")+","+unsummed, ","),
	}
	return command{dir: filepath.Join(t.Builds, b.Name), env: env}
}

func flags(b GoBuild) []string {
	link := []string{"-s", "-w"}
	for _, v := range b.Variables {
		link = append(link, "-X", v)
	}
	return []string{"-mod=readonly", "-buildvcs=false", "-trimpath", "-ldflags=" + strings.Join(link, " ")}
}
