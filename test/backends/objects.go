package backends

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"

	"github.com/minio/minio-go/v7"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// Objects of a bucket, digested by key.
func (s *S3) Objects(ctx context.Context, bucket string) (map[string]string, error) {
	c, err := s.Client()
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for o := range c.ListObjects(ctx, bucket, minio.ListObjectsOptions{Recursive: true}) {
		if o.Err != nil {
			return nil, errors.Wrapf(o.Err, "cannot list bucket %s", bucket)
		}
		if out[o.Key], err = digest(ctx, c, bucket, o.Key); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func digest(ctx context.Context, c *minio.Client, bucket, key string) (string, error) {
	object, err := c.GetObject(ctx, bucket, key, minio.GetObjectOptions{})
	if err != nil {
		return "", errors.Wrapf(err, "cannot read object %s", key)
	}
	defer func() { _ = object.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, object); err != nil {
		return "", errors.Wrapf(err, "cannot read object %s", key)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Empty a bucket, below a prefix, or all of it where there is none.
func (s *S3) Empty(ctx context.Context, bucket, prefix string) error {
	c, err := s.Client()
	if err != nil {
		return err
	}
	for o := range c.ListObjects(ctx, bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
		if o.Err != nil {
			return errors.Wrapf(o.Err, "cannot list bucket %s", bucket)
		}
		if err := c.RemoveObject(ctx, bucket, o.Key, minio.RemoveObjectOptions{}); err != nil {
			return errors.Wrapf(err, "cannot delete object %s", o.Key)
		}
	}
	return nil
}

// Put an object of unknown length.
func (s *S3) Put(ctx context.Context, bucket, key string, content io.Reader) error {
	c, err := s.Client()
	if err != nil {
		return err
	}
	_, err = c.PutObject(ctx, bucket, key, content, -1, minio.PutObjectOptions{PartSize: 16 << 20})
	return errors.Wrapf(err, "cannot write object %s", key)
}

// Copy every object of a bucket to another one.
func (s *S3) Copy(ctx context.Context, from, to string) error {
	c, err := s.Client()
	if err != nil {
		return err
	}
	for o := range c.ListObjects(ctx, from, minio.ListObjectsOptions{Recursive: true}) {
		if o.Err != nil {
			return errors.Wrapf(o.Err, "cannot list bucket %s", from)
		}
		object, err := c.GetObject(ctx, from, o.Key, minio.GetObjectOptions{})
		if err != nil {
			return errors.Wrapf(err, "cannot read object %s", o.Key)
		}
		_, err = c.PutObject(ctx, to, o.Key, object, o.Size, minio.PutObjectOptions{})
		_ = object.Close()
		if err != nil {
			return errors.Wrapf(err, "cannot write object %s", o.Key)
		}
	}
	return nil
}
