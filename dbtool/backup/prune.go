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
)

// Pruning deletes what is not kept.
type Pruning struct {
	Repository *archive.Repository
	Retention  archive.Retention
	// Grace is how old must be what belongs to no backup before it is deleted: it may
	// belong to one that is being made.
	Grace time.Duration
	Log   *slog.Logger
	// Now is the time.
	Now func() time.Time
}

// Run deletes backups that the retention does not keep, what interrupted ones left, and
// contents of files that no backup has. It returns the backups that remain, newest
// first.
func (p Pruning) Run(ctx context.Context) ([]archive.Stored, error) {
	listing, err := p.Repository.List(ctx)
	if err != nil {
		return nil, err
	}
	manifests := make([]archive.Manifest, 0, len(listing.Backups))
	for _, s := range listing.Backups {
		manifests = append(manifests, s.Manifest)
	}
	doomed := map[string]bool{}
	for _, m := range p.Retention.Doomed(manifests, p.Now()) {
		doomed[m.Name] = true
		if err := p.Repository.Delete(ctx, m.Name); err != nil {
			return nil, errors.Wrapf(err, "cannot delete backup %s", m.Name)
		}
		p.Log.Info("Deleted a backup that is not kept", "backup", m.Name)
	}
	var kept []archive.Stored
	for _, s := range listing.Backups {
		if !doomed[s.Name] {
			kept = append(kept, s)
		}
	}
	before := p.Now().Add(-p.Grace)
	if err := p.clean(ctx, listing.Partial, before); err != nil {
		return nil, err
	}
	if len(listing.Damaged) > 0 {
		p.Log.Warn("No content of files is deleted while there are backups that cannot be read", "backups", listing.Damaged)
		return kept, nil
	}
	return kept, p.sweep(ctx, kept, before)
}

// clean what backups left that were interrupted before a moment.
func (p Pruning) clean(ctx context.Context, partial []string, before time.Time) error {
	if err := p.Repository.Bucket.AbortUploads(ctx, p.Repository.Prefix(), before); err != nil {
		return err
	}
	for _, name := range partial {
		for _, object := range []string{archive.DumpName, archive.IndexName} {
			o, err := p.Repository.Bucket.Stat(ctx, p.Repository.Key(name, object))
			if failure.Reason(err) == job.ReasonNotFound || err == nil && o.Modified.After(before) {
				continue
			}
			if err == nil {
				err = p.Repository.Bucket.Delete(ctx, p.Repository.Key(name, object))
			}
			if err != nil {
				return errors.Wrapf(err, "cannot delete what is left of %s", name)
			}
			p.Log.Info("Deleted what a backup left that was interrupted", "backup", name, "object", object)
		}
	}
	return nil
}

// sweep contents that no backup has. If one index cannot be read, nothing is deleted.
func (p Pruning) sweep(ctx context.Context, kept []archive.Stored, before time.Time) error {
	keep := &files.Sums{}
	for _, s := range kept {
		if s.Files == nil {
			continue
		}
		if err := p.mark(ctx, s.Manifest, keep); err != nil {
			return errors.Wrapf(err, "cannot read which files backup %s has", s.Name)
		}
	}
	count, err := files.NewPool(p.Repository.Bucket, p.Repository.PoolPrefix()).Sweep(ctx, keep, before)
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
