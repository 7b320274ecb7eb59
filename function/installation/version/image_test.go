package version

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
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
			f := factstest.Given{Spec: "{image: '" + tc.image + "', version: '" + tc.version + "'}", Policy: tc.policy}.Facts(t)
			if diff := cmp.Diff(tc.want, Decide(f).Image); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
