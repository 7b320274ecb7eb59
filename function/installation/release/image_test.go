package release

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const digestOfTest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func TestSplit(t *testing.T) {
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
		repository, version := Split(reference)
		if diff := cmp.Diff(want, [2]string{repository, version}); diff != "" {
			t.Errorf("%s: -want, +got:\n%s", reference, diff)
		}
	}
}

func TestSplitUndoesReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tag := rapid.StringMatching(`[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}`)
		pin := rapid.StringMatching(`sha256:[0-9a-f]{64}`)
		version := rapid.OneOf(tag, pin, rapid.Custom(func(t *rapid.T) string { return tag.Draw(t, "tag") + "@" + pin.Draw(t, "pin") })).Draw(t, "version")
		repository := rapid.StringMatching(`([a-z]{1,8}(\.[a-z]{2,3})?(:[0-9]{1,5})?/){0,3}[a-z0-9]{1,9}`).Draw(t, "repository")
		reference := Reference(repository, version)
		if gotRepository, gotVersion := Split(reference); gotRepository != repository || gotVersion != version {
			t.Errorf("%s splits into %s and %s, want %s and %s", reference, gotRepository, gotVersion, repository, version)
		}
	})
}
