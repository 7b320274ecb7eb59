package restore

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/database"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/dump"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/files"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/store"
)

// Restore is what one is made of.
type Restore struct {
	Request database.Request
	// Bucket and Key of the source, unless it is a database.
	Bucket *store.Bucket
	Key    string
	// Origin is the source that is a database; nil for one in a bucket.
	Origin Origin
	// Target opens the database for dumps of an engine; empty to look a request up, or
	// to forget it.
	Target func(ctx context.Context, of dump.Engine) (database.Target, error)
	// Files that are restored too; nil for none.
	Files files.Store
	Log   *slog.Logger
}

// Check reads the whole source and tries the way to the database, and changes nothing.
func (r Restore) Check(ctx context.Context) (restored job.Restored, err error) {
	if record, err := r.done(ctx); err != nil || record != nil {
		if record != nil {
			restored = record.Restored
		}
		return restored, err
	}
	s, err := r.open(ctx)
	if err != nil {
		return restored, err
	}
	r.Log.Info("Reading the source", "source", r.source(), "format", s.Dump.Format, "bytes", s.Dump.Bytes)
	target, err := r.Target(ctx, s.Dump.Format.Engine())
	if err != nil {
		return restored, err
	}
	defer func() { err = errors.Join(err, target.Close(context.WithoutCancel(ctx))) }()
	if restored, err = target.Check(ctx, r.Request, s.Dump); err != nil {
		return restored, err
	}
	restored.Files, err = r.checkFiles(ctx, s)
	r.Log.Info("The source can be restored", "tables", restored.Tables, "rows", restored.Rows, "files", restored.Files)
	return restored, err
}

// source as the log names it.
func (r Restore) source() string {
	if r.Origin != nil {
		return "a database"
	}
	return r.Key
}

// open the source.
func (r Restore) open(ctx context.Context) (Source, error) {
	if r.Origin != nil {
		return OpenOrigin(ctx, r.Origin)
	}
	return OpenSource(ctx, r.Bucket, r.Key)
}

// done returns the record of the request, nil if it was not carried out.
func (r Restore) done(ctx context.Context) (record *database.Record, err error) {
	target, err := r.Target(ctx, "")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, target.Close(context.WithoutCancel(ctx))) }()
	return target.Done(ctx, r.Request.ID)
}

// withIndex opens the list of a source's files. Visit is not called if there are none,
// or nowhere to put them.
func (r Restore) withIndex(ctx context.Context, s Source, visit func(*files.Pool, *files.Index) error) (err error) {
	if r.Files == nil || s.Backup == nil || s.Backup.Files == nil {
		return nil
	}
	list, err := s.Repository.Index(ctx, s.Backup.Manifest)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, list.Close()) }()
	index, err := files.NewIndex(list)
	if err != nil {
		return err
	}
	return visit(files.NewPool(s.Repository.Bucket, s.Repository.PoolPrefix()), index)
}

// checkFiles looks for the contents of all files, and returns how many files there are.
func (r Restore) checkFiles(ctx context.Context, s Source) (int64, error) {
	count := int64(0)
	err := r.withIndex(ctx, s, func(pool *files.Pool, index *files.Index) error {
		count = s.Backup.Files.Count
		missing, err := pool.Missing(ctx, index)
		if err == nil && missing != nil {
			err = failure.Errorf(job.ReasonCorrupt, "the content of file %s is missing in the backup", missing.Path)
		}
		return err
	})
	return count, err
}

// Run replaces the data, unless the request did so before. It can be interrupted and
// called again.
func (r Restore) Run(ctx context.Context) (restored job.Restored, err error) {
	record, err := r.done(ctx)
	if err != nil {
		return restored, err
	}
	if record != nil {
		restored = record.Restored
		if record.Complete {
			r.Log.Info("The request is carried out already", "at", restored.At)
			return restored, nil
		}
		if r.Files == nil {
			// Nothing is left that the source would be needed for: it may be gone.
			return restored, failure.Retry(r.complete(ctx))
		}
	}
	s, err := r.open(ctx)
	if err != nil {
		return restored, afterwards(record != nil, err)
	}
	target, err := r.Target(ctx, s.Dump.Format.Engine())
	if err != nil {
		return restored, afterwards(record != nil, err)
	}
	defer func() { err = errors.Join(err, target.Close(context.WithoutCancel(ctx))) }()
	if record == nil {
		if restored, err = r.replace(ctx, target, s); err != nil {
			return restored, err
		}
	}
	count, err := r.replaceFiles(ctx, s)
	if err != nil {
		return restored, failure.Retry(err)
	}
	restored.Files = count.Files
	if count.Refused > 0 {
		restored.Skipped = append(restored.Skipped, fmt.Sprintf("files where backups are kept (%d)", count.Refused))
	}
	return restored, failure.Retry(target.Complete(ctx, r.Request.ID, restored.Files))
}

// complete a request that has no files.
func (r Restore) complete(ctx context.Context) (err error) {
	target, err := r.Target(ctx, "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, target.Close(context.WithoutCancel(ctx))) }()
	return target.Complete(ctx, r.Request.ID, 0)
}

// afterwards an error is worth another try whatever it is: the data was replaced.
func afterwards(replaced bool, err error) error {
	if replaced {
		return failure.Retry(err)
	}
	return err
}

// replace the database, with the files that are missing in place.
func (r Restore) replace(ctx context.Context, target database.Target, s Source) (job.Restored, error) {
	err := r.withIndex(ctx, s, func(pool *files.Pool, index *files.Index) error {
		count, err := r.restoration(pool).Prepare(ctx, index)
		r.Log.Info("Copied the files that are missing", "files", count.Files, "copiedOrCompared", count.Read)
		return err
	})
	if err != nil {
		return job.Restored{}, errors.Wrap(err, "cannot restore the files")
	}
	r.Log.Info("Replacing the database", "source", r.source(), "format", s.Dump.Format, "bytes", s.Dump.Bytes)
	restored, err := target.Replace(ctx, r.Request, s.Dump)
	if err == nil {
		r.Log.Info("Replaced the database", "tables", restored.Tables, "rows", restored.Rows, "before", restored.Replaced)
	}
	return restored, errors.Wrap(err, "cannot restore the database")
}

// replaceFiles that are different.
func (r Restore) replaceFiles(ctx context.Context, s Source) (count files.Count, err error) {
	err = r.withIndex(ctx, s, func(pool *files.Pool, index *files.Index) error {
		count, err = r.restoration(pool).Replace(ctx, index)
		r.Log.Info("Replaced the files that are different", "files", count.Files, "replaced", count.Read)
		return err
	})
	return count, errors.Wrap(err, "cannot restore the files")
}

func (r Restore) restoration(pool *files.Pool) files.Restoration {
	return files.Restoration{Store: r.Files, Pool: pool, Request: r.Request.ID}
}

// Forget drops what the request replaced.
func (r Restore) Forget(ctx context.Context) (err error) {
	target, err := r.Target(ctx, "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, target.Close(context.WithoutCancel(ctx))) }()
	if err := target.Forget(ctx, r.Request.ID); err != nil {
		return err
	}
	if r.Files == nil {
		return nil
	}
	return files.Restoration{Store: r.Files, Request: r.Request.ID}.Forget(ctx)
}
