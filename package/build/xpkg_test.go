package main

import (
	"archive/tar"
	"bytes"
	"context"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"github.com/Masterminds/semver/v3"
	"github.com/crossplane/crossplane-runtime/v2/pkg/xpkg"
	"github.com/crossplane/crossplane-runtime/v2/pkg/xpkg/parser"
	"github.com/crossplane/crossplane-runtime/v2/pkg/xpkg/parser/yaml"
	pkgmetav1 "github.com/crossplane/crossplane/apis/v2/pkg/meta/v1"
	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

const (
	functionDirectory      = "../function"
	providerDirectory      = "../provider"
	configurationDirectory = "../configuration"
)

// asWritten returns img after a way through a file, as Crossplane gets it.
func asWritten(t *testing.T, img v1.Image) v1.Image {
	t.Helper()

	path := filepath.Join(t.TempDir(), "package.xpkg")
	if err := tarball.WriteToFile(path, nil, img); err != nil {
		t.Fatal(err)
	}

	read, err := tarball.ImageFromPath(path, nil)
	if err != nil {
		t.Fatal(err)
	}

	return read
}

// build returns the package described in dir on top of base.
func build(t *testing.T, dir string, base v1.Image) v1.Image {
	t.Helper()

	img, err := crossplanePackage(context.Background(), dir, base)
	if err != nil {
		t.Fatal(err)
	}

	return img
}

// runtimeOf returns the image of a stand-in for p.
func runtimeOf(t *testing.T, p packaged, arch string) v1.Image {
	t.Helper()

	img, err := runtimeImage(p, arch, []byte("stand-in for the executable"))
	if err != nil {
		t.Fatal(err)
	}

	return img
}

// parse returns the content of the one layer of img that Crossplane reads.
func parse(t *testing.T, img v1.Image) *parser.Package {
	t.Helper()

	annotated, err := xpkg.AnnotateLayers(img)
	if err != nil {
		t.Fatal(err)
	}

	manifest, err := annotated.Manifest()
	if err != nil {
		t.Fatal(err)
	}

	var base []v1.Hash

	for _, l := range manifest.Layers {
		if l.Annotations[xpkg.AnnotationKey] == xpkg.PackageAnnotation {
			base = append(base, l.Digest)
		}
	}

	if len(base) != 1 {
		t.Fatalf("the package has %d layers annotated %s: %s, want 1", len(base), xpkg.AnnotationKey, xpkg.PackageAnnotation)
	}

	layer, err := annotated.LayerByDigest(base[0])
	if err != nil {
		t.Fatal(err)
	}

	files := filesOf(t, layer)
	if diff := cmp.Diff([]string{xpkg.StreamFile}, slices.Collect(maps.Keys(files))); diff != "" {
		t.Fatalf("files of the package layer: -want, +got:\n%s", diff)
	}

	p, err := yaml.New()
	if err != nil {
		t.Fatal(err)
	}

	pkg, err := p.Parse(context.Background(), io.NopCloser(bytes.NewReader(files[xpkg.StreamFile].content)))
	if err != nil {
		t.Fatal(err)
	}

	return pkg
}

type packed struct {
	mode    int64
	content []byte
}

func filesOf(t *testing.T, layer v1.Layer) map[string]packed {
	t.Helper()

	rc, err := layer.Uncompressed()
	if err != nil {
		t.Fatal(err)
	}

	files := map[string]packed{}

	for tr := tar.NewReader(rc); ; {
		header, err := tr.Next()
		if err == io.EOF { //nolint:errorlint // Next documents that it returns io.EOF itself.
			return files
		}

		if err != nil {
			t.Fatal(err)
		}

		content, err := io.ReadAll(tr)
		if err != nil {
			t.Fatal(err)
		}

		files[header.Name] = packed{mode: header.Mode, content: content}
	}
}

func TestPackagesPassCrossplanesLinter(t *testing.T) {
	cases := map[string]struct {
		reason string
		pkg    v1.Image
		linter parser.Linter
	}{
		"Function": {
			reason: "the function's package has its meta and nothing but CRDs",
			pkg:    build(t, functionDirectory, runtimeOf(t, function(), "amd64")),
			linter: xpkg.NewFunctionLinter(),
		},
		"Provider": {
			reason: "the provider's package has its meta and nothing but CRDs",
			pkg:    build(t, providerDirectory, runtimeOf(t, provider(), "amd64")),
			linter: xpkg.NewProviderLinter(),
		},
		"Configuration": {
			reason: "the configuration's package has its meta and nothing but definitions and Compositions",
			pkg:    build(t, configurationDirectory, empty.Image),
			linter: xpkg.NewConfigurationLinter(),
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			pkg := parse(t, asWritten(t, tc.pkg))

			if err := tc.linter.Lint(pkg); err != nil {
				t.Errorf("\n%s\nLint(...): %v", tc.reason, err)
			}

			if len(pkg.GetObjects()) == 0 {
				t.Errorf("\n%s\nthe package holds no object", tc.reason)
			}
		})
	}
}

