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
		first, other []string
		same         bool
	}{
		"Same":       {"The same content is the same version: nothing is rolled.", []string{"a", "b"}, []string{"a", "b"}, true},
		"Changed":    {"Changed content is another version, or nobody would pull it.", []string{"a", "b"}, []string{"a", "c"}, false},
		"OnlySecond": {"Every architecture counts.", []string{"a", "b"}, []string{"a"}, false},
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

	got := versionOf(t, []string{"anything"})
	if !constraint.Check(semver.MustParse(got)) {
		t.Errorf("A Configuration that depends on %s does not accept %s.", constraint, got)
	}
}

func versionOf(t *testing.T, contents []string) string {
	t.Helper()

	files := make([]string, 0, len(contents))

	for i, content := range contents {
		path := filepath.Join(t.TempDir(), string(rune('a'+i)))
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}

		files = append(files, path)
	}

	version, err := contentVersion(files)
	if err != nil {
		t.Fatal(err)
	}

	return version
}
