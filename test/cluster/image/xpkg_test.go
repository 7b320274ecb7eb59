package image

import (
	"bytes"
	"io"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	imagename "github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// packageFile writes a package for an architecture the way packages are kept in
// files: the role of its layer is a label.
func packageFile(t *testing.T, architecture string) string {
	t.Helper()
	f := files{}
	f.text("package.yaml", modeFile, "kind: Function\n")
	var content bytes.Buffer
	if err := f.write(&content); err != nil {
		t.Fatal(err)
	}
	l, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(content.Bytes())), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	digest, err := l.Digest()
	if err != nil {
		t.Fatal(err)
	}
	i, err := mutate.AppendLayers(empty.Image, l)
	if err != nil {
		t.Fatal(err)
	}
	config, err := i.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	config = config.DeepCopy()
	config.OS, config.Architecture = "linux", architecture
	config.Config.Labels = map[string]string{packageAnnotation + ":" + digest.String(): "base"}
	i, err = mutate.ConfigFile(i, config)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), architecture+".xpkg")
	ref, err := imagename.NewTag("test/package:1")
	if err != nil {
		t.Fatal(err)
	}
	if err := tarball.WriteToFile(path, ref, i); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPushPackage(t *testing.T) {
	cases := map[string]struct {
		reason        string
		architectures []string
		want          []string
	}{
		"One":     {reason: "One file is pushed as an image.", architectures: []string{"amd64"}, want: []string{"amd64"}},
		"Several": {reason: "Several files are pushed as an index that names their platforms.", architectures: []string{"amd64", "arm64"}, want: []string{"amd64", "arm64"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			address, _ := registryAt(t, t.TempDir())
			paths := []string{}
			for _, a := range tc.architectures {
				paths = append(paths, packageFile(t, a))
			}
			digest, err := PushPackage(t.Context(), address, "test/package", "v1", paths...)
			if err != nil {
				t.Fatal(err)
			}
			ref, err := reference(address, "test/package:v1")
			if err != nil {
				t.Fatal(err)
			}
			pulled, err := remote.Get(ref)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(digest, pulled.Digest.String()); diff != "" {
				t.Errorf("%s\nDigest: -returned, +pulled:\n%s", tc.reason, diff)
			}
			for _, architecture := range tc.want {
				checkPackage(t, tc.reason, ref, architecture)
			}
		})
	}
}

// checkPackage expects that the package at ref for an architecture is found, is
// for that architecture, and has one layer that says what it is.
func checkPackage(t *testing.T, reason string, ref imagename.Reference, architecture string) {
	t.Helper()
	i, err := remote.Image(ref, remote.WithPlatform(v1.Platform{OS: "linux", Architecture: architecture}))
	if err != nil {
		t.Fatal(err)
	}
	config, err := i.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(architecture, config.Architecture); diff != "" {
		t.Errorf("%s\nArchitecture: -want, +got:\n%s", reason, diff)
	}
	manifest, err := i.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	got := []map[string]string{}
	for _, l := range manifest.Layers {
		got = append(got, l.Annotations)
	}
	if diff := cmp.Diff([]map[string]string{{"io.crossplane.xpkg": "base"}}, got); diff != "" {
		t.Errorf("%s\nLayer annotations: -want, +got:\n%s", reason, diff)
	}
}

func TestPushPackageWithoutFiles(t *testing.T) {
	if digest, err := PushPackage(t.Context(), "127.0.0.1:1", "test/package", "v1"); err == nil {
		t.Errorf("PushPackage(...) without files: want an error, got digest %s", digest)
	}
}
