package store

import (
	"bytes"
	"context"
	"crypto/md5" //nolint:gosec // What every S3 service compares a body with.
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/http"
	"time"

	"github.com/minio/minio-go/v7"
	"golang.org/x/sync/errgroup"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/codec"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

const (
	mebibyte = 1 << 20
	// minPart and maxPart limit the size of a part, in bytes. A part is kept in memory
	// until it is stored. Two parts are kept as long as the part size has at most doubled.
	minPart = 8 * mebibyte
	doubled = 16 * mebibyte
	maxPart = 64 * mebibyte
	// maxParts is the number of parts that S3 allows, less a margin for data that
	// compresses badly.
	maxParts = 9000
	// bodies limits the total size of the bodies in memory, in bytes.
	bodies = 2 * doubled

	// tries to store a small object whose content is not what was sent.
	tries = 3
	// cleaning is how long the cleanup may take after the context ended.
	cleaning = 30 * time.Second
)

// Put an object from a stream. Expected is its approximate size in bytes, or 0 if it is
// unknown. When Put returns, the object was read back and is what was sent. If the reader
// fails, there is no object.
//
// Every request has its body in memory, so that a retry sends the same bytes. It carries
// the MD5 and the SHA-256 of the body, which every service checks.
func (b *Bucket) Put(ctx context.Context, key string, r io.Reader, expected int64) (Object, error) {
	size := partSize(expected)
	first := size
	if expected > 0 {
		first = min(size, expected+1)
	}
	room := min(first, bodies)
	if first == size && size <= doubled {
		room = 2 * size
	}
	if err := b.memory.Acquire(ctx, room); err != nil {
		return Object{}, errors.Wrap(err, "stopped before an object was stored")
	}
	defer b.memory.Release(room)

	sent := codec.NewDigest()
	r = io.TeeReader(r, sent)
	body, err := fill(r, make([]byte, first))
	if err == nil && first < size {
		// The object is longer than expected.
		rest := make([]byte, size)
		n := copy(rest, body)
		body, err = fill(r, rest[n:])
		body = rest[:n+len(body)]
	}
	switch {
	case err == nil:
		err = b.putParts(ctx, key, body, r)
	case isEnd(err):
		err = b.wrap(b.put(ctx, key, body, minio.PutObjectOptions{}), "cannot store", key)
	}
	if err != nil {
		return Object{}, err
	}
	return b.confirm(ctx, key, sent.Bytes(), sent.Sum())
}

// PutBytes stores a small object, reads it back, and retries errors that may pass.
func (b *Bucket) PutBytes(ctx context.Context, key string, content []byte) (o Object, err error) {
	sum := sha256.Sum256(content)
	for range tries {
		if err = b.wrap(b.put(ctx, key, content, minio.PutObjectOptions{}), "cannot store", key); err != nil {
			return o, err
		}
		if o, err = b.confirm(ctx, key, int64(len(content)), sum[:]); !errors.Is(err, errOther) {
			return o, err
		}
	}
	return o, err
}

// Create a small object unless it exists. The caller reads which object is stored. If the
// service does not support the condition, Create checks first whether the object exists. If
// two processes then create it at the same moment, the last one wins.
func (b *Bucket) Create(ctx context.Context, key string, content []byte) error {
	_, err := b.Stat(ctx, key)
	if failure.Reason(err) != job.ReasonNotFound {
		return err
	}
	o := minio.PutObjectOptions{}
	o.SetMatchETagExcept("*")
	err = b.put(ctx, key, content, o)
	if answer := (minio.ErrorResponse{}); errors.As(err, &answer) {
		switch answer.StatusCode {
		case http.StatusPreconditionFailed, http.StatusConflict:
			return nil
		case http.StatusNotImplemented, http.StatusBadRequest:
			err = b.put(ctx, key, content, minio.PutObjectOptions{})
		}
	}
	return b.wrap(err, "cannot store", key)
}

// put a body in one request. The error is the client's.
func (b *Bucket) put(ctx context.Context, key string, body []byte, o minio.PutObjectOptions) error {
	md5Base64, sha256Hex := sums(body)
	o.ServerSideEncryption, o.DisableContentSha256 = b.encryption, true
	_, err := b.core.PutObject(ctx, b.name, key, bytes.NewReader(body), int64(len(body)), md5Base64, sha256Hex, o)
	return err
}

// putParts stores an object whose first part was read. It reads the next part while it
// stores one, if memory allows it.
func (b *Bucket) putParts(ctx context.Context, key string, body []byte, r io.Reader) (err error) {
	id, err := b.core.NewMultipartUpload(ctx, b.name, key, minio.PutObjectOptions{ServerSideEncryption: b.encryption})
	if err != nil {
		return b.wrap(err, "cannot begin to store", key)
	}
	defer func() {
		if err != nil {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleaning)
			defer cancel()
			_ = b.core.AbortMultipartUpload(ctx, b.name, key, id)
		}
	}()
	free := make(chan []byte, 2)
	if len(body) <= doubled {
		free <- make([]byte, len(body))
	}
	var parts []*minio.CompletePart
	group, storing := errgroup.WithContext(ctx)
	for ended := false; ; {
		part, content := &minio.CompletePart{PartNumber: len(parts) + 1}, body
		parts = append(parts, part)
		group.Go(func() (err error) {
			part.ETag, err = b.putPart(storing, key, id, part.PartNumber, content)
			free <- content[:cap(content)]
			return err
		})
		if ended {
			break
		}
		select {
		case next := <-free:
			body, err = fill(r, next)
		case <-storing.Done():
			err = context.Cause(storing)
		}
		if ended = isEnd(err); err != nil && !ended {
			return errors.Join(group.Wait(), err)
		}
		if len(body) == 0 {
			break
		}
	}
	if err = group.Wait(); err != nil {
		return err
	}
	return b.complete(ctx, key, id, parts)
}

