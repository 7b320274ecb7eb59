package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStaleNames(t *testing.T) {
	digests := map[string]string{"mattermost/mattermost:11.4.0": "sha256:new"}

	cases := map[string]struct {
		reason   string
		names    []string
		digested []string
		want     []string
	}{
		"Current": {
			reason:   "What was published is what the node has.",
			names:    []string{"docker.io/mattermost/mattermost:11.4.0"},
			digested: []string{"docker.io/mattermost/mattermost@sha256:new"},
		},
		"Outdated": {
			reason:   "The node would not look an existing tag up again.",
			names:    []string{"docker.io/mattermost/mattermost:11.4.0"},
			digested: []string{"docker.io/mattermost/mattermost@sha256:old"},
			want:     []string{"docker.io/mattermost/mattermost:11.4.0"},
		},
		"OtherRegistry": {
			reason:   "Every registry is the same one, so the registry does not matter.",
			names:    []string{"127.0.0.1:5000/mattermost/mattermost:11.4.0"},
			digested: []string{"127.0.0.1:5000/mattermost/mattermost@sha256:old"},
			want:     []string{"127.0.0.1:5000/mattermost/mattermost:11.4.0"},
		},
		"Unpublished": {
			reason:   "Packages are published elsewhere, and never under the same tag.",
			names:    []string{"10.245.0.1:5000/some/function:v0.1.7"},
			digested: []string{"10.245.0.1:5000/some/function@sha256:old"},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, staleNames(tc.names, tc.digested, digests)); diff != "" {
				t.Errorf("%s\nstaleNames(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
