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
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/store"
)

// Backup is what one is made of.
type Backup struct {
	Repository *archive.Repository
	// Owner of the repository. Only the owner adds backups to it. Empty means no owner.
	Owner string
	// Name of the backup. If a backup of this name exists that the same request made, there
	// is nothing to do.
	Name    string
	Request string
	Origin  database.Origin
	// Files that are copied too; nil for none.
	Files             files.Store
	MattermostVersion string
	// Term of the lease; 0 for the default.
	Term time.Duration
	Log  *slog.Logger
}

// Run makes the backup. It can be interrupted and called again. Every attempt writes
// objects of its own, holds a lease that keeps shared files from being deleted, and reads
// back what it wrote before it writes the manifest. All times are the store's.
func (b Backup) Run(ctx context.Context) error {
	if err := archive.CheckName(b.Name); err != nil {
		return err
	}
	identity, err := b.Repository.Claim(ctx, b.Owner)
	if err != nil {
		return err
	}
	if made, err := b.made(ctx, identity); err != nil || made {
		return err
	}
	lease, under, err := b.Repository.Acquire(ctx, archive.PurposeBackup, b.Name, b.Request, b.Term)
	if err != nil {
		return err
	}
	m := archive.Manifest{
		FormatVersion: archive.Version, Name: b.Name, Repository: identity.ID, Request: b.Request, StartedAt: lease.Started,
		MattermostVersion: b.MattermostVersion,
	}
	if err := b.copy(under, lease, identity, &m); err != nil {
		b.discard(ctx, m, lease.ID)
		lease.Release(ctx)
		return b.cause(under, err)
	}
	if err := b.commit(under, lease, m); err != nil {
		// The manifest may be there, or may still arrive, so the objects that it names
		// stay.
		lease.Abandon()
		return b.cause(under, err)
	}
	lease.Release(ctx)
	b.Log.Info("The backup is complete", "backup", b.Name)
	return nil
}

// cause of an error. The cause of a canceled context says more than the error itself.
func (b Backup) cause(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && failure.Marked(cause) {
		return cause
	}
	return err
}

// made says whether the backup exists. It fails if another request made a backup of this
// name, or if it was made for another repository: then this one has no backup.
func (b Backup) made(ctx context.Context, of archive.Identity) (bool, error) {
	s, err := b.Repository.Load(ctx, b.Name)
	if failure.Reason(err) == job.ReasonNotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if len(of.Own([]archive.Stored{s})) == 0 {
		return false, failure.Errorf(job.ReasonTaken, "backup %q exists below %q, and was made for another repository: delete it, or use another %s",
			b.Name, b.Repository.Prefix(), job.EnvBackupName)
	}
	if s.Request != b.Request {
		return false, failure.Errorf(job.ReasonTaken, "backup %q exists below %q, and request %q made it, not %q: use another %s or %s",
			b.Name, b.Repository.Prefix(), s.Request, b.Request, job.EnvBackupName, job.EnvStorePrefix)
	}
	b.Log.Info("The backup exists already", "backup", b.Name)
	return true, nil
}

// copy the data, and verify what was stored.
func (b Backup) copy(ctx context.Context, lease *archive.Lease, identity archive.Identity, m *archive.Manifest) error {
	if err := lease.AwaitPrune(ctx, func() { b.Log.Info("Waiting for a prune to end") }); err != nil {
		return err
	}
	earlier, err := b.earlier(ctx, identity)
	if err != nil {
		return err
	}
	description, err := b.Origin.Describe(ctx)
	if err != nil {
		return err
	}
	m.Engine, m.ServerVersion, m.SchemaVersion = description.Engine, description.ServerVersion, description.SchemaVersion
	// The database first: it then speaks of no file that is not copied after it.
	data, dumped, err := b.dump(ctx, lease.ID, description)
	if err != nil {
		return err
	}
	m.Dump = data
	if b.Files != nil {
		if m.Files, err = b.save(ctx, lease.ID, earlier); err != nil {
			return err
		}
	}
	return b.verify(ctx, *m, dumped)
}

// earlier backups of the repository itself, newest first. What the list of files of another
// one says must not be believed: a file that it has is not read.
func (b Backup) earlier(ctx context.Context, identity archive.Identity) ([]archive.Stored, error) {
	listing, err := b.Repository.List(ctx)
	return identity.Own(listing.Backups), err
}

