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

// noSuchRoute is the id of Mattermost's error for an unknown request, such as a request of
// another version. It says nothing about any object.
const noSuchRoute = "api.context.404.app_error"

// errorID matches ids of Mattermost's errors, such as app.user.missing_account.const.
var errorID = regexp.MustCompile(`^[a-zA-Z0-9_]+(\.[a-zA-Z0-9_]+)+$`)

// refusals reduces error responses to text that a condition may show. A server in developer
// mode repeats the token of a request, a proxy returns an HTML page, and the id of a
// request would make every message different.
//
// It is also the only place that decides whether a response is Mattermost's own. An ingress
// without a backend returns 404 too, which must not be taken for a missing object.
type refusals struct {
	next http.RoundTripper
}

// RoundTrip asks the server.
func (r refusals) RoundTrip(req *http.Request) (*http.Response, error) {
	rsp, err := r.next.RoundTrip(req)
	if err != nil || rsp.StatusCode < http.StatusMultipleChoices {
		return rsp, err
	}

	body, err := io.ReadAll(rsp.Body)
	if err := errors.Join(err, rsp.Body.Close()); err != nil {
		return nil, errors.Wrap(err, "cannot read the server's answer")
	}

	said, own := appError(rsp.StatusCode, body)

	// The client takes this one for an object that it has. The provider keeps none.
	if rsp.StatusCode == http.StatusNotModified {
		return nil, errors.New(said.Message)
	}

	if rsp.StatusCode == http.StatusNotFound {
		switch {
		case !own:
			return nil, errors.New("the answer 404 Not Found is not Mattermost's: check spec.url, and proxies between the provider and the server")
		case said.Id == noSuchRoute:
			return nil, errors.New("the server does not know the request: its version is not supported, or spec.url has another path than its API")
		}
	}

	rsp.Header.Set(errorIDHeader, said.Id)

	return withBody(rsp, &model.AppError{Id: said.Id, Message: said.Message, StatusCode: rsp.StatusCode})
}

// appError parses the error in body. Own says whether it is one of Mattermost's own errors,
// which have an id and repeat the response's status. An error of another program must not
// be taken for one of Mattermost's, nor be shown: spec.url may lead to a server whose
// responses are meant for others.
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
