package backup

import (
	"context"
	"io"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/archive"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/files"
)

// Verify reads all of a backup and compares the checksums. It returns how many files it
// has.
func Verify(ctx context.Context, r *archive.Repository, name string) (files.Count, error) {
	s, err := r.Load(ctx, name)
	if err != nil {
		return files.Count{}, err
	}
	dump, err := r.Dump(ctx, s.Manifest)
	if err != nil {
		return files.Count{}, err
	}
	_, err = io.Copy(io.Discard, dump)
	if err := errors.Join(err, dump.Close()); err != nil {
		return files.Count{}, errors.Wrapf(err, "cannot read %s of backup %s", archive.DumpName, name)
	}
	if s.Files == nil {
		return files.Count{}, nil
	}
	list, err := r.Index(ctx, s.Manifest)
	if err != nil {
		return files.Count{}, err
	}
	count, err := verifyFiles(ctx, files.NewPool(r.Bucket, r.PoolPrefix()), list)
	return count, errors.Join(err, list.Close())
}

// verifyFiles reads all that an index lists.
func verifyFiles(ctx context.Context, pool *files.Pool, list io.Reader) (files.Count, error) {
	count := files.Count{}
	index, err := files.NewIndex(list)
	for err == nil && index.Current != nil {
		if err := pool.Verify(ctx, *index.Current); err != nil {
			return count, errors.Wrapf(err, "cannot read file %s", index.Current.Path)
		}
		count.Files, count.Bytes = count.Files+1, count.Bytes+index.Current.Bytes
		err = index.Next()
	}
	return count, err
}
