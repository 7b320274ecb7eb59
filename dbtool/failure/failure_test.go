package failure_test

import (
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

func TestReasonAndCode(t *testing.T) {
	corrupt := failure.New(job.ReasonCorrupt, "x")
	for _, of := range []struct {
		reason string
		err    error
		want   job.Reason
		code   int
	}{
		{"what is marked is final", corrupt, job.ReasonCorrupt, job.CodeFinal},
		{"a wrapped error keeps its mark", fmt.Errorf("cannot: %w", corrupt), job.ReasonCorrupt, job.CodeFinal},
		{"the first mark counts", failure.Mark(job.ReasonInternal, corrupt), job.ReasonCorrupt, job.CodeFinal},
		{"a service may come back", failure.New(job.ReasonUnavailable, "x"), job.ReasonUnavailable, job.CodeRetry},
		{"after the data was replaced all is tried again", failure.Retry(corrupt), job.ReasonCorrupt, job.CodeRetry},
		{"a full disk", fmt.Errorf("write: %w", syscall.ENOSPC), job.ReasonDiskFull, job.CodeFinal},
		{"a broken connection", &net.OpError{Op: "read", Err: syscall.ECONNRESET}, job.ReasonUnavailable, job.CodeRetry},
		{"a connection that ended", io.ErrUnexpectedEOF, job.ReasonUnavailable, job.CodeRetry},
		{"what nobody knows", io.ErrClosedPipe, job.ReasonInternal, job.CodeRetry},
	} {
		if got, code := failure.Reason(of.err), failure.Code(of.err); got != of.want || code != of.code {
			t.Errorf("%s: %s with code %d, want %s with %d", of.reason, got, code, of.want, of.code)
		}
	}
	if failure.Mark(job.ReasonCorrupt, nil) != nil || failure.Retry(nil) != nil || failure.Code(nil) != job.CodeDone {
		t.Error("no error became one")
	}
}
