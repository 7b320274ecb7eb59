package mattermost

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/mattermost/mattermost/server/public/model"
)

// errorIDHeader of an answer that is an error has the error's id. No server sets it.
const errorIDHeader = "X-Provider-Error-Id"

// noSuchRoute is the id of the error that Mattermost answers a request with that it does
// not know, such as one of another version. It says nothing about any object.
const noSuchRoute = "api.context.404.app_error"

// errorID is what ids of Mattermost's errors look like, such as
// app.user.missing_account.const.
var errorID = regexp.MustCompile(`^[a-zA-Z0-9_]+(\.[a-zA-Z0-9_]+)+$`)

// refusals reduces answers that are errors to what may be shown in a condition. A
// server in developer mode repeats the token that it was given, a proxy answers with a
// page, and a request's id would make every message a new one.
//
// It is also the one place that decides whether an answer is Mattermost's. An ingress
// without a backend answers 404 too, which must not read as "that does not exist".
type refusals struct {
	next http.RoundTripper
}

// RoundTrip asks the server.
func (r refusals) RoundTrip(req *http.Request) (*http.Response, error) {
	rsp, err := r.next.RoundTrip(req)
	if err != nil || rsp.StatusCode < http.StatusMultipleChoices || rsp.StatusCode == http.StatusNotModified {
		return rsp, err
	}

	body, err := io.ReadAll(rsp.Body)
	if err := errors.Join(err, rsp.Body.Close()); err != nil {
		return nil, errors.Wrap(err, "cannot read the server's answer")
	}

	said, own := appError(rsp.StatusCode, body)

	if rsp.StatusCode == http.StatusNotFound {
		switch {
		case !own:
			return nil, errors.New("the answer 404 Not Found is not Mattermost's: check spec.url, and what is between the provider and the server")
		case said.Id == noSuchRoute:
			return nil, errors.New("the server does not know the request: its version is not supported, or spec.url has another path than its API")
		}
	}

	rsp.Header.Set(errorIDHeader, said.Id)

	return withBody(rsp, &model.AppError{Id: said.Id, Message: said.Message, StatusCode: rsp.StatusCode})
}

// appError returns the error in body, and whether it is one of Mattermost's own, which
// have an id and repeat the answer's status. What is not must be taken for none that has a
// meaning, nor be shown: spec.url may lead to something whose answers are for others.
func appError(status int, body []byte) (said *model.AppError, own bool) {
	said = &model.AppError{}

	err := json.Unmarshal(body, said)
	own = err == nil && errorID.MatchString(said.Id) && said.StatusCode == status

	if !own {
		said = &model.AppError{}
	}

	if said.Message == "" {
		said.Message = fmt.Sprintf("the server answered %d %s", status, http.StatusText(status))
	}

	return said, own
}

// withBody replaces the body of rsp by said.
func withBody(rsp *http.Response, said *model.AppError) (*http.Response, error) {
	body, err := json.Marshal(said)
	if err != nil {
		return nil, errors.Wrap(err, "cannot encode the server's answer")
	}

	rsp.Body = io.NopCloser(bytes.NewReader(body))
	rsp.ContentLength = int64(len(body))
	rsp.Header.Del("Content-Length")

	return rsp, nil
}
