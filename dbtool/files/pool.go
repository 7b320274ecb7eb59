package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"

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
}

// NewPool below a prefix that ends with a slash.
func NewPool(b *store.Bucket, prefix string) *Pool { return &Pool{bucket: b, prefix: prefix} }

// open a content. Its reader ends with an error instead of io.EOF if it was altered.
func (p *Pool) open(ctx context.Context, e Entry) (io.ReadCloser, error) {
	r, _, err := p.get(ctx, e)
	return r, err
}

func (p *Pool) get(ctx context.Context, e Entry) (io.ReadCloser, store.Object, error) {
	r, o, err := p.bucket.Get(ctx, p.prefix+e.SHA256)
	if failure.Reason(err) == job.ReasonNotFound {
		return nil, o, failure.Errorf(job.ReasonCorrupt, "the content of a file is missing in the backup: %s", e.SHA256)
	}
	if err != nil {
		return nil, o, err
	}
	return codec.Verify(r, e.Bytes, e.SHA256), o, nil
}

// Verify reads a content and compares its checksum. It returns the object's ETag.
func (p *Pool) Verify(ctx context.Context, e Entry) (tag string, err error) {
	r, o, err := p.get(ctx, e)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(io.Discard, r)
	return o.ETag, errors.Join(err, r.Close())
}

// smallBytes are kept in memory while they are stored; what is larger is read twice.
const smallBytes = 512 << 10

// save the content of a file and return its entry, or nil if the file is gone. If the pool
// has the content already, it is read and compared, since name and size prove nothing.
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
	e.Tag, err = p.Verify(ctx, *e)
	if failure.Reason(err) != job.ReasonCorrupt {
		return e, err
	}
	stored := store.Object{}
	if rest == 0 {
		stored, err = p.bucket.PutBytes(ctx, p.prefix+e.SHA256, head.Bytes())
	} else {
		stored, err = p.saveLarge(ctx, s, e)
	}
	e.Tag = stored.ETag
	return e, err
}

// saveLarge stores the content of a file whose checksum is known.
func (p *Pool) saveLarge(ctx context.Context, s Store, e *Entry) (store.Object, error) {
	r, err := s.Open(ctx, e.Path)
	if err != nil {
		return store.Object{}, failure.Retry(err)
	}
	o, err := p.bucket.Put(ctx, p.prefix+e.SHA256, codec.Verify(r, e.Bytes, e.SHA256), e.Bytes)
	if failure.Reason(err) == job.ReasonCorrupt {
		err = failure.Errorf(job.ReasonUnavailable, "a file changed while it was read")
	}
	return o, errors.Join(err, r.Close())
}
