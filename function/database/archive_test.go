package database

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// TestArchiveIsTold wherever the platform keeps one: whoever notes it gets the data back
// when the database is gone.
func TestArchiveIsTold(t *testing.T) {
	const (
		backedUp = "{cloudNativePG: {version: '16', backup: {destinationPath: 's3://backups/mm/'}}}"
		was      = "{backend: CloudNativePG, archive: {objectStore: chat-pg, serverName: s, destinationPath: 's3://a', databaseName: talk, version: '16'}}"
	)
	told := func(server, name, version, destination string) map[string]any {
		return map[string]any{"objectStore": "chat-pg", "serverName": server, "destinationPath": destination, "databaseName": name, "version": version}
	}
	for name, tc := range map[string]struct {
		reason string
		given  given
		want   map[string]any
	}{
		"Archived":    {"It is told before the database is there.", given{policy: backedUp, spec: "{}"}, told("chat-pg-0a1b2c3d", "mattermost", "16", "s3://backups/mm/ns")},
		"Asked":       {"As it was asked for.", given{policy: backedUp, spec: "{databaseName: talk, version: '18'}"}, told("chat-pg-0a1b2c3d", "talk", "18", "s3://backups/mm/ns")},
		"Made":        {"As it was made, whatever the platform's default is now.", given{policy: backedUp, spec: "{}", observed: map[string]string{nameCNPGCluster: "{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: {name: chat-pg, labels: {app.kubernetes.io/version: '15'}}}"}}, told("chat-pg-0a1b2c3d", "mattermost", "15", "s3://backups/mm/ns")},
		"Refused":     {"A spec that is refused changes nothing.", given{policy: backedUp, spec: "{retentionDays: 0, databaseName: talk}", status: was}, told("chat-pg-0a1b2c3d", "talk", "16", "s3://backups/mm/ns")},
		"NotArchived": {"The platform keeps none.", given{policy: "{cloudNativePG: {}}", spec: "{deletionPolicy: Delete}", status: was}, nil},
		"Elsewhere":   {"A backend that has nothing of the sort.", given{policy: "{standalone: {}}", spec: "{}"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			rsp, err := tc.given.answer(t)
			if err != nil {
				t.Fatal(err)
			}
			var got map[string]any
			if s := compose.NewResource(rsp.GetDesired().GetComposite().GetResource()).At("status", "archive").Struct(); s != nil {
				got = s.AsMap()
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
