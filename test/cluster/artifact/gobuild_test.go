package artifact

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// greeter is a module without dependencies: it compiles without a network.
func greeter(t *testing.T) (Toolchain, GoBuild, *[]string) {
	t.Helper()
	builds := t.TempDir()
	sources := map[string]string{
		"go.mod":        "module example.org/greeter\n\ngo 1.24\n",
		"hello/main.go": "package main\n\nvar greeting string\n\nfunc main() { print(greeting) }\n",
		"bye/main.go":   "package main\n\nfunc main() {}\n",
	}
	for name, content := range sources {
		path := filepath.Join(builds, "greeter", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	steps := &[]string{}
	step := func(name string, run func(ctx context.Context) error) error {
		*steps = append(*steps, name)
		return run(t.Context())
	}
	b := GoBuild{
		Name:      "greeter",
		Packages:  []string{"example.org/greeter/hello"},
		Variables: []string{"main.greeting=moin"},
		Binaries:  []string{"renamed"},
	}
	return Toolchain{Store: open(t), Builds: builds, Step: step}, b, steps
}

func TestBuild(t *testing.T) {
	tools, b, steps := greeter(t)
	for range 2 {
		binaries, err := tools.Build(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		// print writes to standard error, which a successful command discards.
		out, err := command{}.run(t.Context(), "sh", "-c", binaries["renamed"]+" 2>&1")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff("moin", out); diff != "" {
			t.Errorf("The binary's output: -want, +got:\n%s", diff)
		}
	}
	if diff := cmp.Diff([]string{"compile greeter"}, *steps); diff != "" {
		t.Errorf("Steps of building twice: -want, +got:\n%s", diff)
	}
}

func TestBuildSeveral(t *testing.T) {
	tools, b, _ := greeter(t)
	b.Packages = append(b.Packages, "example.org/greeter/bye")
	b.Binaries = []string{"hello", "bye"}
	binaries, err := tools.Build(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range b.Binaries {
		if !exists(binaries[name]) {
			t.Errorf("Build(...) of several packages: %s is missing", name)
		}
	}
}

func TestBuildNamesNobodyMakes(t *testing.T) {
	tools, b, _ := greeter(t)
	b.Packages = append(b.Packages, "example.org/greeter/bye")
	b.Binaries = []string{"hello", "ciao"}
	if _, err := tools.Build(t.Context(), b); err == nil {
		t.Error("Build(...) that does not yield what it names: want an error, got none")
	}
}

func TestModuleDir(t *testing.T) {
	tools, b, _ := greeter(t)
	got, err := tools.ModuleDir(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(filepath.Join(tools.Builds, "greeter"), got); diff != "" {
		t.Errorf("ModuleDir(...): -want, +got:\n%s", diff)
	}
}

func TestBuildInputs(t *testing.T) {
	cases := map[string]struct {
		reason string
		change func(tools *Toolchain, b *GoBuild) error
	}{
		"Variables": {
			reason: "What is linked in determines a binary.",
			change: func(_ *Toolchain, b *GoBuild) error { b.Variables = nil; return nil },
		},
		"Packages": {
			reason: "What is compiled determines a binary.",
			change: func(_ *Toolchain, b *GoBuild) error { b.Packages = []string{"./bye"}; return nil },
		},
		"Requirements": {
			reason: "The versions in go.mod determine a binary.",
			change: func(tools *Toolchain, b *GoBuild) error {
				return os.WriteFile(filepath.Join(tools.Builds, b.Name, "go.mod"), []byte("module example.org/greeter\n\ngo 1.25\n"), 0o600)
			},
		},
		"Sources": {
			reason: "The sources in the folder determine a binary.",
			change: func(tools *Toolchain, b *GoBuild) error {
				return os.WriteFile(filepath.Join(tools.Builds, b.Name, "hello", "extra.go"), []byte("package main\n"), 0o600)
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			tools, b, _ := greeter(t)
			key := func() string {
				in, err := tools.inputs(t.Context(), b)
				if err != nil {
					t.Fatal(err)
				}
				k, err := digest(in)
				if err != nil {
					t.Fatal(err)
				}
				return k
			}
			before := key()
			if again := key(); again != before {
				t.Fatalf("%s\nThe key of unchanged inputs changes: %s, then %s", tc.reason, before, again)
			}
			if err := tc.change(&tools, &b); err != nil {
				t.Fatal(err)
			}
			if key() == before {
				t.Errorf("%s\nThe key is the same after the change", tc.reason)
			}
		})
	}
}

func TestFindBuilds(t *testing.T) {
	root := t.TempDir()
	builds := filepath.Join(root, "test", "cluster", "builds")
	deep := filepath.Join(root, "test", "e2e", "deep")
	for _, dir := range []string{builds, deep} {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			t.Fatal(err)
		}
	}
	cases := map[string]struct {
		reason string
		from   string
		want   string
		ok     bool
	}{
		"Root":    {reason: "From the repository's root.", from: root, want: builds, ok: true},
		"Below":   {reason: "From anywhere below it.", from: deep, want: builds, ok: true},
		"Nowhere": {reason: "Elsewhere there is nothing to find.", from: filepath.Dir(root)},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := FindBuilds(tc.from)
			if diff := cmp.Diff(tc.ok, err == nil); diff != "" {
				t.Errorf("%s\nFindBuilds(...): -want success, +got success:\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\nFindBuilds(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
