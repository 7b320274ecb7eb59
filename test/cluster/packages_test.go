package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/Masterminds/semver/v3"
	"github.com/google/go-cmp/cmp"
)

func TestContentVersion(t *testing.T) {
	cases := map[string]struct {
		reason       string
		first, other string
		same         bool
	}{
		"Same":    {"The same content is the same version: nothing is rolled.", "a", "a", true},
		"Changed": {"Changed content is another version, or nobody would pull it.", "a", "b", false},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			first, other := versionOf(t, tc.first), versionOf(t, tc.other)
			if diff := cmp.Diff(tc.same, first == other); diff != "" {
				t.Errorf("%s\ncontentVersion(...): %s and %s: -want same, +got:\n%s", tc.reason, first, other, diff)
			}
		})
	}
}

func TestContentVersionSatisfiesDependencies(t *testing.T) {
	constraint, err := semver.NewConstraint(">=v0.1.0")
	if err != nil {
		t.Fatal(err)
	}

	got := versionOf(t, "anything")
	if !constraint.Check(semver.MustParse(got)) {
		t.Errorf("A Configuration that depends on %s does not accept %s.", constraint, got)
	}
}

func versionOf(t *testing.T, content string) string {
	t.Helper()

	path := filepath.Join(t.TempDir(), "package")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}

	version, err := contentVersion(path)
	if err != nil {
		t.Fatal(err)
	}

	return version
}
