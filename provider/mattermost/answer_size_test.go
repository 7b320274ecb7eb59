package mattermost

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
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
			reason: "an endless response is refused",
			answer: func(w http.ResponseWriter, sent *atomic.Int64) { endless(w, sent, " ") },
			fails:  "it is larger than 8 MiB",
			most:   2 * maxAnswer,
		},
		"EndlessRefusal": {
			reason: "an endless error response is refused",
			answer: func(w http.ResponseWriter, sent *atomic.Int64) {
				w.WriteHeader(http.StatusForbidden)
				endless(w, sent, " ")
			},
			fails: "it is larger than 8 MiB",
			most:  2 * maxAnswer,
		},
		"Bomb": {
			reason: "the limit applies after decompression",
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
			fails: "or its headers are larger than 64 KiB",
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

	_, _, err := read(&http.Response{Body: body})
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

	_, _, err := read(&http.Response{Body: body})
	if err == nil || body.read > largeAnswer+1 {
		t.Errorf("want an error after %d bytes, got %v after %d", largeAnswer+1, err, body.read)
	}

	small, _, err := read(&http.Response{Body: &counting{Reader: strings.NewReader("{}")}})
	if err != nil || string(small) != "{}" {
		t.Errorf("a small answer meanwhile: %s, %v", small, err)
	}
}

// TestLargeAnswersAreCountedUntilTheyAreUsed asserts that a large answer counts as long as
// it takes memory, and no longer.
func TestLargeAnswersAreCountedUntilTheyAreUsed(t *testing.T) {
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, "%q", strings.Repeat("x", 2*largeAnswer))
	}))
	t.Cleanup(h.Close)

	c := connect(t, fast(h.URL, Credentials{Token: secretToken}))

	for range 3 {
		var bodies []io.Closer

		for range maxLarge {
			rsp, err := c.DoAPIGet(t.Context(), "/teams", "") //nolint:bodyclose // It is closed below.
			if err != nil {
				t.Fatal(err)
			}

			bodies = append(bodies, rsp.Body)
		}

		if rsp, err := c.DoAPIGet(t.Context(), "/teams", ""); err == nil {
			t.Error("a large answer is read while others are not used yet")

			_ = rsp.Body.Close()
		}

		for _, body := range bodies {
			// A second time does nothing.
			_, _ = body.Close(), body.Close()
		}
	}
}
