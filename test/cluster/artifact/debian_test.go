package artifact

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNotInstalled(t *testing.T) {
	cases := map[string]struct {
		reason   string
		status   string
		packages []string
		want     []string
	}{
		"All": {
			reason:   "Nothing is missing when dpkg calls all installed.",
			status:   "runc installed\niproute2 installed\n",
			packages: []string{"iproute2", "runc"},
			want:     []string{},
		},
		"Unknown": {
			reason:   "A package dpkg does not mention is missing.",
			status:   "runc installed\n",
			packages: []string{"iproute2", "runc"},
			want:     []string{"iproute2"},
		},
		"Removed": {
			reason:   "A package of which only the configuration is left is missing.",
			status:   "runc config-files\n",
			packages: []string{"runc"},
			want:     []string{"runc"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, notInstalled(tc.status, tc.packages)); diff != "" {
				t.Errorf("%s\nnotInstalled(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
