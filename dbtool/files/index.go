package files

import (
	"bufio"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// maxLine of an index in bytes: a path has at most some thousand.
const maxLine = 64 << 10

// Entry is a line of an index: a file and its content.
type Entry struct {
	Path  string `json:"path"`
	Bytes int64  `json:"bytes"`
	// Stamp that the file had; it tells whether the file is still the same, in the
	// same file store.
	Stamp  string `json:"stamp,omitempty"`
	SHA256 string `json:"sha256"`
	// Tag is the ETag of the stored content when it was last read and compared. It is empty
	// if it never was.
	Tag string `json:"tag,omitempty"`
}

// Index reads entries one by one, in the order of their paths' bytes.
type Index struct {
	lines *bufio.Scanner
	last  string
	// Current entry, nil at the end.
	Current *Entry
}

// NewIndex reads an index, decompressed, and its first entry.
func NewIndex(r io.Reader) (*Index, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 4<<10), maxLine)
	i := &Index{lines: lines}
	return i, i.Next()
}

// Next makes the next entry the current one.
func (i *Index) Next() error {
	if !i.lines.Scan() {
		i.Current = nil
		return i.lines.Err()
	}
	e := &Entry{}
	if err := json.Unmarshal(i.lines.Bytes(), e); err != nil || !e.valid() || e.Path <= i.last && i.last != "" {
		return failure.New(job.ReasonCorrupt, "the list of files cannot be read")
	}
	i.last, i.Current = e.Path, e
	return nil
}

// To skips entries before a path and says whether the current one is of the path.
func (i *Index) To(p string) (bool, error) {
	for i.Current != nil && i.Current.Path < p {
		if err := i.Next(); err != nil {
			return false, err
		}
	}
	return i.Current != nil && i.Current.Path == p, nil
}

// valid says whether an entry can be what this program wrote.
func (e *Entry) valid() bool {
	return e.Path != "" && !strings.HasPrefix(e.Path, "/") && !leaves(e.Path) && !isOwn(e.Path) && e.Bytes >= 0 && isSum(e.SHA256)
}

// leaves says whether a path may lead out of its folder.
func leaves(p string) bool {
	parts := strings.Split(p, "/")
	return slices.Contains(parts, "..") || slices.Contains(parts, ".")
}

// write an entry.
func (e *Entry) write(w io.Writer) error {
	line, err := json.Marshal(e)
	if err != nil {
		return errors.Wrap(err, "cannot encode the list of files")
	}
	_, err = w.Write(append(line, '\n'))
	return err
}
