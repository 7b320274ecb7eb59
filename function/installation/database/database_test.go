package database

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
)

func TestDatabaseEnv(t *testing.T) {
	cases := map[string]struct {
		reason string
		keys   map[string]string
		want   []string
	}{
		"ConnectionString": {
			reason: "One URL serves for both.",
			want:   []string{"MM_CONFIG<db/DB_CONNECTION_STRING", "MM_SQLSETTINGS_DATASOURCE<db/DB_CONNECTION_STRING"},
		},
		"DataSource": {
			reason: "A data source that differs has a key of its own.",
			keys:   map[string]string{"MM_SQLSETTINGS_DATASOURCE": "x"},
			want:   []string{"MM_CONFIG<db/DB_CONNECTION_STRING", "MM_SQLSETTINGS_DATASOURCE<db/MM_SQLSETTINGS_DATASOURCE"},
		},
		"EmptyDataSource": {
			reason: "A key without a value is none.",
			keys:   map[string]string{"MM_SQLSETTINGS_DATASOURCE": "", "MM_SQLSETTINGS_DATASOURCEREPLICAS": ""},
			want:   []string{"MM_CONFIG<db/DB_CONNECTION_STRING", "MM_SQLSETTINGS_DATASOURCE<db/DB_CONNECTION_STRING"},
		},
		"Replicas": {
			reason: "Read replicas follow.",
			keys:   map[string]string{"MM_SQLSETTINGS_DATASOURCEREPLICAS": "x y", "DB_CONNECTION_CHECK_URL": "x"},
			want:   []string{"MM_CONFIG<db/DB_CONNECTION_STRING", "MM_SQLSETTINGS_DATASOURCE<db/DB_CONNECTION_STRING", "MM_SQLSETTINGS_DATASOURCEREPLICAS<db/MM_SQLSETTINGS_DATASOURCEREPLICAS"},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			f := factstest.Given{Spec: factstest.Accepted, Secrets: map[string]map[string]string{"db": tc.keys}}.Facts(t)
			if diff := cmp.Diff(tc.want, factstest.Flat(env(f))); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