// putPart stores one part.
func (b *Bucket) putPart(ctx context.Context, key, id string, number int, body []byte) (etag string, err error) {
	o := minio.PutObjectPartOptions{DisableContentSha256: true}
	o.Md5Base64, o.Sha256Hex = sums(body)
	stored, err := b.core.PutObjectPart(ctx, b.name, key, id, number, bytes.NewReader(body), int64(len(body)), o)
	return stored.ETag, b.wrap(err, "cannot store a part of", key)
}

// complete an object from its parts.
func (b *Bucket) complete(ctx context.Context, key, id string, parts []*minio.CompletePart) error {
	list := make([]minio.CompletePart, 0, len(parts))
	for _, p := range parts {
		list = append(list, *p)
	}
	_, err := b.core.CompleteMultipartUpload(ctx, b.name, key, id, list, minio.PutObjectOptions{ServerSideEncryption: b.encryption})
	if answer := (minio.ErrorResponse{}); errors.As(err, &answer) && answer.Code == "NoSuchUpload" {
		// The client retried because it lost the answer to the first request. Reading the
		// object back shows whether it is there.
		return nil
	}
	return b.wrap(err, "cannot store", key)
}

// errOther marks an object that is not what was sent.
var errOther = errors.New("what is read back is not what was sent")

// confirm that an object is what was sent. Some services show a new object with a delay.
func (b *Bucket) confirm(ctx context.Context, key string, bytes int64, sum []byte) (o Object, err error) {
	for try := range tries {
		var same bool
		if o, same, err = b.compare(ctx, key, bytes, sum); err == nil && same {
			return o, nil
		}
		if reason := failure.Reason(err); err != nil && reason != job.ReasonNotFound && reason != job.ReasonCorrupt {
			return o, err
		}
		select {
		case <-ctx.Done():
			return o, errors.Wrap(context.Cause(ctx), "stopped while an object was read back")
		case <-time.After(firstPause << try):
		}
	}
	return o, failure.Mark(job.ReasonUnavailable, errors.Wrapf(errOther, "cannot store %s in bucket %s", key, b.name))
}

// compare reads an object and compares it with what was sent.
func (b *Bucket) compare(ctx context.Context, key string, size int64, sum []byte) (Object, bool, error) {
	r, o, err := b.Get(ctx, key)
	if err != nil || o.Bytes != size {
		if err == nil {
			err = r.Close()
		}
		return o, false, err
	}
	read := codec.NewDigest()
	_, err = io.Copy(read, r)
	return o, read.Bytes() == size && bytes.Equal(read.Sum(), sum), errors.Join(err, r.Close())
}

// fill a buffer from a reader. The error is the reader's own, or nil when the buffer is
// full.
func fill(r io.Reader, buffer []byte) ([]byte, error) {
	n := 0
	for n < len(buffer) {
		m, err := r.Read(buffer[n:])
		n += m
		if err != nil {
			return buffer[:n], err
		}
	}
	return buffer, nil
}

// isEnd says whether a reader ended. A reader that failed may wrap io.EOF from below.
func isEnd(err error) bool { return err == io.EOF } //nolint:errorlint // A wrapped io.EOF is a failure.

// sums returns the checksums that a service compares with a body.
func sums(body []byte) (md5Base64, sha256Hex string) {
	m, s := md5.Sum(body), sha256.Sum256(body) //nolint:gosec // As above.
	return base64.StdEncoding.EncodeToString(m[:]), hex.EncodeToString(s[:])
}

// partSize for an object of about the expected size.
func partSize(expected int64) int64 {
	size := (expected/maxParts + mebibyte - 1) / mebibyte * mebibyte
	return min(max(size, minPart), maxPart)
}
