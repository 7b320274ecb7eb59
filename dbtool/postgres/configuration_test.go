package postgres_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/postgres"
)

func TestCorrectConfiguration(t *testing.T) {
	const source = "postgres://here/db?a=1&b=2"
	cases := map[string]struct {
		reason, value, siteURL, want, err string
	}{
		"Right": {
			reason: "What says the right things already stays to the letter.",
			value:  "{ \"SqlSettings\": {\"DataSource\": \"postgres://here/db?a=1\\u0026b=2\",\n \"DriverName\":\"postgres\", \"DataSourceReplicas\":null, \"DataSourceSearchReplicas\":[], \"ReplicaLagSettings\":[] } }",
			want:   "{ \"SqlSettings\": {\"DataSource\": \"postgres://here/db?a=1\\u0026b=2\",\n \"DriverName\":\"postgres\", \"DataSourceReplicas\":null, \"DataSourceSearchReplicas\":[], \"ReplicaLagSettings\":[] } }",
		},
		"FromElsewhere": {
			reason: "It names another database and its replicas, and what nobody knows stays.",
			value:  `{"New":{"a":9007199254740993},"SqlSettings":{"DataSource":"postgres://there/db","DataSourceReplicas":["postgres://replica"],"MaxOpenConns":300}}`,
			want:   `{"New":{"a":9007199254740993},"SqlSettings":{"DataSource":"postgres://here/db?a=1&b=2","DataSourceReplicas":[],"DataSourceSearchReplicas":[],"DriverName":"postgres","MaxOpenConns":300,"ReplicaLagSettings":[]}}`,
		},
		"Site": {
			reason:  "Only the site is another.",
			siteURL: "https://here.example.com",
			value:   `{"ServiceSettings":{"SiteURL":"https://there.example.com"},"SqlSettings":{"DataSource":"postgres://here/db?a=1&b=2","DriverName":"postgres","DataSourceReplicas":[],"DataSourceSearchReplicas":[],"ReplicaLagSettings":[]}}`,
			want:    `{"ServiceSettings":{"SiteURL":"https://here.example.com"},"SqlSettings":{"DataSource":"postgres://here/db?a=1&b=2","DriverName":"postgres","DataSourceReplicas":[],"DataSourceSearchReplicas":[],"ReplicaLagSettings":[]}}`,
		},
		"NoJSON":    {reason: "It cannot be read.", value: "nonsense", err: "no JSON"},
		"NoSection": {reason: "A section is none.", value: `{"SqlSettings":[]}`, err: "SqlSettings"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := postgres.CorrectConfiguration([]byte(tc.value), "postgres", source, tc.siteURL)
			if tc.err != "" {
				if err == nil || !strings.Contains(err.Error(), tc.err) {
					t.Errorf("%s\nerror %v, want one that says %q", tc.reason, err, tc.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, string(got)); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
