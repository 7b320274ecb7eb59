package mattermost

import (
	"context"
	"net/http"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/mattermost/mattermost/server/public/model"
)

// sessionExpired is the id of the error that a server answers a token with that it does
// not know. Other errors have the same status.
const sessionExpired = "api.context.session_expired.app_error"

// session authorizes requests. With a login, it logs in before the first request, and again
// when the server has ended the session. A token is used as it is.
type session struct {
	next http.RoundTripper

	// login is nil with a token.
	login    func(ctx context.Context) (token string, err error)
	attempts *attempts

	// given holds requests with a token that the server did not accept.
	given *hold

	// turn is held by a request that reads or changes the token.
	turn  chan struct{}
	token string
}

// RoundTrip asks the server as the account.
func (s *session) RoundTrip(req *http.Request) (*http.Response, error) {
	token, err := s.authorize(req.Context(), "")
	if err != nil {
		closeBody(req)
		return nil, err
	}

	rsp, err := s.next.RoundTrip(as(token, req))
	if err != nil {
		return nil, err
	}

	if !expired(rsp) {
		s.given.release()
		return rsp, nil
	}

	if s.login == nil {
		_ = rsp.Body.Close()
		return nil, s.given.refuse()
	}

	if token, err = s.authorize(req.Context(), token); err != nil {
		_ = rsp.Body.Close()
		return nil, err
	}

	again := as(token, req)

	if req.GetBody != nil {
		if again.Body, err = req.GetBody(); err != nil {
			_ = rsp.Body.Close()
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
	if s.login == nil {
		return s.token, s.given.held()
	}

	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return "", errors.Wrap(ctx.Err(), "cannot wait for a login")
	}

	defer func() { <-s.turn }()

	if s.token != "" && s.token != gone {
		return s.token, nil
	}

	var err error

	s.token, err = s.attempts.try(ctx, s.login)

	return s.token, err
}
