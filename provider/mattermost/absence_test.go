package mattermost

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/google/go-cmp/cmp"
)

// roundTrip is a server by what it answers.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// refused is how a connection fails that nobody takes.
func refused() error {
	return &net.OpError{
		Op: "dial", Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(10, 96, 0, 7), Port: 8065},
		Err: os.NewSyscallError("connect", syscall.ECONNREFUSED),
	}
}

func ask(ctx context.Context, server http.RoundTripper) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://chat.example.org/", http.NoBody)
	if err != nil {
		return err
	}

	rsp, err := server.RoundTrip(req)
	if err != nil {
		return err
	}

	return rsp.Body.Close()
}

// TestAbsentServerIsSpared has a hundred resources wait for a server, each of which asks
// twice a second.
func TestAbsentServerIsSpared(t *testing.T) {
	const resources, seconds = 100, 120

	now, away, asked := time.Unix(0, 0), true, 0
	server := &absence{
		now:     func() time.Time { return now },
		limiter: newAbsenceLimiter(),
		next: roundTrip(func(*http.Request) (*http.Response, error) {
			asked++

			if away {
				return nil, refused()
			}

			return &http.Response{Body: http.NoBody}, nil
		}),
	}

	said := map[string]int{}

	for range 2 * seconds {
		for range resources {
			said[fmt.Sprint(ask(t.Context(), server))]++
		}

		now = now.Add(time.Second / 2)
	}

	// The first one tells that it is away. Some more are let go, and then one every two
	// seconds.
	if want := 1 + absenceBurst + seconds/2 - 1; asked != want {
		t.Errorf("a server that was away for %d seconds was asked %d times, want %d", seconds, asked, want)
	}

	want := map[string]int{"cannot reach the server: connect: connection refused": 2 * seconds * resources}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("what resources were told, and how often: -want, +got:\n%s", diff)
	}

	away, asked = false, 0

	for range resources {
		if err := ask(t.Context(), server); err != nil {
			t.Fatalf("a server that is back: %v", err)
		}
	}

	if diff := cmp.Diff(resources, asked); diff != "" {
		t.Errorf("requests once it is back: -want, +got:\n%s", diff)
	}
}

// TestFewFindOutByThemselves has some resources wait for a server as the reconciler does,
// ever longer: each is let go when its time has come. Who is turned away just when the
// server is back waits once more in vain, and so does who waits for it.
func TestFewFindOutByThemselves(t *testing.T) {
	const resources, longest = 5, 64

	now, asked, turns := time.Unix(0, 0), 0, 0
	server := &absence{
		now:     func() time.Time { return now },
		limiter: newAbsenceLimiter(),
		next: roundTrip(func(*http.Request) (*http.Response, error) {
			asked++
			return nil, refused()
		}),
	}

	for wait := 1; wait <= longest; wait *= 2 {
		for range resources {
			turns++
			_ = ask(t.Context(), server)
		}

		now = now.Add(time.Duration(wait) * time.Second)
	}

	if diff := cmp.Diff(turns, asked); diff != "" {
		t.Errorf("requests of %d: -want, +got:\n%s", turns, diff)
	}
}

// TestOneReplicaThatEnds does not make a server absent: others answer.
func TestOneReplicaThatEnds(t *testing.T) {
	now, asked := time.Unix(0, 0), 0
	server := &absence{
		now:     func() time.Time { return now },
		limiter: newAbsenceLimiter(),
		next: roundTrip(func(*http.Request) (*http.Response, error) {
			if asked++; asked%2 == 0 {
				return nil, refused()
			}

			return &http.Response{Body: http.NoBody}, nil
		}),
	}

	for range 2 * absenceBurst {
		_ = ask(t.Context(), server)
	}

	if diff := cmp.Diff(2*absenceBurst, asked); diff != "" {
		t.Errorf("requests: -want, +got:\n%s", diff)
	}
}

