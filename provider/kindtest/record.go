// Package kindtest is what tests of the kinds have in common: a record of what a server is
// asked, and cases of what every kind does.
package kindtest

import (
	"net/http"

	"github.com/mattermost/mattermost/server/public/model"
)

// Record of what a server is asked, which fails as it is told to. A fake of a kind's
// Service embeds one.
type Record struct {
	// Fails are the errors of requests, by their names.
	Fails map[string]error

	// Calls are the names of all requests, in their order.
	Calls []string
}

// Fails returns a record in which one request fails.
func Fails(request string, err error) Record {
	return Record{Fails: map[string]error{request: err}}
}

// Call records a request, and returns the error that it is to fail with.
func (r *Record) Call(request string) error {
	r.Calls = append(r.Calls, request)
	return r.Fails[request]
}

// NotFound is how a server says that something does not exist.
func NotFound() error {
	return &model.AppError{StatusCode: http.StatusNotFound, Message: "not found"}
}
