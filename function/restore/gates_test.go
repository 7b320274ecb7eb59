package restore

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
)

// TestGates is what a restore waits for, and what it refuses: each message names a field
// and a remedy, and nothing is composed.
func TestGates(t *testing.T) {
	refused := func(said string) [2]string {
		return [2]string{"False " + said, "False Refused: nothing is done: condition Accepted says why"}
	}
	waits := func(said string) [2]string { return [2]string{"True Accepted", "False " + said} }
	cases := map[string]struct {
		reason string
		given  given
		want   [2]string
	}{
		"NoSource": {"There is nothing to restore.", given{spec: "mattermostClusterName: chat", required: there("")},
			refused("SourceMissing: spec: set exactly one of initBucketURL (an object of a bucket, such as s3://my-backups/mattermost.sql.gz) or from (a MattermostBackup, a MattermostDatabase or an archive of this namespace)")},
		"NoSecret": {"The Secret is not there yet.", given{spec: fromS3, required: with(there(""), requirementSecret+"aws", "")},
			refused(`SecretNotFound: spec.restoreSecret: Secret "aws" does not exist in namespace "ns": create it with keys AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY`)},
		"NoKey": {"The Secret is of another kind.", given{spec: fromS3, required: with(there(""), requirementSecret+"aws", "{data: {AWS_ACCESS_KEY_ID: "+composetest.Canary+", accesskey: "+composetest.Canary+"}}")},
			refused(`SecretKeyMissing: spec.restoreSecret: Secret "aws" has no value under key "AWS_SECRET_ACCESS_KEY": add it`)},
		"Provider": {"A provider that nobody speaks to.", given{spec: fromS3, required: with(there(""), requirementSecret+"aws", strings.Replace(secretAWS, "QVdT", "R0NT", 1))},
			refused(`ProviderUnknown: spec.restoreSecret: key "S3_PROVIDER" of Secret "aws" must say AWS, or be left out; any other service that speaks S3 is named by key AWS_ENDPOINT_URL`)},
		"NoPassword": {"The password's Secret is not there yet.", given{spec: fromS3 + "\nmattermostDBPasswordSecret: {name: db, key: p}", required: there("")},
			refused(`SecretNotFound: spec.mattermostDBPasswordSecret: Secret "db" does not exist in namespace "ns": create it with key p`)},
		"StoreSecret": {"The Secret of the backup's store is gone.", given{spec: from, required: with(there(""), requirementBackup, "{metadata: {name: nightly}, spec: {installation: chat, store: {external: {url: s3, bucket: b, secret: s}}}, status: {backups: [{name: nightly-1}]}}")},
			refused(`SecretNotFound: MattermostBackup "nightly": spec.store.external.secret: Secret "s" does not exist in namespace "ns": create it with keys accesskey and secretkey`)},
		"NoInstallation": {"The installation is not there yet.", given{spec: fromS3, required: with(there(""), requirementInstallation, "")},
			waits(`InstallationPending: waiting for MattermostInstallation "chat", which does not exist in namespace "ns": spec.mattermostClusterName names it; those of legacy claims cannot be restored`)},
		"NoData": {"The installation does not say where its data is.", given{spec: fromS3, required: with(there(""), requirementInstallation, "{metadata: {name: chat}}")},
			waits(`InstallationPending: waiting for MattermostInstallation "chat" to say in status.dataSource where its data is: its conditions say what it waits for; it never says so while spec.mattermostEnv leads its server to another database or file store`)},
		"NoServerYet": {"The schema is not made yet.", given{spec: fromS3, required: with(there(""), requirementInstallation, "{metadata: {name: chat}, status: {replicas: 0, dataSource: {engine: PostgreSQL, secretName: s, urlKey: k}}}")},
			waits(`InstallationPending: waiting for the first server of MattermostInstallation "chat": what it makes of an empty database is compared with the source`)},
		"OtherDatabase": {"The Secret leads to a database that no server uses.", given{spec: fromS3, required: with(there(""), requirementInstallation, installed("")+"  conditions: [{type: DatabaseReady, status: 'False', reason: DatabaseChanged}]")},
			waits(`InstallationPending: waiting for MattermostInstallation "chat", whose spec.database or database Secret names another database than its servers use: its condition DatabaseReady says what to do`)},
		"NoBackupObject": {"The MattermostBackup is not there.", given{spec: from, required: with(there(""), requirementBackup, "")},
			waits(`BackupPending: waiting for MattermostBackup "nightly", which does not exist in namespace "ns": spec.from.backup names it; what a MattermostBackup stored that is gone, or is of another namespace, is restored by spec.initBucketURL`)},
		"NoBackup": {"There is no backup yet.", given{spec: from, required: with(there(""), requirementBackup, "{metadata: {name: nightly}, spec: {installation: chat, store: {bucket: backups}}, status: {state: running}}")},
			waits(`BackupPending: waiting for the first backup of MattermostBackup "nightly", which is running: its conditions say more`)},
		"NoBucket": {"The bucket does not say how it is reached.", given{spec: from, required: with(there(""), requirementBucket, "{metadata: {name: backups}}")},
			waits(`BucketPending: waiting for MattermostBucket "backups" of MattermostBackup "nightly" to say how it is reached: its conditions say more`)},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			rsp := tc.given.answer(t)
			if diff := cmp.Diff(tc.want, [2]string{composetest.Said(rsp, conditionAccepted), composetest.Said(rsp, conditionVerified)}); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
			if got := len(rsp.GetDesired().GetResources()); got != 0 || composetest.Status(rsp).String("step") != "Waiting" {
				t.Errorf("%s\n%d objects are composed at step %s", tc.reason, got, composetest.Status(rsp).String("step"))
			}
		})
	}
}

