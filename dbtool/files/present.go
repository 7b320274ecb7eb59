package files

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/store"
)

// Present are the contents that a pool has, as its listing tells, in little memory.
type Present struct {
	seen Sums
	// asRead says that tags count.
	asRead bool
}

// Present contents of the pool, by checksum and size. With asRead those alone count that
// are what they were when they were read: nobody wrote the object since.
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

// identify a content as it is stored.
func (p *Present) identify(sum string, bytes int64, tag string) [sha256.Size]byte {
	if !p.asRead {
		tag = ""
	}
	return sha256.Sum256(fmt.Appendf(nil, "%s %d %s", sum, bytes, tag))
}

// Missing returns the first entry of an index whose content the pool does not have, nil
// if it has all. Contents are not read.
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

// Sweep deletes the contents that are not in a set and were stored before a moment of the
// store's time, and returns how many those were. Check is called before each. What is not
// named by a checksum is somebody else's.
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
