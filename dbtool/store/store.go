// Package store reads and writes objects of a bucket: as streams, of any length, with
// little memory, and in spite of connections that break.
package store

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/encrypt"
	"golang.org/x/sync/semaphore"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// DefaultEndpoint is Amazon's.
const DefaultEndpoint = "s3.amazonaws.com"

// Options of a bucket.
type Options struct {
	// Endpoint is a host with optional port; TLS unless it begins with http://.
	Endpoint string
	Bucket   string
	// Region is looked up when it is empty.
	Region string
	// AccessKey and SecretKey. If both are empty, the pod's own identity in the cloud is
	// used, and never that of its node.
	AccessKey string
	SecretKey string
	// Encryption that the server is asked for: AES256, KMS, or empty for the bucket's
	// own.
	Encryption string
	KMSKey     string
}

// Bucket of objects.
type Bucket struct {
	core       minio.Core
	name       string
	encryption encrypt.ServerSide
	// memory for bodies, in bytes.
	memory *semaphore.Weighted
}

// Object of a bucket.
type Object struct {
	Key      string
	Bytes    int64
	ETag     string
	Modified time.Time
}

// Open a bucket, without a look at it.
func Open(o Options) (*Bucket, error) {
	encryption, err := serverSide(o)
	if err != nil {
		return nil, err
	}
	if o.Bucket == "" {
		return nil, failure.New(job.ReasonInvalid, "no bucket is named")
	}
	endpoint, insecure := strings.CutPrefix(o.Endpoint, "http://")
	endpoint = strings.TrimRight(strings.TrimPrefix(endpoint, "https://"), "/")
	if endpoint == "" {
		endpoint = DefaultEndpoint
	}
	by, err := identity(o)
	if err != nil {
		return nil, err
	}
	core, err := minio.NewCore(endpoint, &minio.Options{Creds: by, Secure: !insecure, Region: o.Region})
	if err != nil {
		return nil, failure.Mark(job.ReasonInvalid, errors.Wrapf(err, "cannot use endpoint %q", o.Endpoint))
	}
	return &Bucket{core: *core, name: o.Bucket, encryption: encryption, memory: semaphore.NewWeighted(bodies)}, nil
}

// serverSide encryption that is asked for.
func serverSide(o Options) (encrypt.ServerSide, error) {
	switch o.Encryption {
	case "":
		return nil, nil //nolint:nilnil // Nothing is asked for.
	case "AES256":
		return encrypt.NewSSE(), nil
	case "KMS":
		sse, err := encrypt.NewSSEKMS(o.KMSKey, nil)
		return sse, errors.Wrap(err, "cannot use the key for encryption")
	}
	return nil, failure.Errorf(job.ReasonInvalid, "encryption %q is neither AES256 nor KMS", o.Encryption)
}

// Name of the bucket.
func (b *Bucket) Name() string { return b.name }

// Make the bucket, unless it is there.
func (b *Bucket) Make(ctx context.Context, region string) error {
	exists, err := b.core.BucketExists(ctx, b.name)
	if err != nil || exists {
		return b.wrap(err, "cannot look at", "the root")
	}
	err = b.core.MakeBucket(ctx, b.name, minio.MakeBucketOptions{Region: region})
	if minio.ToErrorResponse(err).Code == "BucketAlreadyOwnedByYou" {
		return nil
	}
	return b.wrap(err, "cannot make", "the root")
}

// Bytes of a small object; those of one that is larger than limit are not read.
func (b *Bucket) Bytes(ctx context.Context, key string, limit int64) ([]byte, Object, error) {
	r, o, err := b.Get(ctx, key)
	if err != nil {
		return nil, o, err
	}
	defer func() { _ = r.Close() }()
	if o.Bytes > limit {
		return nil, o, failure.Errorf(job.ReasonCorrupt, "object %s has %d bytes, and should have at most %d", key, o.Bytes, limit)
	}
	content, err := io.ReadAll(r)
	return content, o, err
}

