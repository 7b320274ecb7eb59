package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"slices"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/codec"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/store"
)

// Pool of contents, each an object that is named by its checksum.
type Pool struct {
	bucket *store.Bucket
	// prefix ends with a slash.
	prefix string
	// large contents are stored few at once: each takes the memory of a part.
	large chan struct{}
}

// maxLarge contents are stored at once.
const maxLarge = 2

// NewPool below a prefix that ends with a slash.
func NewPool(b *store.Bucket, prefix string) *Pool {
	return &Pool{bucket: b, prefix: prefix, large: make(chan struct{}, maxLarge)}
}

// open a content. Its reader ends with an error instead of io.EOF if it was altered.
func (p *Pool) open(ctx context.Context, e Entry) (io.ReadCloser, error) {
	r, _, err := p.bucket.Get(ctx, p.prefix+e.SHA256)
	if failure.Reason(err) == job.ReasonNotFound {
		return nil, failure.Errorf(job.ReasonCorrupt, "the content of a file is missing in the backup: %s", e.SHA256)
	}
	if err != nil {
		return nil, err
	}
	return codec.Verify(r, e.Bytes, e.SHA256), nil
}

// Verify reads a content and compares its checksum.
func (p *Pool) Verify(ctx context.Context, e Entry) error {
	r, err := p.open(ctx, e)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, r)
	return errors.Join(err, r.Close())
}

// smallBytes are kept in memory while they are stored; what is larger is read twice.
const smallBytes = 512 << 10

// save the content of a file and return its entry, nil if the file is gone.
func (p *Pool) save(ctx context.Context, s Store, f File) (*Entry, error) {
	r, err := s.Open(ctx, f.Path)
	if failure.Reason(err) == job.ReasonNotFound {
		return nil, nil //nolint:nilnil // The file was deleted since it was listed.
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	head := &bytes.Buffer{}
	head.Grow(int(min(f.Bytes, smallBytes)) + bytes.MinRead)
	if _, err := io.CopyN(head, r, smallBytes); err != nil && !errors.Is(err, io.EOF) {
		return nil, errors.Wrap(err, "cannot read a file")
	}
	e := &Entry{Path: f.Path, Stamp: f.Stamp}
	sum := sha256.New()
	_, _ = sum.Write(head.Bytes())
	rest, err := io.Copy(sum, r)
	if err != nil {
		return nil, errors.Wrap(err, "cannot read a file")
	}
	e.SHA256, e.Bytes = hex.EncodeToString(sum.Sum(nil)), int64(head.Len())+rest
	if rest == 0 {
		return e, p.bucket.PutBytes(ctx, p.prefix+e.SHA256, head.Bytes())
	}
	return e, p.saveLarge(ctx, s, e)
}

// freshness of a content that is not stored again. An older one may belong to backups
// that are being deleted.
const freshness = 30 * time.Minute

// saveLarge stores the content of a file whose checksum is known, unless it is there.
func (p *Pool) saveLarge(ctx context.Context, s Store, e *Entry) error {
	p.large <- struct{}{}
	defer func() { <-p.large }()
	present, err := p.bucket.Stat(ctx, p.prefix+e.SHA256)
	if err == nil && present.Bytes == e.Bytes && time.Since(present.Modified) < freshness {
		return nil
	}
	if err != nil && failure.Reason(err) != job.ReasonNotFound {
		return err
	}
	r, err := s.Open(ctx, e.Path)
	if err != nil {
		return failure.Retry(err)
	}
	err = p.bucket.Put(ctx, p.prefix+e.SHA256, codec.Verify(r, e.Bytes, e.SHA256), e.Bytes, e.Bytes)
	if failure.Reason(err) == job.ReasonCorrupt {
		err = failure.Errorf(job.ReasonUnavailable, "a file changed while it was read")
	}
	return errors.Join(err, r.Close())
}

// Sums are a set of checksums in little memory.
type Sums struct {
	sums   [][sha256.Size]byte
	sorted bool
}

// Add a checksum.
func (s *Sums) Add(sum string) {
	b := [sha256.Size]byte{}
	if n, err := hex.Decode(b[:], []byte(sum)); err == nil && n == sha256.Size {
		s.sums, s.sorted = append(s.sums, b), false
	}
	const compactEvery = 1 << 16
	if len(s.sums)%compactEvery == 0 {
		s.sort()
	}
}

// Has says whether a checksum was added.
func (s *Sums) Has(sum string) bool {
	if !s.sorted {
		s.sort()
	}
	b := [sha256.Size]byte{}
	if n, err := hex.Decode(b[:], []byte(sum)); err != nil || n != sha256.Size {
		return false
	}
	_, found := slices.BinarySearchFunc(s.sums, b, compareSums)
	return found
}

// sort and drop duplicates.
func (s *Sums) sort() {
	slices.SortFunc(s.sums, compareSums)
	s.sums, s.sorted = slices.Compact(s.sums), true
}

func compareSums(a, b [sha256.Size]byte) int { return bytes.Compare(a[:], b[:]) }

// Missing returns the first entry of an index whose content the pool does not have, nil
// if it has all. Contents are not read.
func (p *Pool) Missing(ctx context.Context, index *Index) (*Entry, error) {
	present := &Sums{}
	err := p.bucket.List(ctx, p.prefix, func(o store.Object) error {
		present.Add(o.Key[len(p.prefix):])
		return nil
	})
	if err != nil {
		return nil, err
	}
	for index.Current != nil {
		if !present.Has(index.Current.SHA256) {
			return index.Current, nil
		}
		if err := index.Next(); err != nil {
			return nil, err
		}
	}
	return nil, nil //nolint:nilnil // As documented.
}

// Sweep deletes the contents that are not in a set and were stored before a moment, and
// returns how many those were.
func (p *Pool) Sweep(ctx context.Context, keep *Sums, before time.Time) (int, error) {
	count := 0
	err := p.bucket.List(ctx, p.prefix, func(o store.Object) error {
		if keep.Has(o.Key[len(p.prefix):]) || o.Modified.After(before) {
			return nil
		}
		count++
		return p.bucket.Delete(ctx, o.Key)
	})
	return count, err
}
