package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

const (
	// temporary files are written beside those that they become.
	temporary = ".mattermost-dbtool-"
	// lostAndFound is the file system's own folder.
	lostAndFound = "lost+found"
	// The server shares the volume by its group, and need not run as the same user.
	modeFile = 0o660
	modeDir  = 0o770
)

// Directory is a file store in a directory. No path leads out of it.
type Directory struct{ root *os.Root }

// NewDirectory returns the file store in a directory that exists.
func NewDirectory(dir string) (*Directory, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, failure.Mark(job.ReasonInvalid, errors.Wrap(err, "cannot open the directory of files"))
	}
	return &Directory{root: root}, nil
}

// Walk visits regular files.
func (d *Directory) Walk(ctx context.Context, visit func(File) error) error {
	return d.walk(ctx, "", visit)
}

// walk a folder. A folder's name counts with a slash, so that the order is that of the
// whole paths.
func (d *Directory) walk(ctx context.Context, folder string, visit func(File) error) error {
	if err := ctx.Err(); err != nil {
		return errors.Wrap(context.Cause(ctx), "stopped while files were listed")
	}
	entries, err := fs.ReadDir(d.root.FS(), path.Clean("./"+folder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return errors.Wrap(err, "cannot list files")
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(sortKey(a), sortKey(b)) })
	for _, entry := range entries {
		name := folder + entry.Name()
		if entry.IsDir() {
			if isOwn(name+"/") || name == lostAndFound {
				continue
			}
			if err := d.walk(ctx, name+"/", visit); err != nil {
				return err
			}
			continue
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() || strings.HasPrefix(entry.Name(), temporary) {
			continue
		}
		if err != nil {
			return errors.Wrap(err, "cannot look at a file")
		}
		if err := visit(File{Path: name, Bytes: info.Size(), Stamp: stamp(info)}); err != nil {
			return err
		}
	}
	return nil
}

// stamp of a file: its inode, and when its content and its attributes changed. Nobody can
// set the last of these, so a file that was rewritten has another stamp, even with the same
// size and age.
func stamp(info fs.FileInfo) string {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	parts := []string{strconv.FormatUint(s.Ino, 36), strconv.FormatInt(info.ModTime().UnixNano(), 36), strconv.FormatInt(s.Ctim.Nano(), 36)}
	return strings.Join(parts, "-")
}

func sortKey(e fs.DirEntry) string {
	if e.IsDir() {
		return e.Name() + "/"
	}
	return e.Name()
}

// Open a file.
func (d *Directory) Open(_ context.Context, name string) (io.ReadCloser, error) {
	f, err := d.root.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, failure.Mark(job.ReasonNotFound, errors.Wrap(err, "cannot open a file"))
	}
	return f, errors.Wrap(err, "cannot open a file")
}

// Takes any path: no backup is in a directory.
func (d *Directory) Takes(string) bool { return true }

// Put a file.
func (d *Directory) Put(_ context.Context, name string, r io.Reader, _ int64) error {
	if err := d.makeFolder(name); err != nil {
		return err
	}
	// Files of a folder are written at the same time, and names may be as long as a volume allows.
	sum := sha256.Sum256([]byte(name))
	part := path.Join(path.Dir(name), temporary+hex.EncodeToString(sum[:]))
	f, err := d.root.OpenFile(part, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, modeFile)
	if err != nil {
		return errors.Wrap(err, "cannot write a file")
	}
	_, err = io.Copy(f, r)
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = d.root.Rename(part, name)
	}
	if err != nil {
		_ = d.root.Remove(part)
		return errors.Wrap(err, "cannot write a file")
	}
	return nil
}

func (d *Directory) makeFolder(name string) error {
	if path.Dir(name) == "." {
		return nil
	}
	return errors.Wrap(d.root.MkdirAll(path.Dir(name), modeDir), "cannot make a folder of files")
}

// SetAside moves a file.
func (d *Directory) SetAside(_ context.Context, name, to string) error {
	if _, err := d.root.Stat(to); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return errors.Wrap(err, "cannot look at a file")
	}
	if err := d.makeFolder(to); err != nil {
		return err
	}
	return errors.Wrap(d.root.Rename(name, to), "cannot move a file")
}

// DeleteBelow deletes a folder.
func (d *Directory) DeleteBelow(_ context.Context, folder string) error {
	return errors.Wrap(d.root.RemoveAll(folder), "cannot delete a folder of files")
}
