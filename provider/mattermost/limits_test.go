package mattermost

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mattermost/mattermost/server/public/model"
)

// endless writes what a hostile server sends, until the client stops reading or the limit
// is far exceeded. It counts what it could write.
func endless(w io.Writer, written *atomic.Int64, text string) {
	chunk := []byte(strings.Repeat(text, 1<<16/len(text)))

	for written.Load() < 32*maxAnswer {
		n, err := w.Write(chunk)
		written.Add(int64(n))

		if err != nil {
			return
		}
	}
}

// TestAnswersHaveASize sends more than a server may. The client counts what it reads after
// decompression.
func TestAnswersHaveASize(t *testing.T) {
	cases := map[string]struct {
		reason string
		answer func(w http.ResponseWriter, sent *atomic.Int64)
		// fails is the end of the error. If it is empty, there is no error.
		fails string
		// most that a server can send, in bytes.
		most int64
	}{
		"Endless": {
			reason: "an answer without an end is given up",
			answer: func(w http.ResponseWriter, sent *atomic.Int64) { endless(w, sent, " ") },
			fails:  "it is larger than 8 MiB",
			most:   2 * maxAnswer,
		},
		"EndlessRefusal": {
			reason: "and so is one that is an error",
			answer: func(w http.ResponseWriter, sent *atomic.Int64) {
				w.WriteHeader(http.StatusForbidden)
				endless(w, sent, " ")
			},
			fails: "it is larger than 8 MiB",
			most:  2 * maxAnswer,
		},
		"Bomb": {
			reason: "what counts is the text, and not what was sent of it",
			answer: func(w http.ResponseWriter, sent *atomic.Int64) {
				w.Header().Set("Content-Encoding", "gzip")
				z := gzip.NewWriter(w)
				endless(z, sent, " ")
				_ = z.Close()
			},
			fails: "it is larger than 8 MiB",
			// All of it fits into the buffers of a connection.
			most: 64 * maxAnswer,
		},
		"ManyObjects": {
			reason: "a text of objects without fields takes far more memory when it is decoded",
			answer: func(w http.ResponseWriter, _ *atomic.Int64) {
				_, _ = io.WriteString(w, "["+strings.Repeat("{},", 80_000)+"{}]")
			},
			fails: "it has too many values",
		},
		"QuotedBraces": {
			reason: "braces in a string are text",
			answer: func(w http.ResponseWriter, _ *atomic.Int64) {
				_, _ = fmt.Fprintf(w, `{"description": "\"%s"}`, strings.Repeat("{[,", 80_000))
			},
		},
		"Large": {
			reason: "a large answer is used",
			answer: func(w http.ResponseWriter, _ *atomic.Int64) {
				_, _ = fmt.Fprintf(w, `{"description": %q}`, strings.Repeat("x", maxAnswer-100))
			},
		},
		"Headers": {
			reason: "headers are text too",
			answer: func(w http.ResponseWriter, _ *atomic.Int64) {
				w.Header().Set("X-Large", strings.Repeat("x", 2*maxHeaders))
			},
			fails: "server response headers exceeded 65536 bytes; aborted",
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			sent := &atomic.Int64{}
			h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { tc.answer(w, sent) }))
			t.Cleanup(h.Close)

			err := getTeam(t.Context(), connect(t, fast(h.URL, Credentials{Token: secretToken})))

			switch {
			case tc.fails == "" && err != nil:
				t.Errorf("\n%s\nwant no error, got %v", tc.reason, err)
			case tc.fails != "" && (err == nil || !strings.HasSuffix(err.Error(), tc.fails) || !strings.Contains(err.Error(), strings.TrimPrefix(h.URL, "http://"))):
				t.Errorf("\n%s\nwant an error that names the server and ends with %q, got %v", tc.reason, tc.fails, err)
			}

			if tc.most > 0 && sent.Load() > tc.most {
				t.Errorf("\n%s\nwant at most %d bytes that a server gets rid of, got %d", tc.reason, tc.most, sent.Load())
			}
		})
	}
}

// counting counts what is read of a body.
type counting struct {
	io.Reader

	read int64
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.read += int64(n)

	return n, err
}

func (*counting) Close() error { return nil }

// TestNoMoreIsReadThanIsUsed counts what is read of an endless response.
func TestNoMoreIsReadThanIsUsed(t *testing.T) {
	body := &counting{Reader: forever{}}

	_, err := read(&http.Response{Body: body})
	if err == nil || body.read > maxAnswer+1 {
		t.Errorf("want an error after %d bytes, got %v after %d", maxAnswer+1, err, body.read)
	}
}

// forever is an endless stream of spaces.
type forever struct{}

func (forever) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}

	return len(p), nil
}

// TestFewLargeAnswersAtOnce asserts that many servers together cannot use the memory that
// each of them may use.
func TestFewLargeAnswersAtOnce(t *testing.T) {
	for range maxLarge {
		if !largeAnswers.TryAcquire(1) {
			t.Fatal("large answers are read before there are any")
		}
		defer largeAnswers.Release(1)
	}

	body := &counting{Reader: forever{}}

	_, err := read(&http.Response{Body: body})
	if err == nil || body.read > largeAnswer+1 {
		t.Errorf("want an error after %d bytes, got %v after %d", largeAnswer+1, err, body.read)
	}

	small, err := read(&http.Response{Body: &counting{Reader: strings.NewReader("{}")}})
	if err != nil || string(small) != "{}" {
		t.Errorf("a small answer meanwhile: %s, %v", small, err)
	}
}

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

		said := map[string]int{}

		for range 60 {
			for range 20 {
				said[fmt.Sprint(ask(t.Context(), server))]++
			}

			time.Sleep(time.Second)
		}

		if diff := cmp.Diff(map[string]int{"the server took longer than 15s to answer": 1200}, said); diff != "" {
			t.Errorf("what resources are told, and how often: -want, +got:\n%s", diff)
		}

		if asked > 4 {
			t.Errorf("a server that is slow was asked %d times in some two minutes", asked)
		}

		slow = false

		time.Sleep(slowPause)

		if err := ask(t.Context(), server); err != nil {
			t.Errorf("a server that answers again: %v", err)
		}
	})
}

// TestRedirectionsAreNotFollowed uses a server that redirects to itself.
func TestRedirectionsAreNotFollowed(t *testing.T) {
	asked := 0
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++

		http.Redirect(w, r, "/api/v4/teams", http.StatusTemporaryRedirect)
	}))
	t.Cleanup(h.Close)

	c := connect(t, fast(h.URL, Credentials{Token: secretToken}))
	if _, _, err := c.CreateTeam(t.Context(), &model.Team{Name: "team"}); err == nil {
		t.Error("a redirection is an answer")
	}

	if diff := cmp.Diff(1, asked); diff != "" {
		t.Errorf("requests: -want, +got:\n%s", diff)
	}
}
