package mattermost

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/mattermost/mattermost/server/public/model"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"
)

// requestTimeout is for one attempt at a request. An installation of a plugin takes
// longest.
const requestTimeout = 45 * time.Second

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

	// RequestsPerSecond and Burst limit how often the server is asked.
	RequestsPerSecond, Burst int
}

// NewClient returns a client of a server. It may be used concurrently, and asks the
// server for nothing until it is used. What it asks is counted in requests.
func NewClient(e Endpoint, requests *prometheus.CounterVec) (*model.Client4, error) {
	transport, err := transport(e.CertificateAuthorities, (&net.Dialer{}).DialContext)
	if err != nil {
		return nil, err
	}

	careful := refusals{next: patient(&absence{
		next: pace{
			next:    counted{next: transport, requests: requests},
			limiter: rate.NewLimiter(rate.Limit(e.RequestsPerSecond), e.Burst),
		},
		now:     time.Now,
		limiter: newAbsenceLimiter(),
	})}

	authorized := &session{next: careful, token: e.Credentials.Token, turn: make(chan struct{}, 1), now: time.Now}

	if e.Credentials.Token == "" {
		authorized.login = func(ctx context.Context) (string, error) {
			return login(ctx, newClient(e.URL, careful), e.Credentials, e.FirstAdministrator)
		}
	}

	return newClient(e.URL, authorized), nil
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
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           connect.hurried,
		TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   8,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: requestTimeout,
	}

	if authorities != "" {
		t.TLSClientConfig.RootCAs = x509.NewCertPool()
		if !t.TLSClientConfig.RootCAs.AppendCertsFromPEM([]byte(authorities)) {
			return nil, errors.New("cannot use spec.tls: it has no certificate in PEM")
		}
	}

	return t, nil
}
