package image

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// A header is what matters of an archive's entry.
type header struct {
	Name, Content string
	Link          string
	Mode          int64
	UID, GID      int
	Time          time.Time
}

// headers reads an archive in its order.
func headers(t *testing.T, archive io.Reader) []header {
	t.Helper()
	var out []header
	r := tar.NewReader(archive)
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, header{Name: h.Name, Content: string(content), Link: h.Linkname, Mode: h.Mode, UID: h.Uid, GID: h.Gid, Time: h.ModTime})
	}
}

// source is a directory with files to copy from.
func source(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{"a.yaml": "a", "b/c.yaml": "c", "README.md": "no"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestFiles(t *testing.T) {
	dir := source(t)
	epoch := time.Unix(0, 0)
	cases := map[string]struct {
		reason string
		files  func(f files) error
		want   []header
	}{
		"Sorted": {
			reason: "Entries are in the order of their names, with the parents they lack.",
			files: func(f files) error {
				f.text("z", modeFile, "last")
				f.text("a/b/c", modeProgram, "first")
				return nil
			},
			want: []header{
				{Name: "a/", Mode: 0o755, Time: epoch},
				{Name: "a/b/", Mode: 0o755, Time: epoch},
				{Name: "a/b/c", Mode: 0o755, Content: "first", Time: epoch},
				{Name: "z", Mode: 0o644, Content: "last", Time: epoch},
			},
		},
		"Owned": {
			reason: "A directory has the owner and mode it is given, although it is also a parent.",
			files: func(f files) error {
				f.text("tmp/x", modeFile, "")
				f.dir("tmp", fs.ModeSticky|0o777, owner{uid: 1, gid: 2})
				return nil
			},
			want: []header{
				{Name: "tmp/", Mode: 0o1777, UID: 1, GID: 2, Time: epoch},
				{Name: "tmp/x", Mode: 0o644, Time: epoch},
			},
		},
		"Link": {
			reason: "A symbolic link points to what it is told, whether that is there or not.",
			files: func(f files) error {
				f.link("program", "versions/1")
				return nil
			},
			want: []header{{Name: "program", Link: "versions/1", Mode: 0o777, Time: epoch}},
		},
		"Tree": {
			reason: "Matching files are copied with modes of their own, not those of the source.",
			files:  func(f files) error { return f.tree("crds", dir, "*.yaml") },
			want: []header{
				{Name: "crds/", Mode: 0o755, Time: epoch},
				{Name: "crds/a.yaml", Mode: 0o644, Content: "a", Time: epoch},
				{Name: "crds/b/", Mode: 0o755, Time: epoch},
				{Name: "crds/b/c.yaml", Mode: 0o644, Content: "c", Time: epoch},
			},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			f := files{}
			if err := tc.files(f); err != nil {
				t.Fatal(err)
			}
			var archive bytes.Buffer
			if err := f.write(&archive); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, headers(t, &archive)); diff != "" {
				t.Errorf("%s\nwrite(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
