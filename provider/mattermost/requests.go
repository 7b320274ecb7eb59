package mattermost

import (
	"net/http"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
)

// noAnswer is the status of requests that no server answered.
const noAnswer = "none"

// otherStatus stands for every status that HTTP does not have. HTTP/2 lets a server answer
// with any number, and each would be another label in memory.
const otherStatus = "other"

// NewRequests returns a metric of the requests that clients send to servers. Those that a
// rate holds back, or that are spared a server that is away, are counted when they are
// sent.
func NewRequests() *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "mattermost_requests_total",
		Help: "Requests to Mattermost servers, by method and by the status of the answer, or none.",
	}, []string{"method", "code"})
}

// counted counts requests.
type counted struct {
	next     http.RoundTripper
	requests *prometheus.CounterVec
}

// RoundTrip asks the server.
func (c counted) RoundTrip(req *http.Request) (*http.Response, error) {
	rsp, err := c.next.RoundTrip(req)

	code := noAnswer
	if err == nil {
		code = codeOf(rsp.StatusCode)
	}

	c.requests.WithLabelValues(req.Method, code).Inc()

	return rsp, err
}

// codeOf a status, as a label.
func codeOf(status int) string {
	if http.StatusText(status) == "" {
		return otherStatus
	}

	return strconv.Itoa(status)
}
