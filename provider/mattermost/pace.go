package mattermost

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/hashicorp/go-retryablehttp"
	"golang.org/x/time/rate"
)

const (
	retries   = 3
	retryWait = 500 * time.Millisecond

	// maxRetryWait is for how long a reconcile waits to ask again. What takes longer is
	// left to the reconciler, which comes back later.
	maxRetryWait = 10 * time.Second
)

// pace keeps requests to a rate.
type pace struct {
	next    http.RoundTripper
	limiter *rate.Limiter
}

// RoundTrip asks the server when it is time.
func (p pace) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := p.limiter.Wait(req.Context()); err != nil {
		closeBody(req)
		return nil, errors.Wrap(err, "cannot wait for the configured rate of requests")
	}

	return p.next.RoundTrip(req)
}

// patient asks again what a server has no time for.
func patient(next http.RoundTripper) http.RoundTripper {
	return &retryablehttp.RoundTripper{Client: &retryablehttp.Client{
		HTTPClient:   &http.Client{Transport: next, CheckRedirect: stay},
		RetryMax:     retries,
		RetryWaitMin: retryWait,
		RetryWaitMax: maxRetryWait,
		CheckRetry:   askAgain,
		Backoff:      retryablehttp.DefaultBackoff,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}}
}

// askAgain says whether to repeat a request that was answered with rsp or err. One that
// may have changed something on the server is not repeated, unless the server says that
// it did not look at it: the reconciler observes first.
func askAgain(ctx context.Context, rsp *http.Response, err error) (bool, error) {
	if ctx.Err() != nil || err != nil {
		return false, ctx.Err()
	}

	switch {
	case rsp.StatusCode == http.StatusTooManyRequests:
		return !asksForPatience(rsp), nil
	case rsp.StatusCode >= http.StatusInternalServerError && rsp.StatusCode != http.StatusNotImplemented:
		return rsp.Request.Method == http.MethodGet && !asksForPatience(rsp), nil
	default:
		return false, nil
	}
}

// asksForPatience says whether a server wants a longer pause than a reconcile has.
func asksForPatience(rsp *http.Response) bool {
	seconds, err := strconv.Atoi(rsp.Header.Get("Retry-After"))
	return err == nil && time.Duration(seconds)*time.Second > maxRetryWait
}

// stay does not follow a redirection: where it leads is not where the credentials are
// for.
func stay(*http.Request, []*http.Request) error {
	return http.ErrUseLastResponse
}

func closeBody(req *http.Request) {
	if req.Body != nil {
		_ = req.Body.Close()
	}
}
