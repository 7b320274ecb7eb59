package search

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
)

func TestSearchEnv(t *testing.T) {
	cases := map[string]struct {
		reason string
		spec   string
		want   []string
	}{
		"None":     {reason: "There is no search engine.", spec: ""},
		"Empty":    {reason: "A manifest of the operator may hold an empty object.", spec: "elasticSearch: {}"},
		"NoHost":   {reason: "It is off while host is empty.", spec: "elasticSearch: {secret: s}"},
		"NoSecret": {reason: "An engine may be open.", spec: "elasticSearch: {host: h}", want: []string{"MM_ELASTICSEARCHSETTINGS_ENABLEINDEXING=true", "MM_ELASTICSEARCHSETTINGS_ENABLESEARCHING=true", "MM_ELASTICSEARCHSETTINGS_CONNECTIONURL=h"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, factstest.Flat(env(factstest.Given{Spec: tc.spec}.Facts(t)))); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
