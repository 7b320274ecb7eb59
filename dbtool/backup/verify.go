package backup

import (
	"context"
	"io"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/archive"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/files"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// Verify reads all of a backup and compares the checksums. It returns how many files it
// has.
func Verify(ctx context.Context, r *archive.Repository, name string) (files.Count, error) {
	s, err := r.Load(ctx, name)
	if err != nil {
		return files.Count{}, err
	}
	return verify(ctx, r, s.Manifest, &files.Present{})
}

// verify what was stored, before the manifest says that it is there. Of contents of files,
// those are read that are not as they were when they were read last.
func (b Backup) verify(ctx context.Context, m archive.Manifest) error {
	present := &files.Present{}
	if m.Files != nil {
		var err error
		if present, err = files.NewPool(b.Repository.Bucket, b.Repository.PoolPrefix()).Present(ctx, true); err != nil {
			return err
		}
	}
	count, err := verify(ctx, b.Repository, m, present)
	switch {
	case err == nil && m.Files != nil && (count.Files != m.Files.Count || count.Bytes != m.Files.Total):
		err = failure.New(job.ReasonUnavailable, "the list of files that was stored is not the one that was sent")
	case failure.Reason(err) == job.ReasonCorrupt:
		// It was as it should be when it was stored: another attempt may succeed.
		err = failure.Errorf(job.ReasonUnavailable, "what was stored is not what was sent: %v", err)
	}
	if err != nil {
		return errors.Wrap(err, "cannot verify the backup")
	}
	b.Log.Info("Verified what was stored", "files", count.Files, "read", count.Read)
	return nil
}

// verify a backup by reading it, but for the contents that are present as they were read.
func verify(ctx context.Context, r *archive.Repository, m archive.Manifest, present *files.Present) (files.Count, error) {
	dump, err := r.Dump(ctx, m)
	if err != nil {
		return files.Count{}, err
	}
	_, err = io.Copy(io.Discard, dump)
	if err := errors.Join(err, dump.Close()); err != nil {
		return files.Count{}, errors.Wrapf(err, "cannot read %s of backup %s", m.Dump.Key, m.Name)
	}
	if m.Files == nil {
		return files.Count{}, nil
	}
	list, err := r.Index(ctx, m)
	if err != nil {
		return files.Count{}, err
	}
	count, err := verifyFiles(ctx, files.NewPool(r.Bucket, r.PoolPrefix()), list, present)
	return count, errors.Join(err, list.Close())
}

// verifyFiles that an index lists.
func verifyFiles(ctx context.Context, pool *files.Pool, list io.Reader, present *files.Present) (files.Count, error) {
	count := files.Count{}
	index, err := files.NewIndex(list)
	for err == nil && index.Current != nil {
		if !present.Has(*index.Current) {
			count.Read++
			if _, err := pool.Verify(ctx, *index.Current); err != nil {
				return count, errors.Wrapf(err, "cannot read file %s", index.Current.Path)
			}
		}
		count.Files, count.Bytes = count.Files+1, count.Bytes+index.Current.Bytes
		err = index.Next()
	}
	return count, err
}
