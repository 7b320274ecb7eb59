package installation

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

const digestOfTest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func TestImage(t *testing.T) {
	cases := map[string]struct {
		reason  string
		image   string
		version string
		policy  v1beta1.Input
		want    string
	}{
		"Defaults":         {reason: "Nobody names anything.", want: "mattermost/mattermost-enterprise-edition:11.7.9"},
		"User":             {reason: "The user names both.", image: "mattermost/mattermost-team-edition", version: "11.4.0", want: "mattermost/mattermost-team-edition:11.4.0"},
		"Platform":         {reason: "The platform names both.", policy: v1beta1.Input{Image: "p/server", Version: "10.11.1"}, want: "p/server:10.11.1"},
		"UserOverPlatform": {reason: "The user wins.", image: "u/server", version: "1", policy: v1beta1.Input{Image: "p/server", Version: "10.11.1"}, want: "u/server:1"},
		"Digest":           {reason: "A digest is no tag.", version: digestOfTest, want: "mattermost/mattermost-enterprise-edition@" + digestOfTest},
		"TagAndDigest":     {reason: "A tag may be pinned.", version: "11.4.0@" + digestOfTest, want: "mattermost/mattermost-enterprise-edition:11.4.0@" + digestOfTest},
		"Mirror":           {reason: "Every image is taken from the mirror.", policy: v1beta1.Input{Registry: "registry.example.com/mirror/"}, want: "registry.example.com/mirror/mattermost/mattermost-enterprise-edition:11.7.9"},
		"MirrorForHost":    {reason: "A registry that the image names is replaced.", image: "ghcr.io/m/server", version: "1", policy: v1beta1.Input{Registry: "r:5000"}, want: "r:5000/m/server:1"},
		"MirrorForPort":    {reason: "A host may have a port.", image: "registry:5000/server", version: "1", policy: v1beta1.Input{Registry: "r:5000"}, want: "r:5000/server:1"},
		"MirrorForLocal":   {reason: "localhost is a host without a dot.", image: "localhost/server", version: "1", policy: v1beta1.Input{Registry: "r:5000"}, want: "r:5000/server:1"},
		"MirrorForOnePart": {reason: "An image may have one part.", image: "server", version: "1", policy: v1beta1.Input{Registry: "r:5000"}, want: "r:5000/server:1"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			g := gathered{spec: v1alpha1.MattermostInstallationSpec{Image: tc.image, Version: tc.version}, policy: tc.policy}
			if diff := cmp.Diff(tc.want, wantedImageOf(g)); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func wantedImageOf(g gathered) string { return imageOf(g, wantedVersion(g)) }

func TestSplitImage(t *testing.T) {
	for reference, want := range map[string][2]string{
		"":                               {"", ""},
		"server":                         {"server", ""},
		"registry:5000/server":           {"registry:5000/server", ""},
		"registry:5000/server:1":         {"registry:5000/server", "1"},
		"server@" + digestOfTest:         {"server", digestOfTest},
		"server:1@" + digestOfTest:       {"server", "1@" + digestOfTest},
		"r:5/server@" + digestOfTest:     {"r:5/server", digestOfTest},
		"r:5/m/server:1@" + digestOfTest: {"r:5/m/server", "1@" + digestOfTest},
	} {
		repository, version := splitImage(reference)
		if diff := cmp.Diff(want, [2]string{repository, version}); diff != "" {
			t.Errorf("%s: -want, +got:\n%s", reference, diff)
		}
	}
}

func TestSplitImageUndoesImage(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tag := rapid.StringMatching(`[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}`)
		pin := rapid.StringMatching(`sha256:[0-9a-f]{64}`)
		version := rapid.OneOf(tag, pin, rapid.Custom(func(t *rapid.T) string { return tag.Draw(t, "tag") + "@" + pin.Draw(t, "pin") })).Draw(t, "version")
		g := gathered{
			spec: v1alpha1.MattermostInstallationSpec{
				Image:   rapid.StringMatching(`([a-z]{1,8}(\.[a-z]{2,3})?(:[0-9]{1,5})?/){0,3}[a-z0-9]{1,9}`).Draw(t, "image"),
				Version: version,
			},
			policy: v1beta1.Input{Registry: rapid.StringMatching(`|[a-z]{1,8}(:[0-9]{1,5})?(/[a-z]{1,4})?/?`).Draw(t, "registry")},
		}
		gotRepository, gotVersion := splitImage(wantedImageOf(g))
		if gotRepository != repository(g) || gotVersion != version {
			t.Errorf("%s splits into %s and %s, want %s and %s", wantedImageOf(g), gotRepository, gotVersion, repository(g), version)
		}
	})
}
