// Package restore checks and restores what others, or this program, backed up.
package restore

import (
	"context"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/archive"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/dump"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/store"
)

// tableOfContents is what a dump in directory format has.
const tableOfContents = "toc.dat"

// Source is what is restored.
type Source struct {
	Dump dump.Dump
	// Backup that the dump is of, nil if somebody else made it.
	Backup     *archive.Stored
	Repository *archive.Repository
}

// OpenSource finds out what is below a key: a backup, or a dump as an object or a folder.
func OpenSource(ctx context.Context, b *store.Bucket, key string) (Source, error) {
	if key == "" {
		return Source{}, failure.New(job.ReasonInvalid, "no source is named: set "+job.EnvSource)
	}
	if err := job.CheckPath(key); err != nil {
		return Source{}, failure.Mark(job.ReasonInvalid, errors.Wrapf(err, "cannot use %s", job.EnvSource))
	}
	key = strings.TrimSuffix(key, "/")
	if path.Base(key) != archive.ManifestName {
		o, err := b.Stat(ctx, key)
		if err == nil {
			d, err := object(ctx, b, o)
			return Source{Dump: d}, err
		}
		if failure.Reason(err) != job.ReasonNotFound {
			return Source{}, err
		}
	}
	folder := strings.TrimSuffix(key, "/"+archive.ManifestName)
	s, err := backup(ctx, b, folder)
	if failure.Reason(err) != job.ReasonNotFound {
		return s, err
	}
	_, err = b.Stat(ctx, folder+"/"+tableOfContents)
	if failure.Reason(err) != job.ReasonNotFound {
		return Source{Dump: directory(b, folder)}, err
	}
	return Source{}, absent(ctx, b, folder)
}

// absent says what is wrong with a key that leads to nothing.
func absent(ctx context.Context, b *store.Bucket, key string) error {
	found := false
	err := b.List(ctx, key+"/", func(store.Object) error {
		found = true
		return io.EOF
	})
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if !found {
		return failure.Errorf(job.ReasonNotFound, "there is neither an object nor a folder %s in bucket %s", key, b.Name())
	}
	parent, name := path.Split(key)
	left, err := archive.NewRepository(b, parent).Data(ctx, name)
	if err != nil {
		return err
	}
	if len(left) > 0 {
		return failure.Errorf(job.ReasonNotFound, "backup %s of bucket %s was interrupted, and is none: it has no %s", key, b.Name(), archive.ManifestName)
	}
	return failure.Errorf(job.ReasonUnknownFormat, "folder %s of bucket %s is neither a backup (it has no %s) nor a dump in directory format (it has no %s)",
		key, b.Name(), archive.ManifestName, tableOfContents)
}

// object that is a dump.
func object(ctx context.Context, b *store.Bucket, o store.Object) (dump.Dump, error) {
	d := dump.Dump{Bytes: o.Bytes, Content: func(ctx context.Context) (io.ReadCloser, error) {
		r, _, err := b.Get(ctx, o.Key)
		if err != nil {
			return nil, err
		}
		return dump.Decompress(r)
	}}
	r, err := d.Content(ctx)
	if err != nil {
		return d, err
	}
	d.Format, err = dump.Detect(r)
	return d, errors.Join(err, r.Close())
}

// backup of this program.
func backup(ctx context.Context, b *store.Bucket, folder string) (Source, error) {
	parent, name := path.Split(folder)
	r := archive.NewRepository(b, parent)
	s, err := r.Load(ctx, name)
	if err != nil {
		return Source{}, err
	}
	d := dump.Dump{
		Format: s.Dump.Format, Bytes: s.Dump.Bytes, MattermostVersion: s.MattermostVersion,
		Content: func(ctx context.Context) (io.ReadCloser, error) { return r.Dump(ctx, s.Manifest) },
	}
	return Source{Dump: d, Backup: &s, Repository: r}, nil
}

// directory that pg_dump wrote.
func directory(b *store.Bucket, folder string) dump.Dump {
	return dump.Dump{Format: dump.PostgresDirectory, Download: func(ctx context.Context, dir string) error {
		return b.List(ctx, folder+"/", func(o store.Object) error {
			name := strings.TrimPrefix(o.Key, folder+"/")
			if strings.Contains(name, "/") {
				return nil
			}
			return download(ctx, b, o.Key, filepath.Join(dir, name))
		})
	}}
}

// download an object to a file.
func download(ctx context.Context, b *store.Bucket, key, to string) error {
	r, _, err := b.Get(ctx, key)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // A file in a directory of its own.
	if err != nil {
		return errors.Join(errors.Wrap(err, "cannot write a file of the dump"), r.Close())
	}
	_, err = io.Copy(f, r)
	if closing := f.Close(); err == nil {
		err = closing
	}
	return errors.Join(scratch(err), r.Close())
}

// scratch marks an error of a file of the dump.
func scratch(err error) error {
	if failure.Reason(err) == job.ReasonDiskFull {
		return failure.Mark(job.ReasonDiskFull, errors.Wrap(err, "cannot write a file of the dump"))
	}
	return err
}
