package mattermost

import (
	"bufio"
	"context"
	"errors"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// TestConnectTimeout proves that a server which leaves a connection without an answer is
// given up long before a slow request is. The clock is not the machine's.
func TestConnectTimeout(t *testing.T) {
	cases := map[string]struct {
		reason   string
		connects time.Duration
		answers  time.Duration
		gives    error
		after    time.Duration
	}{
		"NoConnection": {
			reason:   "whoever waits keeps resources of other servers waiting",
			connects: time.Hour,
			gives:    context.DeadlineExceeded,
			after:    connectTimeout,
		},
		"SlowConnection": {
			reason:   "a connection that is made in time is used",
			connects: connectTimeout - time.Second,
			after:    connectTimeout - time.Second,
		},
		"SlowAnswer": {
			reason:  "an answer may take longer than a connection",
			answers: 2 * connectTimeout,
			after:   2 * connectTimeout,
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tripper, err := transport("", func(ctx context.Context, _, _ string) (net.Conn, error) {
					if err := wait(ctx, tc.connects); err != nil {
						return nil, err
					}

					ours, theirs := net.Pipe()
					go answer(theirs, tc.answers)

					return ours, nil
				})
				if err != nil {
					t.Fatal(err)
				}

				request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://chat.example.org", http.NoBody)
				if err != nil {
					t.Fatal(err)
				}

				began := time.Now()

				response, err := tripper.RoundTrip(request)
				if err == nil {
					_ = response.Body.Close()
				}

				if !errors.Is(err, tc.gives) {
					t.Errorf("\n%s\nwant error %v, got %v", tc.reason, tc.gives, err)
				}

				if after := time.Since(began); after != tc.after {
					t.Errorf("\n%s\nwant an end after %s, got one after %s", tc.reason, tc.after, after)
				}
			})
		})
	}
}

// wait until a context is done, but not for longer than a while.
func wait(ctx context.Context, while time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(while):
		return nil
	}
}

// answer one request after a while.
func answer(c net.Conn, after time.Duration) {
	defer func() { _ = c.Close() }()

	if _, err := http.ReadRequest(bufio.NewReader(c)); err != nil {
		return
	}

	<-time.After(after)

	_, _ = c.Write([]byte("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"))
}
