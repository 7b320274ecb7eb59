package backup

import (
	"context"
	"log/slog"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/archive"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/files"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/store"
)

// Pruning deletes what is not kept.
type Pruning struct {
	Repository *archive.Repository
	Retention  archive.Retention
	// Grace is the minimum age of unused objects before they are deleted.
	Grace time.Duration
	// Term of the lease; 0 for the default.
	Term time.Duration
	Log  *slog.Logger
}

// Pruned is the result of a prune.
type Pruned struct {
	// Kept backups, newest first.
	Kept []archive.Stored
	// Busy names a running backup or prune because of which nothing was deleted. It is
	// empty if there is none.
	Busy string
	// At is when the prune ran, in the store's time.
	At time.Time
}

// Run deletes backups that the retention does not keep, objects of interrupted backups, and
// files that no backup uses. Nothing is deleted while another backup or prune runs, which
// may need objects that no complete backup uses. All times are the store's.
func (p Pruning) Run(ctx context.Context) (Pruned, error) {
	lease, under, err := p.Repository.Acquire(ctx, archive.PurposePrune, "", "", p.Term)
	if err != nil {
		return Pruned{}, err
	}
	defer lease.Release(ctx)
	busy, ended, err := lease.Exclusive(under)
	if err != nil {
		return Pruned{}, err
	}
	listing, err := p.Repository.List(under)
	if err != nil || busy != "" {
		return Pruned{Kept: listing.Backups, Busy: busy, At: lease.Started}, err
	}
	kept, err := p.run(under, lease, listing)
	for _, key := range ended {
		if err == nil {
			err = p.delete(under, lease, key)
		}
	}
	return Pruned{Kept: kept, At: lease.Started}, err
}

// run the prune under a lease that excludes all others.
func (p Pruning) run(ctx context.Context, lease *archive.Lease, l archive.Listing) ([]archive.Stored, error) {
	now, err := lease.Renew(ctx)
	if err != nil {
		return nil, err
	}
	own, err := p.own(ctx, l.Backups)
	if err != nil {
		return nil, err
	}
	doomed := map[string]bool{}
	for _, s := range p.Retention.Doomed(own, now) {
		doomed[s.Name] = true
		if err := lease.Check(ctx); err != nil {
			return nil, err
		}
		if err := p.Repository.Delete(ctx, s.Manifest); err != nil {
			return nil, errors.Wrapf(err, "cannot delete backup %s", s.Name)
		}
		p.Log.Info("Deleted a backup that is not kept", "backup", s.Name)
	}
	var kept []archive.Stored
	for _, s := range l.Backups {
		if !doomed[s.Name] {
			kept = append(kept, s)
		}
	}
	before := now.Add(-p.Grace)
	if err := p.clean(ctx, lease, l.Partial, kept, before); err != nil {
		return nil, err
	}
	if len(l.Damaged) > 0 {
		p.Log.Warn("No content of files is deleted while there are backups that cannot be read", "backups", l.Damaged)
		return kept, nil
	}
	return kept, p.sweep(ctx, lease, kept, before)
}

// own returns the repository's own backups. Backups of other repositories are never
// deleted.
func (p Pruning) own(ctx context.Context, all []archive.Stored) ([]archive.Stored, error) {
	identity, err := p.Repository.Identity(ctx)
	if err != nil && failure.Reason(err) != job.ReasonNotFound {
		return nil, err
	}
	return identity.Own(all), nil
}

// clean deletes objects of attempts that were stored before a moment and did not complete
// their backup.
func (p Pruning) clean(ctx context.Context, lease *archive.Lease, partial []string, kept []archive.Stored, before time.Time) error {
	if err := lease.Check(ctx); err != nil {
		return err
	}
	err := p.Repository.Bucket.AbortUploads(ctx, p.Repository.Prefix(), func(key string, begun time.Time) bool {
		kind := p.Repository.Parse(key).Kind
		return (kind == archive.DataObject || kind == archive.ContentObject) && !begun.After(before)
	})
	if err != nil {
		return err
	}
	var left []store.Object
	for _, name := range partial {
		data, err := p.Repository.Data(ctx, name)
		if err != nil {
			return err
		}
		left = append(left, data...)
	}
	for _, s := range kept {
		unused, err := p.Repository.Unused(ctx, s.Manifest)
		if err != nil {
			return err
		}
		left = append(left, unused...)
	}
	for _, o := range left {
		if o.Modified.After(before) {
			continue
		}
		if err := p.delete(ctx, lease, o.Key); err != nil {
			return errors.Wrap(err, "cannot delete what a backup left")
		}
		p.Log.Info("Deleted what a backup left that was interrupted", "object", o.Key)
	}
	return nil
}

// delete an object, while the lease is held.
func (p Pruning) delete(ctx context.Context, lease *archive.Lease, key string) error {
	if err := lease.Check(ctx); err != nil {
		return err
	}
	return p.Repository.Bucket.Delete(ctx, key)
}

// sweep contents that no backup has. If one index cannot be read, nothing is deleted.
func (p Pruning) sweep(ctx context.Context, lease *archive.Lease, kept []archive.Stored, before time.Time) error {
	keep := &files.Sums{}
	for _, s := range kept {
		if s.Files == nil {
			continue
		}
		if err := p.mark(ctx, s.Manifest, keep); err != nil {
			return errors.Wrapf(err, "cannot read which files backup %s has", s.Name)
		}
	}
	count, err := files.NewPool(p.Repository.Bucket, p.Repository.PoolPrefix()).Sweep(ctx, keep, before, lease.Check)
	if count > 0 {
		p.Log.Info("Deleted contents of files that no backup has", "count", count)
	}
	return err
}

// mark the contents that a backup has.
func (p Pruning) mark(ctx context.Context, m archive.Manifest, keep *files.Sums) error {
	r, err := p.Repository.Index(ctx, m)
	if err != nil {
		return err
	}
	index, err := files.NewIndex(r)
	for err == nil && index.Current != nil {
		keep.Add(index.Current.SHA256)
		err = index.Next()
	}
	return errors.Join(err, r.Close())
}
