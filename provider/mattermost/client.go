package mattermost

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/mattermost/mattermost/server/public/model"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"
)

// connectTimeout is for a connection. A server that is stopped may leave it without an
// answer, and whoever waits keeps resources of other servers waiting.
const connectTimeout = 5 * time.Second

// Endpoint is everything that a client depends on.
type Endpoint struct {
	// URL of the server.
	URL string

	// Credentials of the account to use.
	Credentials Credentials

	// FirstAdministrator is the email address to create that account with on a server that
	// has none. Empty creates nothing.
	FirstAdministrator string

	// CertificateAuthorities to trust, in PEM. Empty trusts the well-known ones.
	CertificateAuthorities string

	// Origin says where the other fields come from.
	Origin Origin

	// RequestsPerSecond and Burst limit how often the server is asked.
	RequestsPerSecond, Burst int
}

// NewClient returns a client of a server. It may be used concurrently, and sends no request
// before it is used. Its requests are counted. Refused logins are remembered as long as the
// client exists.
func NewClient(e Endpoint, requests *prometheus.CounterVec) (*model.Client4, error) {
	return clientOf(e, wiring{requests: requests, memory: &ownMemory{}, account: newAccount(), now: time.Now})
}

// wiring is what clients share.
type wiring struct {
	requests *prometheus.CounterVec
	// memory of the login that the server refused.
	memory  Memory
	account *account
	now     func() time.Time
}

// clientOf returns a client of e.
func clientOf(e Endpoint, w wiring) (*model.Client4, error) {
	if err := checkURL(e.URL); err != nil {
		return nil, err
	}

	transport, err := transport(e.CertificateAuthorities, (&net.Dialer{}).DialContext)
	if err != nil {
		return nil, err
	}

	careful := refusals{next: patient(&absence{
		next: pace{
			next:    counted{next: sized{next: transport}, requests: w.requests},
			limiter: rate.NewLimiter(rate.Limit(e.RequestsPerSecond), e.Burst),
		},
		now:     w.now,
		limiter: newAbsenceLimiter(),
	})}

	authorized := &session{
		next:  careful,
		token: e.Credentials.Token,
		given: &hold{reason: e.Origin.refusedToken(), now: w.now},
		turn:  make(chan struct{}, 1),
	}

	if e.Credentials.Token == "" {
		authorized.login = func(ctx context.Context) (string, error) {
			return login(ctx, newClient(e.URL, careful), e.Credentials, e.FirstAdministrator)
		}
		authorized.attempts = &attempts{
			origin: e.Origin, digest: sync.OnceValues(e.digest), memory: w.memory, account: w.account, now: w.now,
		}
	}

	known, err := newRoutes(e.URL, authorized)
	if err != nil {
		return nil, err
	}

	return newClient(e.URL, deadline{next: known}), nil
}

// checkURL refuses a URL that more than the API of a server is reached by: the path of a
// request is put after it, and what is in its query or its fragment would be none. Nor may
// it say a login, which the API server shows to everybody who may read configurations. The
// API server refuses such a URL too, but not where it was there before.
func checkURL(s string) error {
	// The error of a URL that cannot be read repeats it.
	u, err := url.Parse(s)
	if err != nil || strings.ContainsAny(s, "?#") || u.User != nil {
		return errors.New("cannot use spec.url: it must have no query, no fragment and no login, such as https://chat.example.org")
	}

	return nil
}

func newClient(url string, transport http.RoundTripper) *model.Client4 {
	c := model.NewAPIv4Client(url)
	c.HTTPClient = &http.Client{Transport: transport, CheckRedirect: stay}
	c.HTTPHeader["User-Agent"] = "provider-mattermost"

	return c
}

// dial makes a connection, like net.Dialer.DialContext.
type dial func(ctx context.Context, network, address string) (net.Conn, error)

// hurried gives up on a connection that is not made within connectTimeout.
func (d dial) hurried(ctx context.Context, network, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()

	return d(ctx, network, address)
}

func transport(authorities string, connect dial) (http.RoundTripper, error) {
	t := &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            connect.hurried,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    8,
		IdleConnTimeout:        90 * time.Second,
		TLSHandshakeTimeout:    10 * time.Second,
		MaxResponseHeaderBytes: maxHeaders,
	}

	if authorities != "" {
		t.TLSClientConfig.RootCAs = x509.NewCertPool()
		if !t.TLSClientConfig.RootCAs.AppendCertsFromPEM([]byte(authorities)) {
			return nil, errors.New("cannot use spec.tls: it has no certificate in PEM")
		}
	}

	return t, nil
}
