package mattermost

import (
	"net/url"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestWithoutURL(t *testing.T) {
	boom := errors.New("boom")

	cases := map[string]struct {
		reason string
		err    error
		want   string
	}{
		"Request": {
			reason: "the reason that a request failed for is kept, and its URL is not",
			err:    errors.Wrap(&url.Error{Op: "Get", URL: "https://chat/hooks/secret", Err: boom}, "cannot get webhook"),
			want:   "boom",
		},
		"Answer": {reason: "what a server says is kept as it is", err: errors.Wrap(boom, "cannot get webhook"), want: "cannot get webhook: boom"},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := WithoutURL(tc.err)

			if diff := cmp.Diff(tc.want, got.Error()); diff != "" {
				t.Errorf("\n%s\nWithoutURL(...): -want, +got:\n%s", tc.reason, diff)
			}

			if diff := cmp.Diff(boom, got, cmpopts.EquateErrors()); diff != "" {
				t.Errorf("\n%s\nWithoutURL(...): -want error, +got error:\n%s", tc.reason, diff)
			}
		})
	}

	if got := WithoutURL(nil); got != nil {
		t.Errorf("WithoutURL(nil): %v", got)
	}
}
