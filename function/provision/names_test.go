package provision

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMirrored(t *testing.T) {
	cases := []struct{ registry, image, want string }{
		{"", "docker.io/library/postgres:17", "docker.io/library/postgres:17"},
		{"", "postgres", "postgres"},
		{"mirror.example.com", "docker.io/library/postgres:17", "mirror.example.com/library/postgres:17"},
		{"mirror.example.com/", "docker.io/library/postgres:17", "mirror.example.com/library/postgres:17"},
		{"mirror.example.com/path", "library/postgres", "mirror.example.com/path/library/postgres"},
		{"mirror.example.com", "postgres:17", "mirror.example.com/postgres:17"},
		{"mirror.example.com:5000", "localhost/gateway@sha256:00", "mirror.example.com:5000/gateway@sha256:00"},
		{"mirror.example.com", "registry:5000/gateway", "mirror.example.com/gateway"},
	}
	for _, tc := range cases {
		if got := Mirrored(tc.registry, tc.image); got != tc.want {
			t.Errorf("%s from %q is %s, not %s", tc.image, tc.registry, got, tc.want)
		}
	}
}

func TestLabels(t *testing.T) {
	platform := map[string]string{"team": "a", "app.kubernetes.io/instance": "theirs"}
	want := map[string]string{
		"team":                         "a",
		"app.kubernetes.io/name":       "s3",
		"app.kubernetes.io/instance":   "chat",
		"app.kubernetes.io/component":  "s3",
		"app.kubernetes.io/managed-by": "crossplane",
	}
	if diff := cmp.Diff(want, Labels("chat", "s3", platform)); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
	if platform["app.kubernetes.io/instance"] != "theirs" {
		t.Error("the platform's labels were written to")
	}
}
