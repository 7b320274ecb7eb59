package mattermost

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/mattermost/mattermost/server/public/model"
)

// maxRefusal is how much of an answer that is an error is read, in bytes.
const maxRefusal = 1 << 20

// errorIDHeader of an answer that is an error has the error's id. No server sets it.
const errorIDHeader = "X-Provider-Error-Id"

// refusals reduces answers that are errors to what may be shown in a condition. A
// server in developer mode repeats the token that it was given, a proxy answers with a
// page, and a request's id would make every message a new one.
type refusals struct {
	next http.RoundTripper
}

// RoundTrip asks the server.
func (r refusals) RoundTrip(req *http.Request) (*http.Response, error) {
	rsp, err := r.next.RoundTrip(req)
	if err != nil || rsp.StatusCode < http.StatusMultipleChoices || rsp.StatusCode == http.StatusNotModified {
		return rsp, err
	}

	body, err := io.ReadAll(io.LimitReader(rsp.Body, maxRefusal))
	if err := errors.Join(err, rsp.Body.Close()); err != nil {
		return nil, errors.Wrap(err, "cannot read the server's answer")
	}

	said := &model.AppError{}
	if err := json.Unmarshal(body, said); err != nil || said.Message == "" {
		said.Message = fmt.Sprintf("the server answered %d %s", rsp.StatusCode, http.StatusText(rsp.StatusCode))
	}

	rsp.Header.Set(errorIDHeader, said.Id)

	return withBody(rsp, &model.AppError{Id: said.Id, Message: said.Message, StatusCode: rsp.StatusCode})
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
