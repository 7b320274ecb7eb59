package restore

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
)

const (
	scratchIs = "undo-ffcc741c22a21c3e"

	fromDatabase = "mattermostClusterName: chat\nfrom: {database: talk, pointInTime: '2026-03-01T02:30:00Z'}"
	fromArchive  = "mattermostClusterName: chat\nfrom: {archive: {objectStore: old, serverName: talk-pg-0a1b}}"
	fromNative   = "mattermostClusterName: chat\nfrom: {backup: nightly}"

	archivedDatabase = `
metadata: {name: talk}
status:
  backend: CloudNativePG
  archive: {objectStore: talk-pg, serverName: talk-pg-0a1b, destinationPath: 's3://backups/ns', databaseName: talk, version: '17'}
`
	objectStore = `
metadata: {name: talk-pg}
spec: {configuration: {destinationPath: 's3://backups/ns'}}
status: {serverRecoveryWindow: {talk-pg-0a1b: {firstRecoverabilityPoint: '2026-02-01T02:00:00Z'}}}
`
	nativeBackup = `
metadata: {name: nightly}
spec: {installation: talk, method: Native}
status: {state: scheduled, backups: [{name: nightly-2}, {name: nightly-1}]}
`
	operatorsBackup = "{metadata: {name: nightly-2}, status: {backupId: 20260301T020000}}"
)

// clusterOf a database, with what makes it large.
func clusterOf(name string) string {
	return fmt.Sprintf(`
metadata: {name: %s, labels: {app.kubernetes.io/version: '17'}}
spec:
  instances: 3
  imageName: registry.example.com:5000/pg:17
  postgresql: {parameters: {max_connections: '900', work_mem: 32MB}, synchronous: {number: 1}}
  resources: {requests: {cpu: 500m, memory: 1Gi}}
  storage: {size: 80Gi, storageClass: fast}
  plugins: [{name: barman-cloud.cloudnative-pg.io, isWALArchiver: true}]
`, name)
}

// archivedBeside is everything that a restore from an archive needs.
func archivedBeside(restore string) map[string]string {
	out := map[string]string{
		requirementDatabase: archivedDatabase, requirementArchive: objectStore, requirementOrigin: clusterOf("talk-pg"), requirementOwn: clusterOf("chat-pg"),
		requirementNative: operatorsBackup,
	}
	maps.Copy(out, there(restore))
	out[requirementBackup] = nativeBackup
	return out
}

// scratch Cluster with a status.
func scratch(status string) map[string]string {
	return map[string]string{nameScratch: fmt.Sprintf("{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, metadata: {name: %s}, spec: {instances: 1, storage: {size: 20Gi}}, status: %s}", scratchIs, status)}
}

const (
	isRecovered = "{conditions: [{type: Ready, status: 'True'}]}"
	settingUp   = "{phase: Setting up primary, phaseReason: Creating primary instance}"

	recoveryJob     = "{metadata: {name: " + scratchIs + "-1-full-recovery}, status: %s}"
	recoveryFailure = "{metadata: {name: p, labels: {batch.kubernetes.io/job-name: " + scratchIs + "-1-full-recovery}}, status: {phase: Failed, containerStatuses: [{name: full-recovery, state: {terminated: {exitCode: 1}}}]}}"
	exhausted       = "{conditions: [{type: Failed, status: 'True', reason: BackoffLimitExceeded, message: Job has reached the specified backoff limit}]}"
)

// besides adds objects to those that are observed.
func besides(observed ...map[string]string) map[string]string {
	out := map[string]string{}
	for _, o := range observed {
		maps.Copy(out, o)
	}
	return out
}

