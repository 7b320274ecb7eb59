package main

import (
	"cmp"
	"context"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// counter passes requests on to a server, and notes them.
type counter struct {
	// url that the server is reached by.
	url    string
	server *http.Server

	lock  sync.Mutex
	noted []request
}

// request that a server was asked.
type request struct {
	at           time.Time
	method, path string
}

// countAt serves a counter for the server at target, at an address with a port that the
// kernel chooses. The caller closes it.
func countAt(ctx context.Context, address, target string) (*counter, error) {
	to, err := url.Parse(target)
	if err != nil {
		return nil, errors.Wrap(err, "cannot count the requests to a server")
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(address, "0"))
	if err != nil {
		return nil, errors.Wrap(err, "cannot count the requests to a server")
	}
	c := &counter{url: "http://" + listener.Addr().String()}
	pass := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) }}
	c.server = &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.note(r)
		pass.ServeHTTP(w, r)
	})}
	go func() { _ = c.server.Serve(listener) }()
	return c, nil
}

func (c *counter) note(r *http.Request) {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.noted = append(c.noted, request{at: time.Now(), method: r.Method, path: r.URL.Path})
}

func (c *counter) close() error { return errors.Wrap(c.server.Close(), "cannot end the count") }

// since are the requests after a time, in their order.
func (c *counter) since(from time.Time) []request {
	c.lock.Lock()
	defer c.lock.Unlock()
	i, _ := slices.BinarySearchFunc(c.noted, from, func(r request, t time.Time) int { return cmp.Compare(r.at.UnixNano(), t.UnixNano()) })
	return slices.Clone(c.noted[i:])
}

// readsPerPoll of each path: the most reads of it in any time that is shorter than the
// shortest interval between two of them is meant to be.
func readsPerPoll(requests []request, shortest func(path string) time.Duration) map[string]int {
	at := map[string][]time.Time{}
	for _, r := range requests {
		if r.method == http.MethodGet {
			at[r.path] = append(at[r.path], r.at)
		}
	}
	out := map[string]int{}
	for path, times := range at {
		first := 0
		for last := range times {
			for times[last].Sub(times[first]) >= shortest(path) {
				first++
			}
			out[path] = max(out[path], last-first+1)
		}
	}
	return out
}