// commit the backup: it exists from now on. Nothing was deleted while the lease was held.
func (b Backup) commit(ctx context.Context, lease *archive.Lease, m archive.Manifest) error {
	// If the store does not support conditional requests, two owners may have claimed the
	// repository at once.
	identity, err := b.Repository.Claim(ctx, b.Owner)
	if err != nil {
		return err
	}
	if identity.ID != m.Repository {
		return failure.Errorf(job.ReasonUnavailable, "the repository below %q got another identity meanwhile", b.Repository.Prefix())
	}
	if m.CompletedAt, err = lease.Renew(ctx); err != nil {
		return err
	}
	saved, err := b.Repository.Save(ctx, m)
	if err != nil || saved.Dump.Key == m.Dump.Key {
		return err
	}
	_, err = b.made(ctx, identity)
	return err
}

// discard what a failed attempt wrote.
func (b Backup) discard(ctx context.Context, m archive.Manifest, attempt string) {
	const cleaning = 30 * time.Second
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleaning)
	defer cancel()
	for _, object := range []string{archive.DumpName(attempt), archive.IndexName(attempt)} {
		if err := b.Repository.Bucket.Delete(ctx, b.Repository.Key(m.Name, object)); err != nil {
			b.Log.Warn("What the backup left cannot be deleted", "object", object, "cause", err.Error())
		}
	}
}

// dump the database to the store.
func (b Backup) dump(ctx context.Context, attempt string, d database.Description) (archive.DumpObject, store.Object, error) {
	stored := store.Object{}
	o := archive.DumpObject{Key: archive.DumpName(attempt), Format: dump.PostgresCustom}
	if d.Engine == dump.MySQL {
		o.Format = dump.MySQLPlain
	}
	b.Log.Info("Copying the database", "engine", d.Engine, "version", d.ServerVersion, "bytes", d.Bytes)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	sums, err := codec.Compress(
		func(w io.Writer) error { return b.Origin.Dump(ctx, newProgress(w, b.Log)) },
		func(r io.Reader) (err error) {
			stored, err = b.Repository.Bucket.Put(ctx, b.Repository.Key(b.Name, o.Key), r, d.Bytes)
			if err != nil {
				// The client program need not go on for nobody.
				cancel(err)
			}
			return err
		})
	o.Sums = sums
	b.Log.Info("Copied the database", "bytes", sums.RawBytes, "stored", sums.Bytes)
	return o, stored, errors.Wrap(err, "cannot back up the database")
}

// save the files to the store.
func (b Backup) save(ctx context.Context, attempt string, backups []archive.Stored) (*archive.FilesObject, error) {
	for _, s := range backups {
		if s.Files == nil {
			continue
		}
		o, err := b.saveSince(ctx, attempt, s)
		if failure.Reason(err) != job.ReasonCorrupt {
			return o, err
		}
		b.Log.Warn("The list of files of the last backup cannot be read: all files are read again", "backup", s.Name)
		break
	}
	return b.saveAll(ctx, attempt, nil)
}

// saveSince a backup, whose list tells which files did not change.
func (b Backup) saveSince(ctx context.Context, attempt string, s archive.Stored) (*archive.FilesObject, error) {
	r, err := b.Repository.Index(ctx, s.Manifest)
	if err != nil {
		return nil, err
	}
	index, err := files.NewIndex(r)
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	o, err := b.saveAll(ctx, attempt, index)
	return o, errors.Join(err, r.Close())
}

// saveAll files; previous may be nil.
func (b Backup) saveAll(ctx context.Context, attempt string, previous *files.Index) (*archive.FilesObject, error) {
	pool := files.NewPool(b.Repository.Bucket, b.Repository.PoolPrefix())
	o, count := &archive.FilesObject{Key: archive.IndexName(attempt)}, files.Count{}
	sums, err := codec.Compress(
		func(w io.Writer) (err error) {
			count, err = files.Save(ctx, b.Files, pool, previous, w)
			return err
		},
		func(r io.Reader) error {
			_, err := b.Repository.Bucket.Put(ctx, b.Repository.Key(b.Name, o.Key), r, 0)
			return err
		})
	if err != nil {
		return nil, errors.Wrap(err, "cannot back up the files")
	}
	o.Sums, o.Count, o.Total = sums, count.Files, count.Bytes
	b.Log.Info("Copied the files", "files", count.Files, "bytes", count.Bytes, "read", count.Read)
	return o, nil
}