// TestRecovery is the part of the state machine that recovers an archive: the Cluster is
// there from when the gates pass until what became of the data is known.
func TestRecovery(t *testing.T) {
	ready, starting := scratch(isRecovered), scratch(settingUp)
	trying := with(with(archivedBeside(""), requirementRecoveryJob, fmt.Sprintf(recoveryJob, "{active: 1}")), requirementRecovering, recoveryFailure)
	hopeless := with(archivedBeside(""), requirementRecoveryJob, fmt.Sprintf(recoveryJob, exhausted))
	hopelessIn := func(restore string) map[string]string {
		return with(archivedBeside(restore), requirementRecoveryJob, fmt.Sprintf(recoveryJob, exhausted))
	}
	leaving := with(ready, nameScratch, strings.Replace(ready[nameScratch], "metadata: {", "metadata: {deletionTimestamp: now, ", 1))
	const told = "{step: Done, state: failed, conditions: [{type: SourceVerified, status: 'False', reason: RecoveryFailed, message: said}]}"
	cases := map[string]struct {
		reason string
		given  given
		want   string
	}{
		"Begins":      {"Everything is there.", given{spec: fromDatabase, required: archivedBeside("")}, "Recovering restoring [scratch], False NotBegun, False Recovering"},
		"Archive":     {"An archive is named.", given{spec: fromArchive, required: archivedBeside("")}, "Recovering restoring [scratch], False NotBegun, False Recovering"},
		"Native":      {"A backup of the operator's.", given{spec: fromNative, required: archivedBeside("")}, "Recovering restoring [scratch], False NotBegun, False Recovering"},
		"Waits":       {"Nothing is recovered before the installation is there.", given{spec: fromDatabase, required: with(archivedBeside(""), requirementInstallation, "")}, "Waiting restoring [], False NotBegun, False InstallationPending"},
		"Recovers":    {"It takes its time.", given{spec: fromDatabase, required: archivedBeside(""), observed: starting}, "Recovering restoring [scratch], False NotBegun, False Recovering"},
		"SourceGone":  {"The archive's database is deleted meanwhile.", given{spec: fromDatabase, required: there(""), observed: starting}, "Recovering restoring [scratch], False NotBegun, False Recovering"},
		"BackupGone":  {"The MattermostBackup is deleted meanwhile.", given{spec: fromNative, required: with(there(""), requirementBackup, ""), observed: starting}, "Recovering restoring [scratch], False NotBegun, False Recovering"},
		"TargetGone":  {"The installation is deleted meanwhile.", given{spec: fromDatabase, required: with(archivedBeside(""), requirementInstallation, ""), observed: ready}, "Recovering restoring [scratch], False NotBegun, False InstallationPending"},
		"Retries":     {"The operator tries again.", given{spec: fromDatabase, required: trying, observed: starting}, "Recovering restoring [scratch], False NotBegun, False Retrying"},
		"Rejected":    {"It failed for good, and the installation never noticed.", given{spec: fromDatabase, required: hopeless, observed: starting}, "Done failed [], False NotVerified, False RecoveryFailed"},
		"StaysSo":     {"Nothing is recovered again.", given{spec: fromDatabase, required: archivedBeside(""), status: told}, "Done failed [], False NotVerified, False RecoveryFailed"},
		"Checks":      {"It is recovered.", given{spec: fromDatabase, required: archivedBeside(""), observed: ready}, "Checking restoring [check scratch], False NotBegun, False Checking"},
		"Leaving":     {"What is being deleted is no source.", given{spec: fromDatabase, required: archivedBeside(""), observed: leaving}, "Recovering restoring [], False NotBegun, False Recovering"},
		"CheckFailed": {"It is of no use any more.", given{spec: fromDatabase, required: archivedBeside(""), observed: besides(ready, map[string]string{nameCheck: jobOf(checkName, failedJob)})}, "Done failed [check], False NotVerified, False PodFailurePolicy"},
		"Asks":        {"The check is complete.", given{spec: fromDatabase, required: archivedBeside(""), observed: besides(ready, checked)}, "Quiescing restoring [check scratch], False Quiescing, True Verified"},
		"Replaces":    {"No server runs.", given{spec: fromDatabase, required: archivedBeside(mine("Quiesced", "")), observed: besides(ready, checked)}, "Replacing restoring [check restore scratch], False Replacing, True Verified"},
		"Lost":        {"Somebody deleted it: it is made again, and waited for.", given{spec: fromDatabase, required: archivedBeside(mine("Quiesced", "")), observed: checked}, "Quiescing restoring [check scratch], False Waiting, True Verified"},
		"LostForGood": {"Whether data was replaced before only the tool can tell.", given{spec: fromDatabase, required: hopelessIn(mine("Quiesced", "")), observed: besides(starting, checked)}, "Replacing restoring [check restore scratch], False Replacing, True Verified"},
		"Replacing":   {"The Job reads it.", given{spec: fromDatabase, required: archivedBeside(mine("Quiesced", "")), observed: besides(ready, replaces)}, "Replacing restoring [check restore scratch], False Replacing, True Verified"},
		"Restored":    {"The data is replaced.", given{spec: fromDatabase, required: archivedBeside(mine("Quiesced", "")), observed: besides(ready, restores)}, "Resuming restoring [check restore], True Restored, True Verified"},
		"Failed":      {"Nothing was replaced.", given{spec: fromDatabase, required: archivedBeside(mine("Quiesced", "")), observed: besides(ready, fails)}, "Resuming failed [check restore], False PodFailurePolicy, True Verified"},
		"Finished":    {"It does not come back.", given{spec: fromDatabase, required: archivedBeside(mine("Serving", resumed)), observed: restores}, "Done finished [check restore] ready, True Restored, True Verified"},
		"DropsLater":  {"What the archive reaches back to by then does not matter.", given{spec: fromDatabase + "\nreplacedData: Delete", required: there(anotherIs), observed: restores, status: "{step: Done, state: finished, replaced: replaced_0a1b, restoredAt: '2026-03-01T03:09:00Z'}"}, "Dropping finished [check forget restore], True Restored, True Verified"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			rsp := tc.given.answer(t)
			if diff := cmp.Diff(tc.want, spell(rsp)+", "+short(rsp, conditionVerified)); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestRecoveryGates is what a restore from an archive waits for, and what it refuses.
func TestRecoveryGates(t *testing.T) {
	const (
		elsewhere = "{metadata: {name: talk}, status: {backend: RDS}}"
		plain     = "{metadata: {name: talk}, status: {backend: CloudNativePG}}"
		onMySQL   = "{metadata: {name: chat}, status: {replicas: 1, version: 9.10.0, dataSource: {engine: MySQL, secretName: s, urlKey: k}}}"
	)
	at := func(moment string) string { return strings.Replace(fromDatabase, "2026-03-01T02:30:00Z", moment, 1) }
	cases := map[string]struct {
		reason   string
		spec     string
		required map[string]string
		// accepted says that it is waited for.
		accepted bool
		want     string
	}{
		"Future": {"Nobody knows what will be.", at("2026-03-01T04:00:01+01:00"), archivedBeside(""), false,
			"PointInTimeInFuture: spec.from.pointInTime: 2026-03-01T04:00:01+01:00 is in the future: the restore was asked for at 2026-03-01T03:00:00Z; create another MattermostRestore with a moment before it is created"},
		"NoMoment": {"There is no such day.", at("2026-02-30T02:00:00Z"), archivedBeside(""), false,
			`PointInTimeInvalid: spec.from.pointInTime: "2026-02-30T02:00:00Z" is no moment: write it like 2026-03-01T10:30:00Z`},
		"TooEarly": {"The first backup was not complete.", at("2026-02-01T02:00:00.5Z"), archivedBeside(""), false,
			"PointInTimeTooEarly: spec.from.pointInTime: the archive does not reach back to 2026-02-01T02:00:00.5Z: its first moment is 2026-02-01T02:00:01Z; create another MattermostRestore with that or a later one"},
		"Dump": {"A dump has one moment.", from[:len(from)-1] + ", pointInTime: '2026-03-01T02:30:00Z'}", there(""), false,
			`NotOffered: spec.from.pointInTime: MattermostBackup "nightly" has method Dump, whose backups are of one moment each: choose one by spec.from.name, or name in spec.from.database a MattermostDatabase that the platform archives`},
		"Backend": {"A cloud recovers by itself.", fromDatabase, with(archivedBeside(""), requirementDatabase, elsewhere), false,
			`NotOffered: spec.from.database: the archive of a database of backend CloudNativePG can be recovered, and MattermostDatabase "talk" is of RDS: restore a MattermostBackup with method Dump, or have the database recovered elsewhere and name it in spec.database.external of a MattermostInstallation`},
		"NoArchive": {"The platform keeps none.", fromDatabase, with(archivedBeside(""), requirementDatabase, plain), false,
			`NotOffered: spec.from.database: the platform says for MattermostDatabase "talk" no place that it is archived in: restore a MattermostBackup with method Dump, and ask the platform team for a class with backups`},
		"NativeNoArchive": {"The platform keeps none any more.", fromNative, with(archivedBeside(""), requirementDatabase, plain), false,
			`NotOffered: spec.from.backup: MattermostBackup "nightly": the platform says for MattermostDatabase "talk" no place that it is archived in: restore a MattermostBackup with method Dump, and ask the platform team for a class with backups`},
		"MySQL": {"Another engine's data.", fromDatabase, with(archivedBeside(""), requirementInstallation, onMySQL), false,
			`NotOffered: spec.mattermostClusterName: MattermostInstallation "chat" is on MySQL, and what is archived is of PostgreSQL: restore to an installation on PostgreSQL`},
		"NoDatabase": {"It may come.", fromDatabase, with(archivedBeside(""), requirementDatabase, ""), true,
			`SourcePending: waiting for MattermostDatabase "talk", which does not exist in namespace "ns": the archive of one that is gone is named by spec.from.archive`},
		"Unanswered": {"Nothing answers it yet.", fromDatabase, with(archivedBeside(""), requirementDatabase, "{metadata: {name: talk}}"), true,
			`SourcePending: waiting for MattermostDatabase "talk" to say in status.archive where it is archived: its conditions say what it waits for`},
		"NoStore": {"The ObjectStore may come.", fromArchive, with(archivedBeside(""), requirementArchive, ""), true,
			`SourcePending: waiting for ObjectStore "old" of CloudNativePG's plugin Barman Cloud, which does not exist in namespace "ns"`},
		"NothingArchived": {"The first backup is not made.", fromDatabase, with(archivedBeside(""), requirementArchive, "{metadata: {name: talk-pg}, spec: {configuration: {destinationPath: 's3://b'}}}"), true,
			`SourcePending: waiting for the first backup of MattermostDatabase "talk", which nothing can be recovered without: ObjectStore "talk-pg" says in status.serverRecoveryWindow when it is complete`},
		"NoBackup": {"The operator's object is gone.", fromNative, with(archivedBeside(""), requirementNative, ""), true,
			`BackupPending: waiting for Backup "nightly-2" of CloudNativePG to say in status.backupId what the archive calls it: spec.from.name can be any that MattermostBackup "nightly" lists`},
		"NoBackupYet": {"None is made.", fromNative, with(archivedBeside(""), requirementBackup, "{metadata: {name: nightly}, spec: {installation: talk, method: Native}, status: {state: scheduled}}"), true,
			`BackupPending: waiting for the first backup of MattermostBackup "nightly", which is scheduled: its conditions say more`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			rsp := given{spec: tc.spec, required: tc.required}.answer(t)
			want := [2]string{"False " + tc.want, "False Refused: nothing is done: condition Accepted says why"}
			if tc.accepted {
				want = [2]string{"True Accepted", "False " + tc.want}
			}
			if diff := cmp.Diff(want, [2]string{composetest.Said(rsp, conditionAccepted), composetest.Said(rsp, conditionVerified)}); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
			if got := len(rsp.GetDesired().GetResources()); got != 0 || composetest.Status(rsp).String("step") != "Waiting" {
				t.Errorf("%s\n%d objects are composed at step %s", tc.reason, got, composetest.Status(rsp).String("step"))
			}
		})
	}
}

// TestRecoverySays where it recovers from, and what it waits for.
func TestRecoverySays(t *testing.T) {
	target := func(rsp compose.Resource) string { return rsp.String("source") + " " + rsp.String("pointInTime") }
	atMoment := strings.TrimSuffix(fromNative, "}") + ", pointInTime: '2026-03-01T02:30:00Z'}"
	for reason, of := range map[string]struct {
		given given
		want  string
	}{
		"a database":                      {given{spec: fromDatabase, required: archivedBeside("")}, "s3://backups/ns/talk-pg-0a1b 2026-03-01T02:30:00Z"},
		"an archive":                      {given{spec: fromArchive, required: archivedBeside("")}, "s3://backups/ns/talk-pg-0a1b "},
		"the newest backup":               {given{spec: fromNative, required: archivedBeside("")}, "s3://backups/ns/talk-pg-0a1b/base/20260301T020000 "},
		"a backup's MattermostBackup":     {given{spec: atMoment, required: archivedBeside("")}, "s3://backups/ns/talk-pg-0a1b 2026-03-01T02:30:00Z"},
		"what was told, for life":         {given{spec: fromNative, required: archivedBeside(""), status: "{source: 's3://backups/ns/talk-pg-0a1b/base/1'}"}, "s3://backups/ns/talk-pg-0a1b/base/1 "},
		"a database that is gone by then": {given{spec: fromDatabase, required: there(""), observed: scratch(isRecovered), status: "{source: 's3://b/c'}"}, "s3://b/c 2026-03-01T02:30:00Z"},
		"nothing while there is nothing":  {given{spec: fromNative, required: with(archivedBeside(""), requirementNative, "")}, " "},
	} {
		if got := target(composetest.Status(of.given.answer(t))); got != of.want {
			t.Errorf("%s: %q, want %q", reason, got, of.want)
		}
	}
	for reason, of := range map[string]struct {
		given given
		want  string
	}{
		"the operator's phase": {given{spec: fromDatabase, required: archivedBeside(""), observed: scratch(settingUp)},
			`False Recovering: waiting for Cluster "` + scratchIs + `" to recover the database to 2026-03-01T02:30:00Z: Setting up primary: Creating primary instance`},
		"the pod's trouble": {given{spec: fromArchive, observed: scratch(settingUp), required: with(with(archivedBeside(""), requirementRecoveryJob, fmt.Sprintf(recoveryJob, "{active: 1}")), requirementRecovering,
			"{metadata: {name: p, labels: {batch.kubernetes.io/job-name: "+scratchIs+"-1-full-recovery}}, status: {phase: Pending, initContainerStatuses: [{name: plugin-barman-cloud, state: {waiting: {reason: ImagePullBackOff, message: m}}}]}}")},
			`False Recovering: waiting for Cluster "` + scratchIs + `" to recover the database to the end of the archive: pod "p" does not start: ImagePullBackOff: m`},
		"a try that failed": {given{spec: fromNative, observed: scratch(settingUp), required: with(with(archivedBeside(""), requirementRecoveryJob, fmt.Sprintf(recoveryJob, "{active: 1}")), requirementRecovering, recoveryFailure)},
			`False Retrying: waiting for Cluster "` + scratchIs + "\" to recover the database to the end of the backup, which is tried again: pod \"p\" ended with code 1 and left no result: see `kubectl logs p -c full-recovery`: " + remedies[reasonRecovery]},
		"the end": {given{spec: fromDatabase, observed: scratch(settingUp), required: with(archivedBeside(""), requirementRecoveryJob, fmt.Sprintf(recoveryJob, exhausted))},
			`False RecoveryFailed: the archive cannot be recovered, and nothing was touched: Job "` + scratchIs + `-1-full-recovery" failed, and what its pods said is gone: Job has reached the specified backoff limit: ` + remedies[reasonRecovery]},
		"the end, kept": {given{spec: fromDatabase, required: archivedBeside(""), status: "{step: Done, state: failed, conditions: [{type: SourceVerified, status: 'False', reason: RecoveryFailed, message: said}]}"},
			"False RecoveryFailed: said"},
	} {
		if diff := cmp.Diff(of.want, composetest.Said(of.given.answer(t), conditionVerified)); diff != "" {
			t.Errorf("%s, -want, +got:\n%s", reason, diff)
		}
	}
}

// TestRecoveredIsRead by the URL that the operator keeps in a Secret, and files are left
// alone.
func TestRecoveredIsRead(t *testing.T) {
	required := with(archivedBeside(mine("Quiesced", "")), requirementInstallation, onVolume+"  restore: "+mine("Quiesced", ""))
	rsp := given{spec: fromDatabase, required: required, observed: besides(scratch(isRecovered), checked)}.answer(t)
	pod := compose.NewResource(rsp.GetDesired().GetResources()[nameReplace].GetResource()).At("spec", "template", "spec")
	env := map[string]string{}
	for _, e := range pod.List("containers")[0].List("env") {
		env[e.String("name")] = e.String("value") + e.String("valueFrom", "secretKeyRef", "name") + " " + e.String("valueFrom", "secretKeyRef", "key")
	}
	if diff := cmp.Diff(scratchIs+"-app uri", env[job.EnvSourceDatabaseURL]); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
	for name := range env {
		if strings.HasPrefix(name, "STORE_") || strings.HasPrefix(name, "FILES_") || name == job.EnvSource {
			t.Errorf("the Job has %s", name)
		}
	}
	if n := len(pod.List("volumes")); n != 2 {
		t.Errorf("%d volumes are mounted, want those of the tool", n)
	}
}

// TestScratchIsNoPodOfOurs: what the operator makes would be taken for a Job that works on
// the installation's data.
func TestScratchIsNoPodOfOurs(t *testing.T) {
	rsp := given{spec: fromDatabase, required: archivedBeside("")}.answer(t)
	labels := compose.NewResource(rsp.GetDesired().GetResources()[nameScratch].GetResource()).At("metadata", "labels")
	if labels.Has("mattermost.crossplane.io/restore") || labels.Has(compose.LabelHoldsData) {
		t.Errorf("labels are %v", labels.Struct())
	}
}
