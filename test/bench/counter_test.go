package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestReadsPerPoll(t *testing.T) {
	const poll = time.Minute

	get := func(path string, seconds ...int) []request {
		var out []request
		for _, s := range seconds {
			out = append(out, request{at: time.Unix(int64(s), 0), method: http.MethodGet, path: path})
		}
		return out
	}

	cases := map[string]struct {
		reason   string
		requests []request
		want     map[string]int
	}{
		"Polls": {
			reason:   "what is read once in each interval is read once",
			requests: append(get("/a", 0, 60, 125, 185), get("/b", 30)...),
			want:     map[string]int{"/a": 1, "/b": 1},
		},
		"Twice": {
			reason:   "two reads in one interval are two, wherever they are",
			requests: append(get("/a", 0, 60, 119), get("/b", 0, 1, 2)...),
			want:     map[string]int{"/a": 2, "/b": 3},
		},
		"Writes": {
			reason:   "a write is no read",
			requests: []request{{at: time.Unix(0, 0), method: http.MethodPut, path: "/a"}},
			want:     map[string]int{},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := readsPerPoll(tc.requests, func(string) time.Duration { return poll })
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("\n%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
