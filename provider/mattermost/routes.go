package mattermost

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// apiPath is below the URL of a server. All requests are below it.
const apiPath = "/api/v4/"

// segment of a path: an id, a name or a word of the API. One of nothing but dots is
// another path.
var (
	segment = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)
	dots    = regexp.MustCompile(`^\.+$`)
)

// parameters that the client uses in queries.
var parameters = []string{ //nolint:gochecknoglobals // A constant in all but syntax.
	"custom_only", "force", "format", "get_server_status", "include_deleted", "page", "per_page", "permanent",
	"plugin_download_url", "remove_defaults", "remove_masked", "team_id", "use_rest_semantics",
}

// routes refuses requests for anything but the API of a server. The client puts ids into
// paths as they are. An id of a spec or of a server's answer could lead to any path of the
// host, with any query.
type routes struct {
	next http.RoundTripper

	// base is the path of the server's URL.
	base string
}

// newRoutes returns the routes of the server at address.
func newRoutes(address string, next http.RoundTripper) (http.RoundTripper, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("cannot use spec.url")
	}

	return routes{next: next, base: strings.TrimRight(u.Path, "/")}, nil
}

// RoundTrip asks the server.
func (r routes) RoundTrip(req *http.Request) (*http.Response, error) {
	if !r.known(req.URL) {
		closeBody(req)
		return nil, errors.New("cannot send the request: an id in the spec or in the server's answer is not valid")
	}

	return r.next.RoundTrip(req)
}

// known says whether u is in the API.
func (r routes) known(u *url.URL) bool {
	path, below := strings.CutPrefix(u.Path, r.base+apiPath)
	if !below || u.Fragment != "" {
		return false
	}

	for part := range strings.SplitSeq(path, "/") {
		if !segment.MatchString(part) || dots.MatchString(part) {
			return false
		}
	}

	asked, err := url.ParseQuery(u.RawQuery)

	for name := range asked {
		if !slices.Contains(parameters, name) {
			return false
		}
	}

	return err == nil
}
