package provision

import (
	"strings"
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

func TestDistinct(t *testing.T) {
	const cut = "0123456789-"
	cases := map[string]struct {
		reason, name, standsFor string
		most                    int
		want                    string
	}{
		"Short":   {reason: "It is as it is.", name: "ns-chat", standsFor: "a", most: 63, want: "ns-chat-ca978112ca1bbdca"},
		"Another": {reason: "What it stands for tells it apart.", name: "ns-chat", standsFor: "b", most: 63, want: "ns-chat-3e23e8160039594a"},
		"Cut":     {reason: "It is cut, and no two dashes meet.", name: cut + "abc", standsFor: "a", most: 28, want: "0123456789-ca978112ca1bbdca"},
		"Fits":    {reason: "It is just as long as it may be.", name: "0123456789a", standsFor: "a", most: 28, want: "0123456789a-ca978112ca1bbdca"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := Distinct(tc.name, tc.standsFor, tc.most); got != tc.want || len(got) > tc.most {
				t.Errorf("%s\nwant %q\ngot  %q", tc.reason, tc.want, got)
			}
		})
	}
}

func TestServerName(t *testing.T) {
	seen := map[string]bool{}
	for n := 40; n <= 45; n++ {
		for _, end := range []string{"a", "b"} {
			name := strings.Repeat("n", n-1) + end
			got := ServerName(name, "postgres")
			if len(got) > 52 || seen[got] || !strings.HasSuffix(got, "-postgres") {
				t.Errorf("the server of %s is %s, of %d characters", name, got, len(got))
			}
			if n <= 43 && got != name+"-postgres" {
				t.Errorf("the server of %s is %s", name, got)
			}
			seen[got] = true
		}
	}
}
