package mattermost

import (
	"context"
	"net/http"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/mattermost/mattermost/server/public/model"
)

// sessionExpired is the id of the error that a server answers a token with that it does
// not know. Other errors have the same status.
const sessionExpired = "api.context.session_expired.app_error"

// What is refused once is tried again after a while, and ever later: a server locks an
// account after some attempts, ten by default.
const (
	firstLoginPause   = 30 * time.Second
	longestLoginPause = 10 * time.Minute
)

// session authorizes requests. With a login, it logs in when the first request is made,
// and again when the server ended the session.
type session struct {
	next  http.RoundTripper
	login func(ctx context.Context) (token string, err error)
	now   func() time.Time

	// turn is what a request has while it reads or changes what follows.
	turn    chan struct{}
	token   string
	refused error
	pause   time.Duration
	resume  time.Time
}

// RoundTrip asks the server as the account.
func (s *session) RoundTrip(req *http.Request) (*http.Response, error) {
	token, err := s.authorize(req.Context(), "")
	if err != nil {
		closeBody(req)
		return nil, err
	}

	rsp, err := s.next.RoundTrip(as(token, req))
	if err != nil || s.login == nil || !expired(rsp) {
		return rsp, err
	}

	if token, err = s.authorize(req.Context(), token); err != nil {
		return nil, err
	}

	again := as(token, req)

	if req.GetBody != nil {
		if again.Body, err = req.GetBody(); err != nil {
			return nil, errors.Wrap(err, "cannot repeat a request")
		}
	} else if req.Body != nil && req.Body != http.NoBody {
		return rsp, nil
	}

	return s.next.RoundTrip(again)
}

// as returns req with token.
func as(token string, req *http.Request) *http.Request {
	authorized := req.Clone(req.Context())
	authorized.Header.Set(model.HeaderAuth, model.HeaderBearer+" "+token)

	return authorized
}

// expired says whether rsp is about the session, which is over.
func expired(rsp *http.Response) bool {
	return rsp.StatusCode == http.StatusUnauthorized && rsp.Header.Get(errorIDHeader) == sessionExpired
}

// authorize returns a token that is not the one that expired.
func (s *session) authorize(ctx context.Context, gone string) (string, error) {
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return "", errors.Wrap(ctx.Err(), "cannot wait for a login")
	}

	defer func() { <-s.turn }()

	if s.login == nil || (s.token != "" && s.token != gone) {
		return s.token, nil
	}

	if s.refused != nil && s.now().Before(s.resume) {
		return "", s.refused
	}

	token, err := s.login(ctx)
	if err == nil {
		s.token, s.refused, s.pause = token, nil, 0
		return token, nil
	}

	s.token = ""

	if hasStatus(err, http.StatusUnauthorized) {
		s.pause = min(max(firstLoginPause, 2*s.pause), longestLoginPause)
		s.refused, s.resume = err, s.now().Add(s.pause)
	}

	return "", err
}
