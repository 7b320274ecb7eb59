package store

import (
	"context"
	"net/http"
	"net/url"

	"github.com/minio/minio-go/v7"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// wrap an error with what was done to what, and mark it.
func (b *Bucket) wrap(err error, what, key string) error {
	if err == nil {
		return nil
	}
	answer := minio.ErrorResponse{}
	if !errors.As(err, &answer) {
		return failure.Mark(unanswered(err), errors.Wrapf(err, "%s %s of bucket %s", what, key, b.name))
	}
	return failure.Errorf(reason(answer), "%s %s of bucket %s: %s (%s, HTTP %d)", what, key, b.name, answer.Message, answer.Code, answer.StatusCode)
}

// reason of an error that is not the store's answer.
func unanswered(err error) job.Reason {
	if u := (*url.Error)(nil); errors.As(err, &u) && !errors.Is(err, context.Canceled) {
		return job.ReasonUnavailable
	}
	return failure.Reason(err)
}

// reason of an answer: by its code, or else by its status.
func reason(answer minio.ErrorResponse) job.Reason {
	switch answer.Code {
	case "QuotaExceeded", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "InsufficientCapacity", "NotEnoughSpace", "StorageQuotaExceeded":
		return job.ReasonDiskFull
	case "NoSuchBucket", "NoSuchKey", "NoSuchUpload":
		return job.ReasonNotFound
	case "InvalidAccessKeyId", "XAdminUserNotFound", "SignatureDoesNotMatch", "AccessDenied", "AllAccessDisabled", "ExpiredToken", "InvalidToken", "AccountProblem":
		return job.ReasonAccessDenied
	case "PreconditionFailed":
		return job.ReasonCorrupt
	case "BadDigest", "XAmzContentSHA256Mismatch", "IncompleteBody", "EntityTooSmall", "InvalidPart":
		// The body was altered in transit. A retry may succeed.
		return job.ReasonUnavailable
	case "SlowDown", "RequestTimeout", "XMinioServerNotInitialized", "OperationAborted":
		return job.ReasonUnavailable
	}
	switch status := answer.StatusCode; {
	case status == http.StatusInsufficientStorage:
		return job.ReasonDiskFull
	case status == http.StatusNotFound:
		return job.ReasonNotFound
	case status == http.StatusForbidden, status == http.StatusUnauthorized:
		return job.ReasonAccessDenied
	case status == http.StatusPreconditionFailed:
		return job.ReasonCorrupt
	case status >= http.StatusInternalServerError, status == http.StatusTooManyRequests, status == 0:
		return job.ReasonUnavailable
	}
	return job.ReasonInvalid
}
