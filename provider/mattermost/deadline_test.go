package mattermost

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// slowly answers a request on a connection, with a pause before each part.
func slowly(c net.Conn, pause time.Duration, parts ...string) {
	defer func() { _ = c.Close() }()

	gone := make(chan struct{})

	go func() {
		defer close(gone)

		_, _ = io.Copy(io.Discard, c)
	}()

	for _, part := range parts {
		select {
		case <-time.After(pause):
		case <-gone:
			return
		}

		if _, err := io.WriteString(c, part); err != nil {
			return
		}
	}
}

// slowServerClient is a client with a slow server and a fake clock.
func slowServerClient(t *testing.T, pause time.Duration, parts ...string) *http.Client {
	t.Helper()

	tripper, err := transport("", func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go slowly(theirs, pause, parts...)

		return ours, nil
	})
	if err != nil {
		t.Fatal(err)
	}

	away := &absence{next: sized{next: tripper}, now: time.Now, limiter: newAbsenceLimiter()}

	return &http.Client{Transport: deadline{next: refusals{next: patient(away)}}, CheckRedirect: stay}
}

// TestWholeRequestsEnd delays a request in every way that a server can.
func TestWholeRequestsEnd(t *testing.T) {
	const head = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"

	cases := map[string]struct {
		reason string
		pause  time.Duration
		parts  []string
		method string
		path   string
		after  time.Duration
	}{
		"NoAnswer":  {reason: "a server that says nothing", pause: time.Hour, parts: []string{head}, after: requestTimeout},
		"SlowHead":  {reason: "a server that sends a byte of its headers each second", pause: time.Second, parts: strings.Split(head, ""), after: requestTimeout},
		"SlowBody":  {reason: "a server that sends a byte of its body each second", pause: time.Second, parts: append([]string{head}, strings.Split(strings.Repeat("x", 1000), "")...), after: requestTimeout},
		"SlowError": {reason: "an error is an answer", pause: 2 * time.Second, parts: append([]string{"HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\n"}, strings.Split(strings.Repeat("x", 100), "")...), after: requestTimeout},
		"Retries":   {reason: "attempts count together", pause: 6 * time.Second, parts: []string{"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"}, after: requestTimeout},
		"Install":   {reason: "the installation of a plugin takes longer", pause: time.Hour, parts: []string{head}, method: http.MethodPost, path: "/api/v4/plugins/install_from_url", after: installTimeout},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := slowServerClient(t, tc.pause, tc.parts...)
				defer c.CloseIdleConnections()

				req, err := http.NewRequestWithContext(t.Context(), tc.method, "http://chat.example.org"+tc.path, http.NoBody)
				if err != nil {
					t.Fatal(err)
				}

				began := time.Now()

				rsp, err := c.Do(req)
				if err == nil {
					_ = rsp.Body.Close()
				}

				want := fmt.Sprintf("the server took longer than %s to answer", tc.after)
				if err == nil || !strings.HasSuffix(err.Error(), want) {
					t.Errorf("\n%s\nwant error %q, got %v", tc.reason, want, err)
				}

				if after := time.Since(began); after != tc.after {
					t.Errorf("\n%s\nwant an end after %s, got one after %s", tc.reason, tc.after, after)
				}
			})
		})
	}
}

// TestSlowServerIsSpared lets many resources wait for a server that does not answer. One at
// a time checks whether it answers again.
func TestSlowServerIsSpared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked, slow := 0, true
		server := deadline{next: &absence{now: time.Now, limiter: newAbsenceLimiter(), next: roundTrip(func(req *http.Request) (*http.Response, error) {
			if asked++; slow {
				<-req.Context().Done()
				return nil, req.Context().Err()
			}

			return &http.Response{Body: http.NoBody}, nil
		})}}

		second := time.NewTicker(time.Second)
		defer second.Stop()

		said := map[string]int{}

		for range 60 {
			for range 20 {
				said[fmt.Sprint(ask(t.Context(), server))]++
			}

			<-second.C
		}

		if diff := cmp.Diff(map[string]int{"the server took longer than 15s to answer": 1200}, said); diff != "" {
			t.Errorf("what resources are told, and how often: -want, +got:\n%s", diff)
		}

		if asked > 4 {
			t.Errorf("a server that is slow was asked %d times in some two minutes", asked)
		}

		slow = false

		for pauses := slowPause; ; pauses -= time.Second {
			err := ask(t.Context(), server)
			if err == nil {
				break
			}

			if pauses <= 0 {
				t.Fatalf("a server that answers again is not asked: %v", err)
			}

			<-second.C
		}
	})
}
