package mattermost

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// TestRequestsAreCounted proves that every request is counted that a server had to
// answer, also those for a login and those that are repeated.
func TestRequestsAreCounted(t *testing.T) {
	s, url := newServer(t)
	s.accounts["admin"] = "password"
	s.next = append(s.next, status(http.StatusServiceUnavailable), status(http.StatusNotFound))

	requests := NewRequests()

	c, err := NewClient(fast(url, Credentials{Username: "admin", Password: "password"}), requests)
	if err != nil {
		t.Fatal(err)
	}

	_ = getTeam(t.Context(), c)
	_ = getTeam(t.Context(), c)

	nobody, err := NewClient(fast("http://127.0.0.1:1", Credentials{Token: secretToken}), requests)
	if err != nil {
		t.Fatal(err)
	}

	_ = getTeam(t.Context(), nobody)

	want := `
# HELP mattermost_requests_total Requests to Mattermost servers, by method and by the status of the answer, or none.
# TYPE mattermost_requests_total counter
mattermost_requests_total{code="200",method="GET"} 1
mattermost_requests_total{code="200",method="POST"} 1
mattermost_requests_total{code="404",method="GET"} 1
mattermost_requests_total{code="503",method="GET"} 1
mattermost_requests_total{code="none",method="GET"} 1
`
	if err := testutil.CollectAndCompare(requests, strings.NewReader(want)); err != nil {
		t.Error(err)
	}
}

// TestRequestsHaveFewLabels answers with statuses that HTTP does not have. HTTP/2 takes any
// number, and each label stays in memory.
func TestRequestsHaveFewLabels(t *testing.T) {
	requests := NewRequests()
	code := 0
	c := counted{requests: requests, next: roundTrip(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: code, Body: http.NoBody}, nil
	})}

	for range 1000 {
		code += 1_000_003

		if err := ask(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}

	if diff := cmp.Diff(1, testutil.CollectAndCount(requests)); diff != "" {
		t.Errorf("labels of a thousand statuses: -want, +got:\n%s", diff)
	}
}
