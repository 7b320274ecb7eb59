package files

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/sync/errgroup"
)

// TestLongNamesInOneFolder: a picture has a preview and a thumbnail beside it, with the same
// long name before their ends, and they are written at the same time.
func TestLongNamesInOneFolder(t *testing.T) {
	d, err := NewDirectory(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	group, long := errgroup.Group{}, "folder/"+strings.Repeat("я", 115)
	ends := []string{".png", "_preview.jpg", "_thumb.jpg", ".a", ".b", ".c"}
	for _, end := range ends {
		group.Go(func() error {
			return d.Put(t.Context(), long+end, iotest.OneByteReader(strings.NewReader(strings.Repeat(end, 1000))), 0)
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	for _, end := range ends {
		f, err := d.Open(t.Context(), long+end)
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(f)
		if err != nil || string(content) != strings.Repeat(end, 1000) {
			t.Errorf("%s has %d bytes of another file, %v", end, len(content), err)
		}
	}
}
