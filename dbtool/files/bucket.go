package files

import (
	"context"
	"io"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/archive"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/store"
)

// Bucket is a file store in a bucket.
type Bucket struct {
	bucket *store.Bucket
	// prefix of the keys of files, empty or with a slash at its end. Paths do not have it.
	prefix string
	// except is a prefix of what is no file of the server's.
	except string
	// scratch is a directory that very long listings are sorted in.
	scratch string
}

// NewBucket returns the file store in a folder of a bucket, or in all of it if the folder is
// empty. Objects whose keys begin with except, unless it is empty, are left out: backups in the
// same bucket. Scratch is a directory that very long listings are sorted in; empty for the
// system's own.
func NewBucket(b *store.Bucket, folder, except, scratch string) *Bucket {
	if folder != "" {
		folder = strings.TrimSuffix(folder, "/") + "/"
	}
	return &Bucket{bucket: b, prefix: folder, except: except, scratch: scratch}
}

// Walk visits the objects.
func (b *Bucket) Walk(ctx context.Context, visit func(File) error) error {
	sorted := &sorter{dir: b.scratch, limit: sortBytes}
	defer sorted.close()
	err := b.bucket.List(ctx, b.prefix, func(o store.Object) error {
		path := strings.TrimPrefix(o.Key, b.prefix)
		if path == "" || isOwn(path) || b.excepted(o.Key) {
			return nil
		}
		return sorted.add(File{Path: path, Bytes: o.Bytes, Stamp: o.ETag})
	})
	if err != nil {
		return err
	}
	return sorted.each(ctx, visit)
}

// Open an object.
func (b *Bucket) Open(ctx context.Context, path string) (io.ReadCloser, error) {
	r, _, err := b.bucket.Get(ctx, b.prefix+path)
	return r, err
}

// Takes what is no backup's. Whoever made the list of files that is restored may have put
// keys into it that the backups of others have, or take for their own.
func (b *Bucket) Takes(path string) bool {
	key := b.prefix + path
	return !b.excepted(key) && !archive.Reserves(key)
}

// excepted says whether a key is of what is no file of the server's.
func (b *Bucket) excepted(key string) bool {
	return b.except != "" && strings.HasPrefix(key, b.except)
}

// Put an object.
func (b *Bucket) Put(ctx context.Context, path string, r io.Reader, bytes int64) error {
	if !b.Takes(path) {
		return failure.Errorf(job.ReasonCorrupt, "cannot put a file at %s: backups are there", path)
	}
	_, err := b.bucket.Put(ctx, b.prefix+path, r, bytes)
	return err
}

// SetAside copies an object.
func (b *Bucket) SetAside(ctx context.Context, path, to string) error {
	_, err := b.bucket.Stat(ctx, b.prefix+to)
	if err == nil || failure.Reason(err) != job.ReasonNotFound {
		return err
	}
	return b.bucket.Copy(ctx, b.prefix+path, b.prefix+to)
}

// DeleteBelow deletes objects.
func (b *Bucket) DeleteBelow(ctx context.Context, folder string) error {
	_, err := b.bucket.DeleteBelow(ctx, b.prefix+folder+"/")
	return err
}
