package postgres_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
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

// TestCorrectConfigurationKeepsTheRest asserts that other settings stay to the letter, and
// that a configuration that cannot be read is corrupt.
func TestCorrectConfigurationKeepsTheRest(t *testing.T) {
	value := `{"SqlSettings":{"DataSource":"old","DataSourceReplicas":["old"],"QueryTimeout":30},"ServiceSettings":{"SiteURL":"old","N":9007199254740993},"X":"<&>"}`
	for _, of := range []struct{ reason, siteURL, want string }{
		{"with a URL of the site", "https://new", "https://new"},
		{"without one", "", "old"},
	} {
		got, err := postgres.CorrectConfiguration([]byte(value), "postgres", "postgres://h/d?a=1&b=2", of.siteURL)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(got), `"X":"<&>"`) || !strings.Contains(string(got), "9007199254740993") || !strings.Contains(string(got), `"QueryTimeout":30`) {
			t.Errorf("%s: what was right is different: %s", of.reason, got)
		}
		parsed := map[string]map[string]any{}
		_ = json.Unmarshal([]byte(strings.Replace(string(got), `"X":"<&>"`, `"X":{}`, 1)), &parsed)
		if parsed["SqlSettings"]["DataSource"] != "postgres://h/d?a=1&b=2" || parsed["ServiceSettings"]["SiteURL"] != of.want {
			t.Errorf("%s: %s", of.reason, got)
		}
	}
	for _, bad := range []string{"", "[]", `{"SqlSettings":3}`} {
		if _, err := postgres.CorrectConfiguration([]byte(bad), "postgres", "x", ""); failure.Reason(err) != job.ReasonCorrupt {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
