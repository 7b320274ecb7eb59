package mattermost

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"golang.org/x/time/rate"
)

const (
	// absencePause is between two attempts to reach a server that is away, however many
	// resources wait for it.
	absencePause = 2 * time.Second

	// slowPause is the time between two requests to a server that did not answer in time.
	// Each request blocks a worker.
	slowPause = 30 * time.Second

	// absenceBurst is how many attempts more there may be: where few resources wait, each
	// finds out by itself that the server is back.
	absenceBurst = 20
)

// absence limits requests to a server that is unreachable or slow. It also keeps its error
// messages stable: the ports of a connection would change every condition.
type absence struct {
	next    http.RoundTripper
	now     func() time.Time
	limiter *rate.Limiter

	mu sync.Mutex
	// reason why the last connection failed or timed out.
	reason error
	// resume is when a slow server is asked again.
	resume time.Time
}

func newAbsenceLimiter() *rate.Limiter {
	return rate.NewLimiter(rate.Every(absencePause), absenceBurst)
}

// RoundTrip asks the server, unless it is away.
func (a *absence) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := a.away(); err != nil {
		closeBody(req)
		return nil, err
	}

	rsp, err := a.next.RoundTrip(req)

	return rsp, a.learn(req.Context(), err)
}

// away returns why the server is not to be asked now.
func (a *absence) away() error {
	a.mu.Lock()
	defer a.mu.Unlock()

	switch now := a.now(); {
	case a.reason == nil:
		return nil
	case a.resume.IsZero() && a.limiter.AllowN(now, 1):
		return nil
	case !a.resume.IsZero() && !now.Before(a.resume):
		// One request tries, and the others wait for its result.
		a.resume = now.Add(slowPause)
		return nil
	default:
		return a.reason
	}
}

// learn from how a request ended, and return its error as it is to be told.
func (a *absence) learn(ctx context.Context, err error) error {
	// Whoever gave up says nothing of the server.
	if ctx.Err() != nil && !isSlow(ctx) {
		return err
	}

	a.mu.Lock()
	defer a.mu.Unlock()

	broken := &net.OpError{}
	connected := !errors.As(err, &broken) || (broken.Op != "dial" && broken.Op != "proxyconnect")

	switch {
	case err == nil:
		a.reason, a.resume = nil, time.Time{}
		return nil
	case isSlow(ctx):
		return a.slow(context.Cause(ctx))
	case connected && timedOut(err):
		return a.slow(err)
	case broken.Op == "":
		return err
	case connected:
		return errors.Wrap(broken.Err, "the connection to the server broke")
	}

	a.reason, a.resume = errors.Wrap(cause(broken), "cannot reach the server"), time.Time{}

	return a.reason
}

// slow records that the server did not answer in time.
func (a *absence) slow(reason error) error {
	a.reason, a.resume = reason, a.now().Add(slowPause)
	return reason
}

// timedOut says whether err is a timeout of the connection, such as of a TLS handshake.
func timedOut(err error) bool {
	var limit net.Error
	return errors.As(err, &limit) && limit.Timeout()
}

// cause of a connection that was not made, without addresses.
func cause(failed *net.OpError) error {
	name, inner := &net.DNSError{}, &net.OpError{}

	switch {
	case errors.As(failed.Err, &name) && name.IsNotFound:
		return errors.New("no such host")
	case errors.As(failed.Err, &name):
		return errors.New("its host cannot be looked up")
	case errors.As(failed.Err, &inner):
		return inner.Err
	default:
		return failed.Err
	}
}
