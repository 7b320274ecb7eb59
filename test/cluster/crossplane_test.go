package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/release"
	"helm.sh/helm/v3/pkg/storage"
	"helm.sh/helm/v3/pkg/storage/driver"
)

func TestDeployedRelease(t *testing.T) {
	cases := map[string]struct {
		reason   string
		statuses []release.Status
		want     int
		left     int
	}{
		"None": {
			reason: "A new cluster has no release.",
		},
		"Deployed": {
			reason:   "A release that was finished is kept.",
			statuses: []release.Status{release.StatusDeployed},
			want:     1,
			left:     1,
		},
		"KilledInstall": {
			reason:   "An unfinished installation is begun again rather than upgraded.",
			statuses: []release.Status{release.StatusPendingInstall},
		},
		"KilledUpgrade": {
			reason:   "An unfinished upgrade is begun again from what it was to replace.",
			statuses: []release.Status{release.StatusDeployed, release.StatusPendingUpgrade},
			want:     1,
			left:     1,
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			helm := &action.Configuration{Releases: storage.Init(driver.NewMemory())}

			for i, status := range tc.statuses {
				r := &release.Release{Name: crossplaneRelease, Version: i + 1, Info: &release.Info{Status: status}}
				if err := helm.Releases.Create(r); err != nil {
					t.Fatal(err)
				}
			}

			got, err := deployedRelease(helm)
			if err != nil {
				t.Fatalf("%s\ndeployedRelease(...): %v", tc.reason, err)
			}

			version := 0
			if got != nil {
				version = got.Version
			}

			if diff := cmp.Diff(tc.want, version); diff != "" {
				t.Errorf("%s\nversion: -want, +got:\n%s", tc.reason, diff)
			}

			// An error here only says that there is no release at all.
			left, _ := helm.Releases.History(crossplaneRelease)
			if diff := cmp.Diff(tc.left, len(left)); diff != "" {
				t.Errorf("%s\nrecords: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
