package postgres

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// tableOfContents is the file that lists the files of a dump in directory format.
const tableOfContents = "toc.dat"

// sizeOfInt is the offset at which an archive states the size of its integers. All
// platforms use the same size.
const sizeOfInt = 8

// within fails if the table of contents of a dump in directory format names a file outside
// the dump's folder: pg_restore would load that file as data.
func within(dir string) error {
	content, err := os.ReadFile(filepath.Join(dir, tableOfContents)) //nolint:gosec // A directory of its own.
	if err != nil {
		return errors.Wrap(err, "cannot read the dump's table of contents")
	}
	if len(content) <= sizeOfInt || content[sizeOfInt] != 4 {
		return failure.New(job.ReasonCorrupt, "the dump's table of contents is not valid")
	}
	if namesElsewhere(content) {
		return elsewhereFile()
	}
	lists, err := filepath.Glob(filepath.Join(dir, "blobs*.toc"))
	if err != nil {
		return errors.Wrap(err, "cannot list the dump's files")
	}
	for _, list := range lists {
		content, err := os.ReadFile(list) //nolint:gosec // As above.
		if err != nil {
			return errors.Wrap(err, "cannot read a list of the dump's files")
		}
		if strings.Contains(string(content), "/") {
			return elsewhereFile()
		}
	}
	return nil
}

// namesElsewhere says whether a table of contents contains a text that leads out of its
// folder. A text is stored as a sign, a length of four bytes in little-endian order, and
// its bytes.
func namesElsewhere(content []byte) bool {
	const header, longest = 5, 4096
	for i := 0; i+header < len(content); i++ {
		length := int64(binary.LittleEndian.Uint32(content[i+1:]))
		if content[i] != 0 || length < 2 || length > longest || i+header+int(length) > len(content) {
			continue
		}
		if file := content[i+header : i+header+int(length)]; (file[0] == '.' || file[0] == '/') && bytes.ContainsRune(file, '/') {
			return true
		}
	}
	return false
}

func elsewhereFile() error {
	return failure.New(job.ReasonInvalid, "the dump names a file outside of its own folder")
}
