package artifact

import (
	"os"
	"path/filepath"
	"testing"
)

func TestDigest(t *testing.T) {
	dir := t.TempDir()
	put := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	file, same, other := put("file", "x"), put("same", "x"), put("other", "y")
	put("one/a", "x")
	put("copy/a", "x")
	put("renamed/b", "x")
	put("edited/a", "y")
	tree := func(name string) []Input { return []Input{Tree(filepath.Join(dir, name))} }

	cases := map[string]struct {
		reason string
		a, b   []Input
		equal  bool
	}{
		"SameText":     {reason: "Equal text is the same artifact.", a: []Input{Text("l", "v")}, b: []Input{Text("l", "v")}, equal: true},
		"OtherValue":   {reason: "A value matters.", a: []Input{Text("l", "v")}, b: []Input{Text("l", "w")}},
		"OtherLabel":   {reason: "What a value means matters.", a: []Input{Text("l", "v")}, b: []Input{Text("m", "v")}},
		"Split":        {reason: "Where one value ends matters.", a: []Input{Text("l", "ab", "c")}, b: []Input{Text("l", "a", "bc")}},
		"Merged":       {reason: "Where one input ends matters.", a: []Input{Text("l", "a"), Text("l", "b")}, b: []Input{Text("l", "a", "b")}},
		"Order":        {reason: "Order matters.", a: []Input{Text("l", "a"), Text("l", "b")}, b: []Input{Text("l", "b"), Text("l", "a")}},
		"SameFile":     {reason: "A file counts by its content, not by where it lies.", a: []Input{File(file)}, b: []Input{File(same)}, equal: true},
		"OtherFile":    {reason: "A file's content matters.", a: []Input{File(file)}, b: []Input{File(other)}},
		"SameTree":     {reason: "A tree counts by its content, not by where it lies.", a: tree("one"), b: tree("copy"), equal: true},
		"RenamedEntry": {reason: "Names within a tree matter.", a: tree("one"), b: tree("renamed")},
		"EditedEntry":  {reason: "Contents within a tree matter.", a: tree("one"), b: tree("edited")},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			a, err := digest(tc.a)
			if err != nil {
				t.Fatal(err)
			}
			b, err := digest(tc.b)
			if err != nil {
				t.Fatal(err)
			}
			if got := a == b; got != tc.equal {
				t.Errorf("%s\ndigest(...): want equal %t, got %s and %s", tc.reason, tc.equal, a, b)
			}
		})
	}
}

func TestDigestOfMissingFile(t *testing.T) {
	if key, err := digest([]Input{File(filepath.Join(t.TempDir(), "missing"))}); err == nil {
		t.Errorf("digest(...) of a missing file: want an error, got key %s", key)
	}
}