// TestProviderStartsSafely proves that Crossplane may leave definitions of the provider
// inactive.
func TestProviderStartsSafely(t *testing.T) {
	meta := parse(t, build(t, providerDirectory, empty.Image)).GetMeta()[0]

	provider, ok := meta.(*pkgmetav1.Provider)
	if !ok {
		t.Fatalf("want a Provider, got %T", meta)
	}

	if !pkgmetav1.CapabilitiesContainFuzzyMatch(provider.Spec.Capabilities, pkgmetav1.ProviderCapabilitySafeStart) {
		t.Errorf("capabilities %v lack %s", provider.Spec.Capabilities, pkgmetav1.ProviderCapabilitySafeStart)
	}
}

// crossplane is a version of Crossplane.
type crossplane string

func (c crossplane) GetVersionString() string { return string(c) }

func (c crossplane) GetSemVer() (*semver.Version, error) { return semver.NewVersion(string(c)) }

func (c crossplane) InConstraints(text string) (bool, error) {
	constraint, err := semver.NewConstraint(text)
	if err != nil {
		return false, err
	}

	return constraint.Check(semver.MustParse(string(c))), nil
}

func TestPackagesFitCrossplaneVersions(t *testing.T) {
	cases := map[string]struct {
		reason     string
		crossplane string
		want       bool
	}{
		"Current": {reason: "the release we test with is supported", crossplane: "v2.4.0", want: true},
		"Patch":   {reason: "a later patch is supported", crossplane: "v2.4.1", want: true},
		"TooOld":  {reason: "a release that does not watch required resources is refused", crossplane: "v2.3.5", want: false},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			for _, dir := range []string{functionDirectory, providerDirectory, configurationDirectory} {
				meta := parse(t, build(t, dir, empty.Image)).GetMeta()[0]

				got := xpkg.PackageCrossplaneCompatible(crossplane(tc.crossplane))(meta) == nil
				if diff := cmp.Diff(tc.want, got); diff != "" {
					t.Errorf("\n%s\n%s: compatible: -want, +got:\n%s", tc.reason, dir, diff)
				}
			}
		})
	}
}

func TestPackagesAreReproducible(t *testing.T) {
	cases := map[string]struct {
		reason string
		build  func() v1.Image
	}{
		"Function": {
			reason: "the function's package depends on its sources only",
			build:  func() v1.Image { return build(t, functionDirectory, runtimeOf(t, function(), "arm64")) },
		},
		"Provider": {
			reason: "the provider's package depends on its sources only",
			build:  func() v1.Image { return build(t, providerDirectory, runtimeOf(t, provider(), "arm64")) },
		},
		"Configuration": {
			reason: "the configuration's package depends on its sources only",
			build:  func() v1.Image { return build(t, configurationDirectory, empty.Image) },
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var digests []string

			for range 2 {
				digest, err := asWritten(t, tc.build()).Digest()
				if err != nil {
					t.Fatal(err)
				}

				digests = append(digests, digest.String())
			}

			if diff := cmp.Diff(digests[0], digests[1]); diff != "" {
				t.Errorf("\n%s\ndigests of two builds: -first, +second:\n%s", tc.reason, diff)
			}
		})
	}
}
