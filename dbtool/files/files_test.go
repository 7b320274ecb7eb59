package files

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

func sumOf(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}

func TestDirectoryIsInOrder(t *testing.T) {
	dir := t.TempDir()
	want := []string{"a!", "a-b/x", "a.txt", "a/b/c", "a/x", "a0/x", "b"}
	for _, name := range append([]string{"replaced/uid/a", "lost+found/x", "a/" + temporary + "x"}, want...) {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	d, err := NewDirectory(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	if err := d.Walk(t.Context(), func(f File) error { got = append(got, f.Path); return nil }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" || !slices.IsSorted(got) {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestDirectoryPutsAllOrNothing(t *testing.T) {
	dir := t.TempDir()
	d, err := NewDirectory(dir)
	if err != nil {
		t.Fatal(err)
	}
	put := func(content io.Reader) error { return d.Put(t.Context(), "a/b", content, 3) }
	if err := put(strings.NewReader("old")); err != nil {
		t.Fatal(err)
	}
	if err := put(io.MultiReader(strings.NewReader("n"), iotest.ErrReader(io.ErrUnexpectedEOF))); err == nil {
		t.Error("a file was written in part")
	}
	if got, _ := os.ReadFile(filepath.Join(dir, "a/b")); string(got) != "old" { //nolint:gosec // A test's.
		t.Errorf("the file is %q", got)
	}
	if left, _ := os.ReadDir(filepath.Join(dir, "a")); len(left) != 1 {
		t.Errorf("left: %v", left)
	}
	if err := d.Put(t.Context(), "../outside", strings.NewReader("x"), 1); err == nil {
		t.Error("a path led out of the directory")
	}
	for _, content := range []string{"old", "new"} {
		if err := put(strings.NewReader(content)); err != nil {
			t.Fatal(err)
		}
		if err := d.SetAside(t.Context(), "a/b", "replaced/uid/a/b"); err != nil {
			t.Fatal(err)
		}
	}
	if got, _ := os.ReadFile(filepath.Join(dir, "replaced/uid/a/b")); string(got) != "old" { //nolint:gosec // A test's.
		t.Errorf("what was set aside first is now %q", got)
	}
}

// TestDirectorySeesWhatSizeAndAgeHide asserts that a file that was rewritten with the same
// size and the same time has another stamp.
func TestDirectorySeesWhatSizeAndAgeHide(t *testing.T) {
	dir := t.TempDir()
	d, err := NewDirectory(dir)
	if err != nil {
		t.Fatal(err)
	}
	path, when := filepath.Join(dir, "a"), time.Unix(1e9, 0)
	write := func(content string) File {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, when, when); err != nil {
			t.Fatal(err)
		}
		var seen File
		if err := d.Walk(t.Context(), func(f File) error { seen = f; return nil }); err != nil {
			t.Fatal(err)
		}
		return seen
	}
	first := write("one")
	for second := write("two"); second == first; second = write("two") {
		// The file system's clock ticks some hundred times a second.
	}
}

func TestIndex(t *testing.T) {
	out := &bytes.Buffer{}
	entries := []Entry{{"a", 1, "s", sumOf("a"), "tag"}, {"a b\n\"ü", 2, "", sumOf("b"), ""}, {"c", 0, "t", sumOf(""), ""}}
	for _, e := range entries {
		if err := e.write(out); err != nil {
			t.Fatal(err)
		}
	}
	index, err := NewIndex(bytes.NewReader(out.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	for _, of := range []struct {
		path string
		want bool
	}{{"A", false}, {"a", true}, {"b", false}, {"c", true}, {"d", false}} {
		if got, err := index.To(of.path); err != nil || got != of.want {
			t.Errorf("%s: %t, %v", of.path, got, err)
		}
	}
	for _, bad := range []string{"x", "{}", `{"path":"a","sha256":"x"}`, `{"path":"/a","sha256":"` + sumOf("") + `"}`, `{"path":"replaced/x","sha256":"` + sumOf("") + `"}`} {
		if _, err := NewIndex(strings.NewReader(bad)); failure.Reason(err) != job.ReasonCorrupt {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if index, err = NewIndex(strings.NewReader(out.String() + out.String())); err != nil {
		t.Fatal(err)
	}
	if _, err := index.To("z"); failure.Reason(err) != job.ReasonCorrupt {
		t.Errorf("an index that is in no order: %v", err)
	}
}

func TestSorter(t *testing.T) {
	for _, count := range []int{0, 1, 10, 5000} {
		s := &sorter{dir: t.TempDir(), limit: 16 << 10}
		var want []string
		for _, i := range rand.Perm(count) { //nolint:gosec // Any order will do.
			f := File{Path: fmt.Sprintf("folder-%d/ü\n%d", i%7, i), Bytes: int64(i), Stamp: "s"}
			want = append(want, f.Path)
			if err := s.add(f); err != nil {
				t.Fatal(err)
			}
		}
		slices.Sort(want)
		var got []string
		if err := s.each(t.Context(), func(f File) error { got = append(got, f.Path); return nil }); err != nil {
			t.Fatal(err)
		}
		s.close()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d files: -want +got:\n%s", count, diff)
		}
	}
}

func TestSums(t *testing.T) {
	s := &Sums{}
	for i := range 1000 {
		s.Add(sumOf(fmt.Sprint(i % 500)))
	}
	for _, other := range []string{"no checksum", sumOf("1") + "0", strings.ToUpper(sumOf("1")), sumOf("1")[1:], "../" + sumOf("1")} {
		if s.Add(other); isSum(other) || s.Has(other) {
			t.Errorf("%q is a checksum", other)
		}
	}
	for i := range 1000 {
		if got := s.Has(sumOf(fmt.Sprint(i))); got != (i < 500) {
			t.Errorf("%d: %t", i, got)
		}
	}
	if len(s.sums) != 500 {
		t.Errorf("%d checksums", len(s.sums))
	}
}

func TestUnchanged(t *testing.T) {
	e := Entry{Path: "a", Bytes: 1, Stamp: "s", SHA256: sumOf("a"), Tag: "tag"}
	there := func(tag string, bytes int64) *Present {
		p := &Present{asRead: true}
		p.seen.add(p.identify(e.SHA256, bytes, tag))
		return p
	}
	line := &bytes.Buffer{}
	if err := e.write(line); err != nil {
		t.Fatal(err)
	}
	for _, of := range []struct {
		reason  string
		present *Present
		file    File
		want    bool
	}{
		{"the same", there("tag", 1), File{"a", 1, "s"}, true},
		{"another size", there("tag", 1), File{"a", 2, "s"}, false},
		{"another stamp", there("tag", 1), File{"a", 1, "t"}, false},
		{"no stamp", there("tag", 1), File{"a", 1, ""}, false},
		{"another path", there("tag", 1), File{"b", 1, "s"}, false},
		{"a content that was written anew", there("other", 1), File{"a", 1, "s"}, false},
		{"a content of another size", there("tag", 2), File{"a", 1, "s"}, false},
		{"a content that is gone", &Present{asRead: true}, File{"a", 1, "s"}, false},
	} {
		previous, err := NewIndex(bytes.NewReader(line.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := unchanged(previous, of.present, of.file); err != nil || (got != nil) != of.want {
			t.Errorf("%s: %v, %v", of.reason, got, err)
		}
	}
}