func TestFailuresAreTheSameEachTime(t *testing.T) {
	type want struct {
		err    string
		absent bool
	}

	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }

	cases := map[string]struct {
		reason string
		err    error
		want   want
	}{
		"Refused": {
			reason: "nobody listens",
			err:    refused(),
			want:   want{err: "cannot reach the server: connect: connection refused", absent: true},
		},
		"NoHost": {
			reason: "the URL names no host",
			err:    dial(&net.DNSError{Err: "no such host", Name: "chat.example.org", Server: "10.96.0.10:53", IsNotFound: true}),
			want:   want{err: "cannot reach the server: no such host", absent: true},
		},
		"NameServer": {
			reason: "the name server's own connection has a port that is another one each time",
			err:    dial(&net.DNSError{Err: "read udp 10.244.0.3:41234->10.96.0.10:53: i/o timeout", Name: "chat.example.org", IsTimeout: true}),
			want:   want{err: "cannot reach the server: its host cannot be looked up", absent: true},
		},
		"Proxy": {
			reason: "a proxy on the way is a part of it",
			err:    &net.OpError{Op: "proxyconnect", Net: "tcp", Err: refused()},
			want:   want{err: "cannot reach the server: connect: connection refused", absent: true},
		},
		"Reset": {
			reason: "the connection's own port is another one each time; the server was there",
			err: &net.OpError{
				Op: "read", Net: "tcp", Source: &net.TCPAddr{Port: 41234}, Addr: &net.TCPAddr{Port: 8065},
				Err: os.NewSyscallError("read", syscall.ECONNRESET),
			},
			want: want{err: "the connection to the server broke: read: connection reset by peer"},
		},
		"End": {
			reason: "the server closed the connection; it was there",
			err:    io.EOF,
			want:   want{err: "EOF"},
		},
		"Other": {
			reason: "what has no address in it is told as it is",
			err:    errors.New("tls: bad certificate"),
			want:   want{err: "tls: bad certificate"},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			asked := 0
			server := &absence{
				now:     func() time.Time { return time.Unix(0, 0) },
				limiter: newAbsenceLimiter(),
				next: roundTrip(func(*http.Request) (*http.Response, error) {
					asked++
					return nil, tc.err
				}),
			}

			got := want{}

			for range 2 * absenceBurst {
				got.err = fmt.Sprint(ask(t.Context(), server))
			}

			got.absent = asked < 2*absenceBurst

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("\n%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestGivingUpIsNoAbsence proves that a reconcile that runs out of time says nothing of
// the server.
func TestGivingUpIsNoAbsence(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	asked := 0
	server := &absence{now: time.Now, limiter: newAbsenceLimiter(), next: roundTrip(func(*http.Request) (*http.Response, error) {
		asked++
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: context.Canceled}
	})}

	for range 2 * absenceBurst {
		if err := ask(ctx, server); !errors.Is(err, context.Canceled) {
			t.Fatalf("a request that was given up: %v", err)
		}
	}

	if diff := cmp.Diff(2*absenceBurst, asked); diff != "" {
		t.Errorf("requests: -want, +got:\n%s", diff)
	}
}

// TestServerThatIsAway has a client meet a port that nobody listens at.
func TestServerThatIsAway(t *testing.T) {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}

	url := "http://" + l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}

	for name, credentials := range map[string]Credentials{
		"Token": {Token: secretToken},
		"Login": {Username: "admin", Password: secretToken},
	} {
		t.Run(name, func(t *testing.T) {
			c := connect(t, fast(url, credentials))

			_, _, err := c.GetTeam(t.Context(), "team", "")
			if err == nil || !strings.Contains(err.Error(), url) || !strings.HasSuffix(err.Error(), "cannot reach the server: connect: connection refused") {
				t.Errorf("a server that is away: %v", err)
			}

			if _, _, again := c.GetTeam(t.Context(), "team", ""); fmt.Sprint(again) != fmt.Sprint(err) {
				t.Errorf("the same again is told as\n%v\nafter\n%v", again, err)
			}
		})
	}
}
