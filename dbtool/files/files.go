// Package files backs up and restores what the server keeps in its file store, a bucket
// or a directory. Files are mostly written once and never change: each content is stored
// once, and a file that did not change is not read again.
package files

import (
	"context"
	"io"
	"strings"
)

// File of a file store.
type File struct {
	// Path with slashes, relative to the store.
	Path  string
	Bytes int64
	// Stamp changes when the content does: the ETag of an object, the time that a file
	// was modified at.
	Stamp string
}

// Store of files.
type Store interface {
	// Walk visits the files in the order of their paths' bytes.
	Walk(ctx context.Context, visit func(File) error) error
	// Open a file. The error is marked as job.ReasonNotFound if there is none.
	Open(ctx context.Context, path string) (io.ReadCloser, error)
	// Takes says whether a restore may put a file at a path.
	Takes(path string) bool
	// Put a file in place of the one that there may be, whole or, if the reader fails,
	// not at all.
	Put(ctx context.Context, path string, r io.Reader, bytes int64) error
	// SetAside copies or moves a file to another path, unless there is a file already.
	SetAside(ctx context.Context, path, to string) error
	// DeleteBelow deletes a folder.
	DeleteBelow(ctx context.Context, folder string) error
}

// ReplacedName is the folder of a file store that files which were replaced are kept in,
// by the request.
const ReplacedName = "replaced"

// replacedPath of a file that a request replaces.
func replacedPath(request, path string) string {
	return ReplacedName + "/" + request + "/" + path
}

// isOwn says whether a path is of the program's making.
func isOwn(path string) bool {
	return strings.HasPrefix(path, ReplacedName+"/")
}
