package database

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
)

const (
	cnpgArchived = "{cloudNativePG: {backup: {destinationPath: 's3://backups/mm', endpointURL: 'https://s3.example.com', secretName: $(name)-backup}}}"
	cnpgByRole   = "{cloudNativePG: {backup: {destinationPath: 's3://backups'}}}"

	archiving    = "{type: ContinuousArchiving, status: 'True', reason: ContinuousArchivingSuccess, message: Continuous archiving is working}"
	notArchiving = "{type: ContinuousArchiving, status: 'False', reason: ContinuousArchivingFailing, message: 'rpc error: code = Unknown desc = unexpected failure invoking barman-cloud-wal-archive: exit status 4'}"
	succeeded    = "{type: LastBackupSucceeded, status: 'True', reason: LastBackupSucceeded, message: Backup was successful}"
	failed       = "{type: LastBackupSucceeded, status: 'False', reason: LastBackupFailed, message: 'rpc error: code = Unknown desc = exit status 4'}"
	started      = "{type: LastBackupSucceeded, status: 'False', reason: BackupStarted, message: New Backup starting up}"
	recoverable  = "{serverRecoveryWindow: {chat-pg-0a1b2c3d: {firstRecoverabilityPoint: '2026-03-01T03:00:00Z'}}}"
)

func TestArchiveReady(t *testing.T) {
	const remedy = `: let keys ACCESS_KEY_ID and ACCESS_SECRET_KEY of Secret "chat-backup" list, read, write and delete below s3://backups/mm/ns at https://s3.example.com; ` +
		"the log of container plugin-barman-cloud in the pods of Cluster \"chat-pg\" says what is wrong"
	cases := map[string]struct {
		reason     string
		policy     string
		conditions string
		store      string
		want       string
	}{
		"None": {
			reason: "A platform without backups promises none.",
			policy: "{cloudNativePG: {}}", conditions: archiving,
		},
		"New": {
			reason: "Nothing was archived yet.",
			want:   "FALSE Waiting: waiting for the first change of the database to be archived",
		},
		"First": {
			reason:     "Changes are of no use without a backup that they follow.",
			conditions: archiving + ", " + started,
			want:       "FALSE Waiting: waiting for the first backup of the database",
		},
		"Ready": {
			reason:     "Any moment since the first backup can be recovered.",
			conditions: archiving + ", " + succeeded, store: recoverable,
			want: "TRUE Archiving",
		},
		"Untold": {
			reason:     "A backup that succeeded is one, whatever the plugin tells.",
			conditions: archiving + ", " + succeeded,
			want:       "TRUE Archiving",
		},
		"Another": {
			reason:     "While another backup is made, the one before is there.",
			conditions: archiving + ", " + started, store: recoverable,
			want: "TRUE Archiving",
		},
		"OtherServer": {
			reason:     "What another database of the name left behind is not this one's.",
			conditions: archiving, store: strings.ReplaceAll(recoverable, "0a1b2c3d", "ffffffff"),
			want: "FALSE Waiting: waiting for the first backup of the database",
		},
		"Failing": {
			reason:     "Changes that are not archived are lost with the database.",
			conditions: notArchiving + ", " + succeeded, store: recoverable,
			want: "FALSE ArchiveFailing: changes of the database are not archived, and fill its volume: unexpected failure invoking barman-cloud-wal-archive: exit status 4" + remedy,
		},
		"FailingByRole": {
			reason: "Without a Secret, it is for the pods' identity to be let in.",
			policy: cnpgByRole, conditions: notArchiving,
			want: "FALSE ArchiveFailing: changes of the database are not archived, and fill its volume: unexpected failure invoking barman-cloud-wal-archive: exit status 4" +
				`: let the identity of ServiceAccount "chat-pg" list, read, write and delete below s3://backups/ns; the log of container plugin-barman-cloud in the pods of Cluster "chat-pg" says what is wrong`,
		},
		"BackupFailed": {
			reason:     "A backup that failed is told until another one succeeds.",
			conditions: archiving + ", " + failed, store: recoverable,
			want: "FALSE BackupFailed: the last backup of the database failed: exit status 4" + remedy +
				`; the next one is made by schedule "0 0 2 * * *", or now by a MattermostBackup of method Native`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if tc.policy == "" {
				tc.policy = cnpgArchived
			}
			if tc.store == "" {
				tc.store = "{}"
			}
			rsp := given{policy: tc.policy, spec: "{deletionPolicy: Delete}", observed: map[string]string{
				nameCNPGCluster: "{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: {name: chat-pg}, status: {conditions: [{type: Ready, status: 'True'}, " + tc.conditions + "]}}",
				nameCNPGStore:   "{apiVersion: barmancloud.cnpg.io/v1, kind: ObjectStore, metadata: {name: chat-pg}, status: " + tc.store + "}",
			}}.accepted(t)
			got := ""
			if c := composetest.Condition(rsp, "ArchiveReady"); c != nil {
				got = strings.TrimPrefix(c.GetStatus().String(), "STATUS_CONDITION_") + " " + c.GetReason()
				if c.GetMessage() != "" {
					got += ": " + c.GetMessage()
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
			if rsp.GetDesired().GetComposite().GetReady() == fnv1.Ready_READY_FALSE {
				t.Errorf("%s\nthe database that serves is not ready", tc.reason)
			}
		})
	}
}
