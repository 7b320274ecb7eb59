// Package failure says of an error why the program fails, and whether it is worth trying
// again. Every package that knows the cause marks its errors; whoever ends the program
// reads the mark.
package failure

import (
	"context"
	"io"
	"net"
	"syscall"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// failure is an error with a mark.
type failure struct {
	cause  error
	reason job.Reason
	retry  bool
}

// Error is the cause's own text: a reason is reported beside it.
func (f *failure) Error() string { return f.cause.Error() }

// Unwrap returns the cause.
func (f *failure) Unwrap() error { return f.cause }

// New returns an error with a reason. Nothing of the text may be secret.
func New(reason job.Reason, message string) error {
	return Mark(reason, errors.New(message))
}

// Errorf returns an error with a reason. Nothing of the text may be secret.
func Errorf(reason job.Reason, format string, args ...any) error {
	return Mark(reason, errors.Errorf(format, args...))
}

// Mark an error with a reason, unless it is nil or has one: who is nearest to the cause
// knows it best.
func Mark(reason job.Reason, err error) error {
	if err == nil {
		return nil
	}
	if Marked(err) {
		return err
	}
	return &failure{cause: err, reason: reason, retry: retries(reason)}
}

// Marked says whether an error has a reason.
func Marked(err error) bool {
	f := (*failure)(nil)
	return errors.As(err, &f)
}

// Retry marks an error as worth another try whatever its reason, such as one that came
// after the data was replaced: only going on leads to an end.
func Retry(err error) error {
	if err == nil {
		return nil
	}
	return &failure{cause: err, reason: Reason(err), retry: true}
}

// Reason of an error: that it was marked with, or what its type gives away.
func Reason(err error) job.Reason {
	if f := (*failure)(nil); errors.As(err, &f) {
		return f.reason
	}
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return job.ReasonDiskFull
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, context.DeadlineExceeded), isNetwork(err):
		return job.ReasonUnavailable
	}
	return job.ReasonInternal
}

// Code that the program ends with because of an error.
func Code(err error) int {
	if err == nil {
		return job.CodeDone
	}
	if f := (*failure)(nil); errors.As(err, &f) {
		if f.retry {
			return job.CodeRetry
		}
		return job.CodeFinal
	}
	if retries(Reason(err)) {
		return job.CodeRetry
	}
	return job.CodeFinal
}

// retries says whether failures for a reason may pass by themselves.
func retries(reason job.Reason) bool {
	return reason == job.ReasonUnavailable || reason == job.ReasonInternal
}

func isNetwork(err error) bool {
	n := net.Error(nil)
	return errors.As(err, &n) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.ECONNREFUSED)
}