// Stat looks at an object. The error is marked as job.ReasonNotFound if there is none.
func (b *Bucket) Stat(ctx context.Context, key string) (Object, error) {
	info, err := b.core.StatObject(ctx, b.name, key, minio.StatObjectOptions{})
	return object(info), b.wrap(err, "cannot look at", key)
}

func object(info minio.ObjectInfo) Object {
	return Object{Key: info.Key, Bytes: info.Size, ETag: strings.Trim(info.ETag, `"`), Modified: info.LastModified}
}

// Missing returns nil only if the list of objects does not contain the object either.
// Proxies between this program and the store may return a wrong 404.
func (b *Bucket) Missing(ctx context.Context, key string) error {
	listed := false
	err := b.List(ctx, key, func(o Object) error {
		listed = listed || o.Key == key
		return nil
	})
	if err == nil && listed {
		err = failure.Errorf(job.ReasonUnavailable, "cannot read %s of bucket %s: it is listed, but the store says that it does not exist", key, b.name)
	}
	return err
}

// List objects whose keys begin with a prefix. S3 has them in the order of their keys'
// bytes, but not all that speak S3 have.
func (b *Bucket) List(ctx context.Context, prefix string, visit func(Object) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for info := range b.core.ListObjectsIter(ctx, b.name, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
		if info.Err != nil {
			return b.wrap(info.Err, "cannot list what is below", prefix)
		}
		if strings.HasSuffix(info.Key, "/") {
			continue
		}
		if err := visit(object(info)); err != nil {
			return err
		}
	}
	return errors.Wrap(context.Cause(ctx), "stopped while objects were listed")
}

// Folders directly below a prefix, which is empty or ends with a slash.
func (b *Bucket) Folders(ctx context.Context, prefix string) ([]string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var folders []string
	for info := range b.core.ListObjectsIter(ctx, b.name, minio.ListObjectsOptions{Prefix: prefix}) {
		if info.Err != nil {
			return nil, b.wrap(info.Err, "cannot list what is below", prefix)
		}
		if name, ok := strings.CutSuffix(strings.TrimPrefix(info.Key, prefix), "/"); ok {
			folders = append(folders, name)
		}
	}
	return folders, errors.Wrap(context.Cause(ctx), "stopped while objects were listed")
}

// Delete an object, if there is one.
func (b *Bucket) Delete(ctx context.Context, key string) error {
	err := b.wrap(b.core.RemoveObject(ctx, b.name, key, minio.RemoveObjectOptions{}), "cannot delete", key)
	if failure.Reason(err) == job.ReasonNotFound {
		return nil
	}
	return err
}

// DeleteBelow deletes all objects whose keys begin with a prefix, and returns how many
// those were.
func (b *Bucket) DeleteBelow(ctx context.Context, prefix string) (int, error) {
	count := 0
	err := b.List(ctx, prefix, func(o Object) error {
		count++
		return b.Delete(ctx, o.Key)
	})
	return count, err
}

// Copy an object within the bucket.
func (b *Bucket) Copy(ctx context.Context, from, to string) error {
	_, err := b.core.Client.CopyObject(ctx,
		minio.CopyDestOptions{Bucket: b.name, Object: to, Encryption: b.encryption},
		minio.CopySrcOptions{Bucket: b.name, Object: from})
	return b.wrap(err, "cannot copy", from)
}

// AbortUploads aborts uncompleted uploads below a prefix for which doomed returns true.
// Doomed gets the key and the time when the upload began, in the store's time.
func (b *Bucket) AbortUploads(ctx context.Context, prefix string, doomed func(key string, begun time.Time) bool) error {
	for upload := range b.core.ListIncompleteUploads(ctx, b.name, prefix, true) {
		if upload.Err != nil {
			return b.wrap(upload.Err, "cannot list unfinished uploads below", prefix)
		}
		if !doomed(upload.Key, upload.Initiated) {
			continue
		}
		err := b.core.AbortMultipartUpload(ctx, b.name, upload.Key, upload.UploadID)
		if err := b.wrap(err, "cannot give up the upload of", upload.Key); err != nil && failure.Reason(err) != job.ReasonNotFound {
			return err
		}
	}
	return errors.Wrap(context.Cause(ctx), "stopped while unfinished uploads were listed")
}
