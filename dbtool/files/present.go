package files

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/store"
)

// Present is the set of contents in a pool's listing, in a compact form.
type Present struct {
	seen Sums
	// asRead says that ETags are compared.
	asRead bool
}

// Present lists the contents of the pool by checksum and size. With asRead, only contents
// with the ETag that they had when they were read count: nobody rewrote the object since.
func (p *Pool) Present(ctx context.Context, asRead bool) (*Present, error) {
	present := &Present{asRead: asRead}
	err := p.bucket.List(ctx, p.prefix, func(o store.Object) error {
		present.seen.add(present.identify(o.Key[len(p.prefix):], o.Bytes, o.ETag))
		return nil
	})
	return present, err
}

// Has says whether the content of an entry is there.
func (p *Present) Has(e Entry) bool {
	if p.asRead && e.Tag == "" {
		return false
	}
	return p.seen.has(p.identify(e.SHA256, e.Bytes, e.Tag))
}

// identify returns the key of a stored content in the set.
func (p *Present) identify(sum string, bytes int64, tag string) [sha256.Size]byte {
	if !p.asRead {
		tag = ""
	}
	return sha256.Sum256(fmt.Appendf(nil, "%s %d %s", sum, bytes, tag))
}

// Missing returns the first entry of an index whose content is not in the pool, or nil if
// the pool has all. It reads no contents.
func (p *Pool) Missing(ctx context.Context, index *Index) (*Entry, error) {
	present, err := p.Present(ctx, false)
	if err != nil {
		return nil, err
	}
	for index.Current != nil {
		if !present.Has(*index.Current) {
			return index.Current, nil
		}
		if err := index.Next(); err != nil {
			return nil, err
		}
	}
	return nil, nil //nolint:nilnil // As documented.
}

// Sweep deletes the contents that are not in a set and were stored before a moment, in the
// store's time. It returns how many it deleted. It calls check before each deletion, and
// never deletes objects that are not named by a checksum.
func (p *Pool) Sweep(ctx context.Context, keep *Sums, before time.Time, check func(context.Context) error) (int, error) {
	count := 0
	err := p.bucket.List(ctx, p.prefix, func(o store.Object) error {
		sum := o.Key[len(p.prefix):]
		if !isSum(sum) || keep.Has(sum) || o.Modified.After(before) {
			return nil
		}
		if err := check(ctx); err != nil {
			return err
		}
		count++
		return p.bucket.Delete(ctx, o.Key)
	})
	return count, err
}
