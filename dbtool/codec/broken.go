package codec

import (
	"context"
	"io"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// Broken marks an error of decompressing as that of corrupt data, unless it comes from
// where the data is read.
func Broken(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if !failure.Marked(err) && errors.Is(err, io.ErrUnexpectedEOF) {
		return failure.New(job.ReasonCorrupt, "the dump is truncated: its compressed data ends too early")
	}
	return failure.Mark(job.ReasonCorrupt, errors.Wrap(err, "cannot decompress"))
}
