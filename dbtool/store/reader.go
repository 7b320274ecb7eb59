package store

import (
	"context"
	"io"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

const (
	// maxBreaks in a row, without a byte in between, end a read.
	maxBreaks = 8
	// firstPause before a connection is made anew; it doubles with every break.
	firstPause = 100 * time.Millisecond
)

// reader of an object goes on where a connection broke.
type reader struct {
	ctx    context.Context //nolint:containedctx // A reader has no other way to be stopped.
	bucket *Bucket
	object Object
	body   io.ReadCloser
	offset int64
	breaks int
}

// Get an object. What is read is the object as it was when Get was called, or an error.
func (b *Bucket) Get(ctx context.Context, key string) (io.ReadCloser, Object, error) {
	body, info, _, err := b.core.GetObject(ctx, b.name, key, minio.GetObjectOptions{})
	if err != nil {
		return nil, Object{}, b.wrap(err, "cannot read", key)
	}
	o := object(info)
	o.Key = key
	return &reader{ctx: ctx, bucket: b, object: o, body: body}, o, nil
}

// Read from the connection, or from a new one.
func (r *reader) Read(p []byte) (int, error) {
	for {
		if r.offset == r.object.Bytes {
			return 0, io.EOF
		}
		if r.body == nil {
			if err := r.reopen(); err != nil {
				return 0, err
			}
		}
		n, err := r.body.Read(p)
		r.offset += int64(n)
		if n > 0 {
			r.breaks = 0
		}
		if err != nil {
			_ = r.body.Close()
			r.body = nil
		}
		if n > 0 {
			return n, nil
		}
	}
}

// reopen the object where the last connection broke.
func (r *reader) reopen() error {
	for {
		if r.breaks == maxBreaks {
			return failure.Errorf(job.ReasonUnavailable, "cannot read %s: connections break", r.object.Key)
		}
		select {
		case <-r.ctx.Done():
			return errors.Wrapf(context.Cause(r.ctx), "stopped while %s was read", r.object.Key)
		case <-time.After(firstPause << r.breaks):
		}
		r.breaks++
		o := minio.GetObjectOptions{}
		if err := o.SetRange(r.offset, 0); err != nil && r.offset > 0 {
			return errors.Wrap(err, "cannot read on")
		}
		if err := o.SetMatchETag(r.object.ETag); err != nil {
			return errors.Wrap(err, "cannot read on")
		}
		body, _, _, err := r.bucket.core.GetObject(r.ctx, r.bucket.name, r.object.Key, o)
		if err == nil {
			r.body = body
			return nil
		}
		err = r.bucket.wrap(err, "cannot read", r.object.Key)
		if failure.Code(err) == job.CodeFinal {
			return err
		}
	}
}

// Close the connection.
func (r *reader) Close() error {
	if r.body == nil {
		return nil
	}
	return errors.Wrapf(r.body.Close(), "cannot close %s", r.object.Key)
}
