package image

import (
	"archive/tar"
	"bytes"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"
)

// Modes of what nobody but root may change.
const (
	modeDir     fs.FileMode = 0o755
	modeFile    fs.FileMode = 0o644
	modeProgram fs.FileMode = 0o755
)

// An owner is a numeric user and group. The zero value is root.
type owner struct {
	uid, gid int
}

// An entry is one directory, file or symbolic link of a layer.
type entry struct {
	mode  fs.FileMode
	owner owner
	// target of a symbolic link.
	target string
	// content determines what open returns.
	content artifact.Input
	open    func() (io.ReadCloser, int64, error)
}

// files is a layer that is described entry by entry: relative name → entry.
// Missing parents are directories of root. Nothing in the resulting archive
// depends on time or on the order of insertion.
type files map[string]entry

// dir adds a directory.
func (f files) dir(name string, mode fs.FileMode, o owner) {
	f[name] = entry{mode: fs.ModeDir | mode, owner: o}
}

// text adds a file of root with this content.
func (f files) text(name string, mode fs.FileMode, content string) {
	f[name] = entry{
		mode:    mode,
		content: artifact.Text("text", content),
		open: func() (io.ReadCloser, int64, error) {
			return io.NopCloser(bytes.NewReader([]byte(content))), int64(len(content)), nil
		},
	}
}

// link adds a symbolic link to target.
func (f files) link(name, target string) {
	f[name] = entry{mode: fs.ModeSymlink | fs.ModePerm, target: target, content: artifact.Text("link", target)}
}

// copy adds a file of root with the content of the file source.
func (f files) copy(name string, mode fs.FileMode, source string) {
	f.copyAs(name, mode, source, artifact.File(source))
}

// copyAs is copy for a source whose content is already identified.
func (f files) copyAs(name string, mode fs.FileMode, source string, content artifact.Input) {
	f[name] = entry{mode: mode, content: content, open: func() (io.ReadCloser, int64, error) {
		file, err := os.Open(filepath.Clean(source))
		if err != nil {
			return nil, 0, err
		}
		info, err := file.Stat()
		if err != nil {
			return nil, 0, errors.Join(err, file.Close())
		}
		return file, info.Size(), nil
	}}
}

// tree adds the regular files below the directory source whose base name
// matches pattern, as files of root below name.
func (f files) tree(name, source, pattern string) error {
	return filepath.WalkDir(source, func(file string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		if ok, err := path.Match(pattern, d.Name()); err != nil || !ok {
			return err
		}
		rel, err := filepath.Rel(source, file)
		if err != nil {
			return err
		}
		f.copy(path.Join(name, filepath.ToSlash(rel)), modeFile, file)
		return nil
	})
}

// complete returns the entries together with the parents they lack.
func (f files) complete() files {
	all := maps.Clone(f)
	for name := range f {
		for p := path.Dir(name); p != "."; p = path.Dir(p) {
			if _, ok := all[p]; !ok {
				all.dir(p, modeDir, owner{})
			}
		}
	}
	return all
}

// inputs implements layer.
func (f files) inputs() []artifact.Input {
	all := f.complete()
	in := make([]artifact.Input, 0, 2*len(all))
	for _, name := range slices.Sorted(maps.Keys(all)) {
		e := all[name]
		in = append(in, artifact.Text("entry", name, e.mode.String(), strconv.Itoa(e.owner.uid), strconv.Itoa(e.owner.gid)))
		if e.content != nil {
			in = append(in, e.content)
		}
	}
	return in
}

// write implements layer.
func (f files) write(w io.Writer) error {
	all := f.complete()
	archive := tar.NewWriter(w)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if err := all[name].write(archive, name); err != nil {
			return errors.Wrapf(err, "cannot archive %s", name)
		}
	}
	return archive.Close()
}

func (e entry) write(archive *tar.Writer, name string) error {
	header := &tar.Header{Name: name, Mode: int64(e.mode.Perm()), Uid: e.owner.uid, Gid: e.owner.gid}
	if e.mode&fs.ModeSticky != 0 {
		header.Mode |= 0o1000
	}
	if e.mode.IsDir() {
		header.Typeflag, header.Name = tar.TypeDir, name+"/"
		return archive.WriteHeader(header)
	}
	if e.target != "" {
		header.Typeflag, header.Linkname = tar.TypeSymlink, e.target
		return archive.WriteHeader(header)
	}

	content, size, err := e.open()
	if err != nil {
		return err
	}
	defer content.Close() //nolint:errcheck // Only read from.
	header.Typeflag, header.Size = tar.TypeReg, size
	if err := archive.WriteHeader(header); err != nil {
		return err
	}
	_, err = io.Copy(archive, content)
	return err
}
