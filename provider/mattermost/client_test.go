package mattermost

import (
	"context"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mattermost/mattermost/server/public/model"
)

// TestRefusedTokenIsHeld asserts that a token is used as it is, and that a token that the
// server does not accept is not tried by every resource.
func TestRefusedTokenIsHeld(t *testing.T) {
	now := time.Unix(0, 0)
	s, url := newServer(t)
	e := fast(url, Credentials{Token: secretToken})
	e.Origin.Secret = "login"

	c, err := clientOf(e, wiring{requests: NewRequests(), now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}

	if err := getTeam(t.Context(), c); err != nil {
		t.Fatal(err)
	}

	delete(s.sessions, secretToken)

	for range 100 {
		err := getTeam(t.Context(), c)
		if want := `the server does not accept the access token in Secret "login": give a valid one`; err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Fatalf("a revoked token: want error %q, got %v", want, err)
		}
	}

	if diff := cmp.Diff([]int{2, 0}, []int{s.asked, s.logins}); diff != "" {
		t.Errorf("requests and logins: -want, +got:\n%s", diff)
	}

	s.sessions[secretToken] = true
	now = now.Add(firstLoginPause)

	if err := getTeam(t.Context(), c); err != nil {
		t.Errorf("a token that the server accepts again: %v", err)
	}
}

func TestSessionIsRenewed(t *testing.T) {
	s, url := newServer(t)
	s.accounts["admin"] = "password"
	c := connect(t, fast(url, Credentials{Username: "admin", Password: "password"}))

	for range 2 {
		if _, _, err := c.GetTeam(t.Context(), "team", ""); err != nil {
			t.Fatal(err)
		}
	}

	if diff := cmp.Diff(1, s.logins); diff != "" {
		t.Errorf("logins for two requests: -want, +got:\n%s", diff)
	}

	clear(s.sessions)

	team, _, err := c.CreateTeam(t.Context(), &model.Team{Name: "repeated"})
	if err != nil {
		t.Fatal(err)
	}

	if !strings.Contains(team.Description, `"repeated"`) {
		t.Errorf("the repeated request has lost its body: %q", team.Description)
	}

	if diff := cmp.Diff(2, s.logins); diff != "" {
		t.Errorf("logins after the session was ended: -want, +got:\n%s", diff)
	}
}

func TestSessionIsSharedByConcurrentRequests(t *testing.T) {
	s, url := newServer(t)
	s.accounts["admin"] = "password"
	c := connect(t, fast(url, Credentials{Username: "admin", Password: "password"}))

	var wait sync.WaitGroup

	for range 8 {
		wait.Go(func() {
			if _, _, err := c.GetTeam(t.Context(), "team", ""); err != nil {
				t.Error(err)
			}
		})
	}

	wait.Wait()

	if diff := cmp.Diff(1, s.logins); diff != "" {
		t.Errorf("logins: -want, +got:\n%s", diff)
	}
}

func TestOtherRefusalsRenewNoSession(t *testing.T) {
	s, url := newServer(t)
	s.accounts["admin"] = "password"
	s.next = append(s.next, func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusUnauthorized, "api.user.delete_team.not_enabled.for_admin.app_error", "Permanent team deletion feature is not enabled.")
	})

	_, err := connect(t, fast(url, Credentials{Username: "admin", Password: "password"})).PermanentDeleteTeam(t.Context(), "team")
	if diff := cmp.Diff("Permanent team deletion feature is not enabled.", fmt.Sprint(err)); diff != "" {
		t.Errorf("error: -want, +got:\n%s", diff)
	}

	if diff := cmp.Diff([]int{1, 1}, []int{s.asked, s.logins}); diff != "" {
		t.Errorf("requests and logins: -want, +got:\n%s", diff)
	}
}

