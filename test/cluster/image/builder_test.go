package image

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"
)

// builder returns one with a Store of its own, and the names of its steps.
func builder(t *testing.T) (Builder, *[]string) {
	t.Helper()
	store, err := artifact.Open(filepath.Join(t.TempDir(), "store"))
	if err != nil {
		t.Fatal(err)
	}
	steps := &[]string{}
	step := func(name string, run func(ctx context.Context) error) error {
		*steps = append(*steps, name)
		return run(t.Context())
	}
	return Builder{Toolchain: artifact.Toolchain{Store: store, Step: step}}, steps
}

// sample describes an image of two layers, one of them with this content.
func sample(content string) Image {
	return Image{
		Names: []string{"test/sample:1", "test/alias:1"},
		describe: func(context.Context, Builder) (description, error) {
			a, b := files{}, files{}
			a.text("greeting", modeFile, content)
			b.dir("tmp", fs.ModeSticky|0o777, owner{})
			return description{layers: []layer{a, b}, config: v1.Config{Cmd: []string{"/greeting"}, User: "1:2"}}, nil
		},
	}
}

// build returns the digest of i as b builds it.
func build(t *testing.T, b Builder, i Image) (Built, v1.Image, v1.Hash) {
	t.Helper()
	built, err := b.Build(t.Context(), i)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := built[0].Load()
	if err != nil {
		t.Fatal(err)
	}
	digest, err := loaded.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return built[0], loaded, digest
}

func TestBuildIsDeterministic(t *testing.T) {
	one, _ := builder(t)
	two, _ := builder(t)
	_, _, a := build(t, one, sample("moin"))
	_, _, b := build(t, two, sample("moin"))
	_, _, c := build(t, two, sample("servus"))
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("Digests of the same image from different stores: -first, +second:\n%s", diff)
	}
	if a == c {
		t.Errorf("Images of different content have the same digest %s", a)
	}
}

func TestBuildIsCached(t *testing.T) {
	b, steps := builder(t)
	build(t, b, sample("moin"))
	build(t, b, sample("moin"))
	if diff := cmp.Diff([]string{"assemble test/sample:1"}, *steps); diff != "" {
		t.Errorf("Steps of building twice: -want, +got:\n%s", diff)
	}
}

func TestBuildConfig(t *testing.T) {
	b, _ := builder(t)
	_, i, _ := build(t, b, sample("moin"))
	config, err := i.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	got := []any{config.OS, config.Config.Cmd, config.Config.User, len(config.RootFS.DiffIDs)}
	if diff := cmp.Diff([]any{"linux", []string{"/greeting"}, "1:2", 2}, got); diff != "" {
		t.Errorf("The image's configuration: -want, +got:\n%s", diff)
	}
}

func TestDescriptionInputs(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
	describe := func() description {
		f := files{}
		f.text("text", modeFile, "before")
		f.copy("copy", modeFile, file)
		f.dir("dir", modeDir, owner{uid: 1})
		return description{layers: []layer{f}, config: v1.Config{User: "1"}}
	}
	cases := map[string]struct {
		reason string
		change func(d *description, f files) error
	}{
		"Config":  {reason: "The configuration is part of an image.", change: func(d *description, _ files) error { d.config.User = "2"; return nil }},
		"Text":    {reason: "So is a file's content.", change: func(_ *description, f files) error { f.text("text", modeFile, "after"); return nil }},
		"Mode":    {reason: "So is a file's mode.", change: func(_ *description, f files) error { f.text("text", modeProgram, "before"); return nil }},
		"Owner":   {reason: "So is the owner.", change: func(_ *description, f files) error { f.dir("dir", modeDir, owner{uid: 2}); return nil }},
		"Renamed": {reason: "So is a name.", change: func(_ *description, f files) error { f["other"] = f["text"]; delete(f, "text"); return nil }},
		"Copied":  {reason: "So is what is copied.", change: func(_ *description, _ files) error { return os.WriteFile(file, []byte("after"), 0o600) }},
		"Layers":  {reason: "So is the division into layers.", change: func(d *description, _ files) error { d.layers = append(d.layers, files{}); return nil }},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			b, steps := builder(t)
			d := describe()
			i := Image{Names: []string{"test/sample:1"}, describe: func(context.Context, Builder) (description, error) { return d, nil }}
			build(t, b, i)
			if err := tc.change(&d, d.layers[0].(files)); err != nil { //nolint:forcetypeassert // Made above.
				t.Fatal(err)
			}
			build(t, b, i)
			if got := len(*steps); got != 2 {
				t.Errorf("%s\nBuild(...) after the change: want it assembled anew, got %d steps", tc.reason, got)
			}
		})
	}
}
