package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// Restoration of the files of one backup to a store. Files that the backup does not have
// are left alone.
type Restoration struct {
	Store Store
	Pool  *Pool
	// Request that asks, as part of a path.
	Request string
}

// Prepare copies the files that are missing, and reads the contents of those that will
// be replaced, so that what is altered or missing in the backup is found in time.
// Nothing that the server sees changes.
func (r Restoration) Prepare(ctx context.Context, index *Index) (Count, error) {
	return r.each(ctx, index, r.copyMissing, func(ctx context.Context, e Entry) error {
		_, err := r.Pool.Verify(ctx, e)
		return err
	})
}

// Replace the files that are different, after all else has been replaced. What they
// contained is kept until Forget. It can be interrupted and called again.
func (r Restoration) Replace(ctx context.Context, index *Index) (Count, error) {
	return r.each(ctx, index, r.copyMissing, func(ctx context.Context, e Entry) error {
		if err := r.Store.SetAside(ctx, e.Path, replacedPath(r.Request, e.Path)); err != nil {
			return err
		}
		return r.copyMissing(ctx, e)
	})
}

// Forget what files contained that a request replaced.
func (r Restoration) Forget(ctx context.Context) error {
	return r.Store.DeleteBelow(ctx, ReplacedName+"/"+r.Request)
}

// copyMissing puts a file.
func (r Restoration) copyMissing(ctx context.Context, e Entry) error {
	content, err := r.Pool.open(ctx, e)
	if err != nil {
		return err
	}
	return errors.Join(r.Store.Put(ctx, e.Path, content, e.Bytes), content.Close())
}

// each file of an index: missing ones, and different ones. Count.Read are those that
// one of both was called for. What the store does not take is left alone, and is no reason
// to refuse all else: older backups may have it by an honest mistake.
func (r Restoration) each(ctx context.Context, index *Index, missing, different func(context.Context, Entry) error) (Count, error) {
	count, touched := Count{}, atomic.Int64{}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(workers)
	refused := func(e Entry) bool {
		if r.Store.Takes(e.Path) {
			return false
		}
		count.Refused++
		return true
	}
	absent := func(e Entry) {
		if refused(e) {
			return
		}
		count.Files, count.Bytes = count.Files+1, count.Bytes+e.Bytes
		group.Go(func() error {
			touched.Add(1)
			return missing(ctx, e)
		})
	}
	present := func(e Entry, f File) {
		if refused(e) {
			return
		}
		count.Files, count.Bytes = count.Files+1, count.Bytes+e.Bytes
		if same := f.Bytes == e.Bytes && f.Stamp == e.Stamp && f.Stamp != ""; same {
			return
		}
		group.Go(func() error {
			same, err := r.same(ctx, e, f)
			if err != nil || same {
				return err
			}
			touched.Add(1)
			return different(ctx, e)
		})
	}
	err := merge(ctx, r.Store, index, absent, present)
	if waited := group.Wait(); waited != nil {
		err = waited
	}
	count.Read = touched.Load()
	return count, err
}

// merge an index with what a store has; both are in the same order.
func merge(ctx context.Context, s Store, index *Index, absent func(Entry), present func(Entry, File)) error {
	err := s.Walk(ctx, func(f File) error {
		for index.Current != nil && index.Current.Path < f.Path {
			absent(*index.Current)
			if err := index.Next(); err != nil {
				return err
			}
		}
		if index.Current != nil && index.Current.Path == f.Path {
			present(*index.Current, f)
			return index.Next()
		}
		return nil
	})
	for err == nil && index.Current != nil {
		absent(*index.Current)
		err = index.Next()
	}
	return err
}

// same says whether a file has an entry's content.
func (r Restoration) same(ctx context.Context, e Entry, f File) (bool, error) {
	if f.Bytes != e.Bytes {
		return false, nil
	}
	content, err := r.Store.Open(ctx, f.Path)
	if failure.Reason(err) == job.ReasonNotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer func() { _ = content.Close() }()
	sum := sha256.New()
	if _, err := io.Copy(sum, content); err != nil {
		return false, errors.Wrap(err, "cannot read a file")
	}
	return hex.EncodeToString(sum.Sum(nil)) == e.SHA256, nil
}
