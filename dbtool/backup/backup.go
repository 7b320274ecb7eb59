// Package backup makes backups, and deletes those that are not kept.
package backup

import (
	"context"
	"io"
	"log/slog"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/archive"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/codec"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/database"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/dump"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/files"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// Backup is what one is made of.
type Backup struct {
	Repository *archive.Repository
	// Name is the backup's own. If a backup of the name exists, it is made already.
	Name    string
	Request string
	Origin  database.Origin
	// Files that are copied too; nil for none.
	Files             files.Store
	MattermostVersion string
	Log               *slog.Logger
	// Now is the time.
	Now func() time.Time
}

// Run makes the backup. It can be interrupted and called again.
func (b Backup) Run(ctx context.Context) error {
	if err := job.CheckName(b.Name); err != nil {
		return failure.Mark(job.ReasonInvalid, errors.Wrapf(err, "%q cannot be the name of a backup", b.Name))
	}
	if b.Name == archive.PoolName {
		return failure.Errorf(job.ReasonInvalid, "%q cannot be the name of a backup", b.Name)
	}
	_, err := b.Repository.Load(ctx, b.Name)
	if err == nil {
		b.Log.Info("The backup exists already", "backup", b.Name)
		return nil
	}
	if failure.Reason(err) != job.ReasonNotFound {
		return err
	}
	listing, err := b.Repository.List(ctx)
	if err != nil {
		return err
	}
	// What an interrupted attempt left is in the way of nobody, but paid for.
	if err := b.Repository.Bucket.AbortUploads(ctx, b.Repository.Key(b.Name, ""), b.Now()); err != nil {
		return err
	}
	if err := b.Repository.Delete(ctx, b.Name); err != nil {
		return err
	}
	description, err := b.Origin.Describe(ctx)
	if err != nil {
		return err
	}
	m := archive.Manifest{
		FormatVersion: archive.Version, Name: b.Name, Request: b.Request, StartedAt: b.Now().UTC().Truncate(time.Second),
		Engine: description.Engine, ServerVersion: description.ServerVersion,
		MattermostVersion: b.MattermostVersion, SchemaVersion: description.SchemaVersion,
	}
	// The database first: it then speaks of no file that is not copied after it.
	if m.Dump, err = b.dump(ctx, description); err != nil {
		return err
	}
	if b.Files != nil {
		if m.Files, err = b.save(ctx, listing.Backups); err != nil {
			return err
		}
	}
	m.CompletedAt = b.Now().UTC().Truncate(time.Second)
	if err := b.Repository.Save(ctx, m); err != nil {
		return err
	}
	b.Log.Info("The backup is complete", "backup", b.Name)
	return nil
}

// dump the database to the store.
func (b Backup) dump(ctx context.Context, d database.Description) (archive.DumpObject, error) {
	o := archive.DumpObject{Key: archive.DumpName, Format: dump.PostgresCustom}
	if d.Engine == dump.MySQL {
		o.Format = dump.MySQLPlain
	}
	b.Log.Info("Copying the database", "engine", d.Engine, "version", d.ServerVersion, "bytes", d.Bytes)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	sums, err := codec.Compress(
		func(w io.Writer) error { return b.Origin.Dump(ctx, newProgress(w, b.Log, b.Now)) },
		func(r io.Reader) error {
			err := b.Repository.Bucket.Put(ctx, b.Repository.Key(b.Name, archive.DumpName), r, -1, d.Bytes)
			if err != nil {
				// The client program need not go on for nobody.
				cancel(err)
			}
			return err
		})
	o.Sums = sums
	b.Log.Info("Copied the database", "bytes", sums.RawBytes, "stored", sums.Bytes)
	return o, errors.Wrap(err, "cannot back up the database")
}

// save the files to the store.
func (b Backup) save(ctx context.Context, backups []archive.Stored) (*archive.FilesObject, error) {
	for _, s := range backups {
		if s.Files == nil {
			continue
		}
		o, err := b.saveSince(ctx, s)
		if failure.Reason(err) != job.ReasonCorrupt {
			return o, err
		}
		b.Log.Warn("The list of files of the last backup cannot be read: all files are read again", "backup", s.Name)
		break
	}
	return b.saveAll(ctx, nil)
}

// saveSince a backup, whose list tells which files did not change.
func (b Backup) saveSince(ctx context.Context, s archive.Stored) (*archive.FilesObject, error) {
	r, err := b.Repository.Index(ctx, s.Manifest)
	if err != nil {
		return nil, err
	}
	index, err := files.NewIndex(r)
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	o, err := b.saveAll(ctx, index)
	return o, errors.Join(err, r.Close())
}

// saveAll files; previous may be nil.
func (b Backup) saveAll(ctx context.Context, previous *files.Index) (*archive.FilesObject, error) {
	pool := files.NewPool(b.Repository.Bucket, b.Repository.PoolPrefix())
	o, count := &archive.FilesObject{Key: archive.IndexName}, files.Count{}
	sums, err := codec.Compress(
		func(w io.Writer) (err error) {
			count, err = files.Save(ctx, b.Files, pool, previous, w)
			return err
		},
		func(r io.Reader) error {
			return b.Repository.Bucket.Put(ctx, b.Repository.Key(b.Name, archive.IndexName), r, -1, 0)
		})
	if err != nil {
		return nil, errors.Wrap(err, "cannot back up the files")
	}
	o.Sums, o.Count, o.Total = sums, count.Files, count.Bytes
	b.Log.Info("Copied the files", "files", count.Files, "bytes", count.Bytes, "read", count.Read)
	return o, nil
}
