package mattermost

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/google/go-cmp/cmp"
)

// foreign is what no condition may show: it is from a server that spec.url only leads to.
const foreign = "foreign-text"

// speak answers each connection with text, whatever it is asked, and returns its URL.
func speak(t *testing.T, text string) string {
	t.Helper()

	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() { _ = listener.Close() })

	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}

			_, _ = http.ReadRequest(bufio.NewReader(conn))
			_, _ = fmt.Fprint(conn, text)
			_ = conn.Close()
		}
	}()

	return "http://" + listener.Addr().String()
}

// TestForeignTextIsNotShown asks servers that are none of Mattermost's. What they say is in
// no error.
func TestForeignTextIsNotShown(t *testing.T) {
	const answered = "HTTP/1.1 200 OK\r\n"

	notHTTP := errUnreadable.Error()

	cases := map[string]struct {
		reason string
		says   string
		want   string
	}{
		"NoHTTP": {
			reason: "a port may be that of another protocol, whose greeting says more than its owner wants",
			says:   "SSH-2.0-" + foreign + "\r\n",
			want:   notHTTP,
		},
		"Status": {
			reason: "a status is a number",
			says:   "HTTP/1.1 " + foreign + " OK\r\n\r\n",
			want:   notHTTP,
		},
		"Header": {
			reason: "a header may be no header",
			says:   answered + foreign + "\r\n\r\n",
			want:   notHTTP,
		},
		"Length": {
			reason: "a length is a number",
			says:   answered + "Content-Length: " + foreign + "\r\n\r\n",
			want:   notHTTP,
		},
		"Encoding": {
			reason: "an encoding may be unknown",
			says:   answered + "Transfer-Encoding: " + foreign + "\r\n\r\n",
			want:   notHTTP,
		},
		"Location": {
			reason: "a redirection may lead nowhere, and is not followed",
			says:   "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: http://%zz" + foreign + "\r\n\r\n",
			want:   "the server answered 302 Found",
		},
		"NotModified": {
			reason: "the provider asks under no condition, and takes an empty answer for no object",
			says:   "HTTP/1.1 304 Not Modified\r\n\r\n",
			want:   "the server answered 304 Not Modified",
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			err := getTeam(t.Context(), connect(t, fast(speak(t, tc.says), Credentials{Token: secretToken})))
			if err == nil || strings.Contains(err.Error(), foreign) {
				t.Fatalf("\n%s\nwant an error without what the server says, got %v", tc.reason, err)
			}

			if diff := cmp.Diff(true, strings.HasSuffix(err.Error(), tc.want)); diff != "" {
				t.Errorf("\n%s\nwant an error that ends with %q, got %v", tc.reason, tc.want, err)
			}
		})
	}
}

// TestErrorsOfTheClientAreShown asserts that errors whose whole text is the client's own stay.
func TestErrorsOfTheClientAreShown(t *testing.T) {
	cases := map[string]struct {
		reason string
		err    error
	}{
		"ClosedIdle": {reason: "a server may close a connection that is used again", err: errors.New(closedIdle)},
		"Refused":    {reason: "nothing listens there", err: &net.OpError{Op: "dial", Err: errors.New("connection refused")}},
		"Cut":        {reason: "a server may end in the middle of an answer", err: io.ErrUnexpectedEOF},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := discreet(tc.err); !errors.Is(got, tc.err) {
				t.Errorf("\n%s\nwant %v, got %v", tc.reason, tc.err, got)
			}
		})
	}
}
