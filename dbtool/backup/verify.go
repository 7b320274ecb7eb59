package backup

import (
	"context"
	"io"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/archive"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/files"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/store"
)

// Verify reads all of a backup and compares the checksums. It returns how many files it
// has.
func Verify(ctx context.Context, r *archive.Repository, name string) (files.Count, error) {
	s, err := r.Load(ctx, name)
	if err != nil {
		return files.Count{}, err
	}
	if err := verifyDump(ctx, r, s.Manifest); err != nil {
		return files.Count{}, err
	}
	return verifyIndex(ctx, r, s.Manifest, &files.Present{})
}

// verify what was stored before the manifest is written. Every object was read back when it
// was stored. Objects that were written since are read again.
func (b Backup) verify(ctx context.Context, m archive.Manifest, dumped store.Object) error {
	count, err := b.verifyStored(ctx, m, dumped)
	switch {
	case err == nil && m.Files != nil && (count.Files != m.Files.Count || count.Bytes != m.Files.Total):
		err = failure.New(job.ReasonUnavailable, "the list of files that was stored is not the one that was sent")
	case failure.Reason(err) == job.ReasonCorrupt, failure.Reason(err) == job.ReasonNotFound:
		// The object was intact when it was stored, so another attempt may succeed.
		err = failure.Errorf(job.ReasonUnavailable, "what was stored is not what was sent: %v", err)
	}
	if err != nil {
		return errors.Wrap(err, "cannot verify the backup")
	}
	b.Log.Info("Verified what was stored", "files", count.Files, "readAgain", count.Read)
	return nil
}

func (b Backup) verifyStored(ctx context.Context, m archive.Manifest, dumped store.Object) (files.Count, error) {
	now, err := b.Repository.Bucket.Stat(ctx, b.Repository.Key(m.Name, m.Dump.Key))
	if err == nil && (now.ETag == "" || now.ETag != dumped.ETag || now.Bytes != dumped.Bytes) {
		err = verifyDump(ctx, b.Repository, m)
	}
	if err != nil || m.Files == nil {
		return files.Count{}, err
	}
	present, err := files.NewPool(b.Repository.Bucket, b.Repository.PoolPrefix()).Present(ctx, true)
	if err != nil {
		return files.Count{}, err
	}
	return verifyIndex(ctx, b.Repository, m, present)
}

func verifyDump(ctx context.Context, r *archive.Repository, m archive.Manifest) error {
	dump, err := r.Dump(ctx, m)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, dump)
	return errors.Wrapf(errors.Join(err, dump.Close()), "cannot read %s of backup %s", m.Dump.Key, m.Name)
}

// verifyIndex reads the list of files, and all contents except those that are present.
func verifyIndex(ctx context.Context, r *archive.Repository, m archive.Manifest, present *files.Present) (files.Count, error) {
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

// verifyFiles reads the files that an index lists.
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
