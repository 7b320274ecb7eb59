package image

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPackageManifests(t *testing.T) {
	cases := map[string]struct {
		reason string
		files  map[string]string
		want   string
		err    bool
	}{
		"Stream": {
			reason: "All manifests, those of folders too, are documents of one stream, and nothing else is.",
			files:  map[string]string{"crossplane.yaml": "---\nkind: Function\n", "input/resources.yaml": "kind: CustomResourceDefinition\n", "README.md": "#"},
			want:   "kind: Function\n\n---\nkind: CustomResourceDefinition\n",
		},
		"None": {
			reason: "A module without a package is none.",
			files:  map[string]string{"README.md": "#"},
			err:    true,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for path, content := range tc.files {
				path = filepath.Join(dir, path)
				if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			got, err := packageManifests(dir)
			if diff := cmp.Diff(tc.want, got); diff != "" || tc.err != (err != nil) {
				t.Errorf("%s\npackageManifests(...): error %v, -want, +got:\n%s", tc.reason, err, diff)
			}
		})
	}
}

func TestPackageLayers(t *testing.T) {
	program, content := files{}, files{}
	program.text("program", modeProgram, "")
	content.text("package.yaml", modeFile, "kind: Function\n")
	b, _ := builder(t)
	_, i, _ := build(t, b, Image{
		Names: []string{"test/package:1"},
		describe: func(context.Context, Builder) (description, error) {
			return description{layers: []layer{program, manifestLayer{content}}}, nil
		},
	})
	manifest, err := i.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range manifest.Layers {
		got = append(got, l.Annotations["io.crossplane.xpkg"])
	}
	if diff := cmp.Diff([]string{"", "base"}, got); diff != "" {
		t.Errorf("Crossplane reads the layer with the manifests.\nAnnotations of layers: -want, +got:\n%s", diff)
	}
}