func TestAnswersThatAreErrors(t *testing.T) {
	type want struct {
		err   string
		asked int
	}

	cases := map[string]struct {
		reason string
		next   []http.HandlerFunc
		ask    func(ctx context.Context, c *model.Client4) error
		want   want
	}{
		"NotJSON": {
			reason: "the page of a proxy is no message",
			next: []http.HandlerFunc{func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusForbidden)
				_, _ = io.WriteString(w, "<html>"+secretToken+"</html>")
			}},
			ask:  getTeam,
			want: want{err: "the server answered 403 Forbidden", asked: 1},
		},
		"OfAnother": {
			reason: "what something else than Mattermost says is for others",
			next: []http.HandlerFunc{func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusInternalServerError)
				_, _ = io.WriteString(w, `{"message":"`+secretToken+`"}`)
			}},
			ask:  createTeam,
			want: want{err: "the server answered 500 Internal Server Error", asked: 1},
		},
		"Redirection": {
			reason: "a redirection is not followed: the token is for this server",
			next: []http.HandlerFunc{func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "http://other.invalid/", http.StatusMovedPermanently)
			}},
			ask:  getTeam,
			want: want{err: "the server answered 301 Moved Permanently", asked: 1},
		},
		"ReadIsRepeated": {
			reason: "a read that failed on the server is repeated",
			next:   []http.HandlerFunc{status(http.StatusServiceUnavailable)},
			ask:    getTeam,
			want:   want{asked: 2},
		},
		"WriteIsNotRepeated": {
			reason: "a write that failed on the server may have happened: it is observed first",
			next:   []http.HandlerFunc{status(http.StatusInternalServerError)},
			ask:    createTeam,
			want:   want{err: "the server answered 500 Internal Server Error", asked: 1},
		},
		"WriteThatWasNotLookedAtIsRepeated": {
			reason: "a server that has had too many requests did not look at this one",
			next:   []http.HandlerFunc{status(http.StatusTooManyRequests)},
			ask:    createTeam,
			want:   want{asked: 2},
		},
		"LongPause": {
			reason: "a reconcile does not wait for minutes",
			next: []http.HandlerFunc{func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", "120")
				w.WriteHeader(http.StatusTooManyRequests)
			}},
			ask:  getTeam,
			want: want{err: "the server answered 429 Too Many Requests", asked: 1},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			s, url := newServer(t)
			s.next = tc.next
			got := want{}

			if err := tc.ask(t.Context(), connect(t, fast(url, Credentials{Token: secretToken}))); err != nil {
				got.err = err.Error()
			}

			got.asked = s.asked

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{})); diff != "" {
				t.Errorf("\n%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestURLThatReachesAnyPath is refused: with a query or a fragment it leads to any path of
// any host that the provider reaches, and what it says of a login is no message's.
func TestURLThatReachesAnyPath(t *testing.T) {
	asked := 0
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	t.Cleanup(s.Close)

	host := strings.TrimPrefix(s.URL, "http://")

	for _, u := range []string{
		s.URL + "/internal/admin?x=", s.URL + "?", s.URL + "/internal/admin#", "http://ann:" + secretToken + "@" + host, "http://ann@" + host + "/sub", "http://a b:" + secretToken + "@" + host,
	} {
		_, err := NewClient(fast(u, Credentials{Token: secretToken}), NewRequests())
		if err == nil || !strings.Contains(err.Error(), "spec.url") || strings.Contains(err.Error(), secretToken) {
			t.Errorf("%s: error: %v", u, err)
		}
	}

	if _, err := NewClient(fast(s.URL+"/sub/path", Credentials{Token: secretToken}), NewRequests()); err != nil {
		t.Error(err)
	}

	if asked > 0 {
		t.Errorf("the server was asked %d times", asked)
	}
}

func getTeam(ctx context.Context, c *model.Client4) error {
	_, _, err := c.GetTeam(ctx, "team", "")
	return err
}

func createTeam(ctx context.Context, c *model.Client4) error {
	_, _, err := c.CreateTeam(ctx, &model.Team{Name: "team"})
	return err
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func TestCertificateAuthorities(t *testing.T) {
	s := &server{sessions: map[string]bool{secretToken: true}}
	h := httptest.NewTLSServer(s)
	t.Cleanup(h.Close)

	own := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: h.Certificate().Raw}))
	e := fast(h.URL, Credentials{Token: secretToken})

	if err := getTeam(t.Context(), connect(t, e)); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("a certificate of an unknown authority: error: %v", err)
	}

	e.CertificateAuthorities = own
	if err := getTeam(t.Context(), connect(t, e)); err != nil {
		t.Errorf("a certificate of an authority in spec.tls: error: %v", err)
	}

	e.CertificateAuthorities = "not PEM"
	if _, err := NewClient(e, NewRequests()); err == nil {
		t.Error("authorities without a certificate: no error")
	}
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
