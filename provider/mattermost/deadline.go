package mattermost

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

const (
	// requestTimeout is the limit for a whole request: the wait for the rate limiter, a
	// login, all attempts, and the response body. A request that waits blocks a worker for
	// other servers.
	requestTimeout = 15 * time.Second

	// installTimeout is the limit for the installation of a plugin, which the server
	// downloads before it answers. A reconcile ends after a minute. A longer download
	// continues on the server, and the next observation sees the plugin.
	installTimeout = 45 * time.Second
)

// A slowServer error means that a request took too long.
type slowServer struct {
	limit time.Duration
}

func (s *slowServer) Error() string {
	return fmt.Sprintf("the server took longer than %s to answer", s.limit)
}

// deadline limits whole requests. The layers below return a response only after its body
// was read.
type deadline struct {
	next http.RoundTripper
}

// RoundTrip asks the server.
func (d deadline) RoundTrip(req *http.Request) (*http.Response, error) {
	slow := &slowServer{limit: limitOf(req)}

	ctx, cancel := context.WithTimeoutCause(req.Context(), slow.limit, slow)
	defer cancel()

	rsp, err := d.next.RoundTrip(req.WithContext(ctx))
	if err != nil && errors.Is(err, context.DeadlineExceeded) && isSlow(ctx) {
		return nil, slow
	}

	return rsp, err
}

func limitOf(req *http.Request) time.Duration {
	path := req.URL.Path
	installs := strings.HasSuffix(path, "/api/v4/plugins/install_from_url") || strings.HasSuffix(path, "/api/v4/plugins/marketplace")

	if req.Method == http.MethodPost && installs {
		return installTimeout
	}

	return requestTimeout
}

// isSlow says whether ctx ended because the server was slow, and not because the caller
// canceled it.
func isSlow(ctx context.Context) bool {
	slow := &slowServer{}
	return ctx.Err() != nil && errors.As(context.Cause(ctx), &slow)
}
