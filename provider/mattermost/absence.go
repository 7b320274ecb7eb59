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

	// absenceBurst is how many attempts more there may be: where few resources wait, each
	// finds out by itself that the server is back.
	absenceBurst = 20
)

// absence spares a server that is away, and those who wait for it. It also tells what is
// wrong in the same words each time: the ports of a connection would make every condition
// a new one.
type absence struct {
	next    http.RoundTripper
	now     func() time.Time
	limiter *rate.Limiter

	mu sync.Mutex
	// reason why the last connection was not made.
	reason error
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

	if a.reason == nil || a.limiter.AllowN(a.now(), 1) {
		return nil
	}

	return a.reason
}

// learn from how a request ended, and return its error as it is to be told.
func (a *absence) learn(ctx context.Context, err error) error {
	// Whoever gave up says nothing of the server.
	if ctx.Err() != nil {
		return err
	}

	a.mu.Lock()
	defer a.mu.Unlock()

	broken := &net.OpError{}

	switch {
	case err == nil:
		a.reason = nil
		return nil
	case !errors.As(err, &broken):
		return err
	case broken.Op != "dial" && broken.Op != "proxyconnect":
		return errors.Wrap(broken.Err, "the connection to the server broke")
	}

	a.reason = errors.Wrap(cause(broken), "cannot reach the server")

	return a.reason
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
