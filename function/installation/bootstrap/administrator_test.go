package bootstrap

import (
	"strings"
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
)

// TestEmailFits in what a server accepts.
func TestEmailFits(t *testing.T) {
	long := strings.Repeat("a.", 100) + "example.com"
	cases := map[string]struct {
		reason          string
		spec            string
		name, namespace string
		want            string
	}{
		"Host":     {reason: "The host is the domain.", spec: "ingress: {enabled: true, host: Chat.example.com}", want: "administrator@chat.example.com"},
		"Service":  {reason: "Without a host it is the Service's.", want: "administrator@chat.ns.svc"},
		"LongHost": {reason: "A long host does not fit.", spec: "ingress: {enabled: true, host: " + long + "}", want: "administrator@chat.ns.svc"},
		"Longest":  {reason: "The longest names fit.", name: strings.Repeat("n", 45), namespace: strings.Repeat("s", 63), want: "administrator@" + strings.Repeat("n", 45) + "." + strings.Repeat("s", 63) + ".svc"},
		"TooLong":  {reason: "Names of other Kubernetes versions may not.", name: strings.Repeat("n", 63), namespace: strings.Repeat("s", 63)},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			f := factstest.Given{Spec: factstest.Accepted + tc.spec}.Facts(t)
			if tc.name != "" {
				f = &facts.Facts{Name: tc.name, Namespace: tc.namespace}
			}
			got := administratorEmail(f)
			if len(got) > longestEmail || tc.want != "" && got != tc.want {
				t.Errorf("%s\n%q of %d characters, want %q", tc.reason, got, len(got), tc.want)
			}
		})
	}
}