// TestFailedFirstMigrationIsNoReasonToWait lets people restore what they cannot migrate.
func TestFailedFirstMigrationIsNoReasonToWait(t *testing.T) {
	in := given{spec: fromS3, required: with(there(""), requirementInstallation,
		"{metadata: {name: chat}, status: {replicas: 0, conditions: [{type: MigrationComplete, status: 'False', reason: Failed}], dataSource: {engine: PostgreSQL, secretName: s, urlKey: k}}}")}
	if got := composetest.Status(in.answer(t)).String("step"); got != "Checking" {
		t.Errorf("step %s", got)
	}
}

// TestNewestBackupIsFixed keeps to the backup that was the newest when the restore began.
func TestNewestBackupIsFixed(t *testing.T) {
	for reason, of := range map[string]struct {
		given given
		want  string
	}{
		"the newest when it begins":      {given{spec: from, required: there("")}, "s3://kept/a/ns/nightly/nightly-2"},
		"the user's":                     {given{spec: "mattermostClusterName: chat\nfrom: {backup: nightly, name: nightly-0}", required: there("")}, "s3://kept/a/ns/nightly/nightly-0"},
		"what the Job says":              {given{spec: from, required: there(""), observed: map[string]string{nameCheck: jobOf(checkName, running)}}, "s3://kept/a/ns/nightly/nightly-1"},
		"what the status says":           {given{spec: from, required: there(""), status: "{source: s3://kept/a/ns/nightly/nightly-1}"}, "s3://kept/a/ns/nightly/nightly-1"},
		"a URL is what it is":            {given{spec: fromS3, required: there("")}, "s3://my-sample/my-backup.gz"},
		"what the Job says, afterwards":  {given{spec: from, required: there(mine("Quiesced", "")), observed: checked}, "s3://kept/a/ns/nightly/nightly-1"},
		"nothing while there is nothing": {given{spec: from, required: with(there(""), requirementBackup, "")}, ""},
	} {
		rsp := of.given.answer(t)
		if got := composetest.Status(rsp).String("source"); got != of.want {
			t.Errorf("%s: source %q, want %q", reason, got, of.want)
		}
		if _, replaces := rsp.GetDesired().GetResources()[nameReplace]; !replaces {
			continue
		}
		if got := sourceOf(rsp.GetDesired().GetResources()[nameReplace].GetResource()); got != "a/ns/nightly/nightly-1" {
			t.Errorf("%s: %q is restored", reason, got)
		}
	}
}
