package backup

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/tool"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

// onceJob is the Job of the one backup, with a status.
func onceJob(status string) string { return jobOf(onceName, 0, status) }

// TestStates is what is said of backups in every state of theirs: the state, what is
// composed, and the conditions.
func TestStates(t *testing.T) {
	restoring := strings.Replace(installed, "  version:", "  restore: {name: r, uid: u, phase: Quiesced}\n  version:", 1)
	cases := map[string]struct {
		reason string
		given  given
		want   string
	}{
		"Once": {
			reason: "The Job is made.",
			given:  given{spec: once, required: there()},
			want:   "running, job; True Accepted; False Running: waiting for backup \"" + onceName + "\"",
		},
		"OnceRunning": {
			reason: "What its pod waits for is told.",
			given: given{spec: once, required: there(), observed: map[string]string{nameJob: onceJob("{active: 1}")}, all: map[string][]string{requirementPods: {
				"{metadata: {name: x, labels: {batch.kubernetes.io/job-name: " + onceName + "}}, status: {phase: Pending, conditions: [{type: PodScheduled, status: 'False', message: no room}]}}",
			}}},
			want: "running, job; True Accepted; False Starting: waiting for backup \"" + onceName + "\": pod \"x\" finds no node: no room",
		},
		"OnceRetrying": {
			reason: "A failure that is tried again is told.",
			given:  given{spec: once, required: there(), observed: map[string]string{nameJob: onceJob("{active: 1}")}, all: map[string][]string{requirementPods: {podOf(onceName, 0, 1, denied)}}},
			want:   "running, job; True Accepted; False Retrying: backup \"" + onceName + "\" failed and is tried again: the key is not known: " + remedies["AccessDenied"],
		},
		"OnceComplete": {
			reason: "The one backup is made.",
			given:  given{spec: once, required: there(), observed: map[string]string{nameJob: onceJob(succeeded)}, all: map[string][]string{requirementPods: {podOf(onceName, 0, 0, made(0, onceName))}}},
			want:   "complete, job; True Accepted; True Complete",
		},
		"OnceFailed": {
			reason: "A failure has its reason and its remedy.",
			given:  given{spec: once, required: there(), observed: map[string]string{nameJob: onceJob(failed)}, all: map[string][]string{requirementPods: {podOf(onceName, 0, 2, denied)}}},
			want:   "failed, job; True Accepted; False AccessDenied: backup \"" + onceName + "\" failed: the key is not known: " + remedies["AccessDenied"] + "; it is not tried again: create another MattermostBackup",
		},
		"OnceCompleteAlone": {
			reason: "A backup that is made needs nothing any more.",
			given:  given{spec: once, observed: map[string]string{nameJob: onceJob(succeeded)}},
			want:   "complete, job; True Accepted; True Complete",
		},
		"OnceGone": {
			reason: "A Job that was deleted after its backup was complete is not made again.",
			given:  given{spec: once, required: there(), status: "{backups: [{name: " + onceName + ", startedAt: '2026-03-01T03:00:00Z', completedAt: '2026-03-01T03:00:30Z'}]}"},
			want:   "complete, ; True Accepted; True Complete",
		},
		"OnceChanged": {
			reason: "Another spec would have no effect.",
			given:  given{spec: once, required: there(), observed: map[string]string{nameJob: strings.Replace(onceJob(succeeded), "metadata: {", "metadata: {annotations: {mattermost.crossplane.io/request: before}, ", 1)}},
			want:   "refused, job; False AlreadyMade: spec: backup \"" + onceName + "\" has begun and cannot change: put the spec back, and create another MattermostBackup for what you want; True Complete",
		},
		"OnceAnotherMethod": {
			reason: "A Job that runs is not left for another method.",
			given:  given{spec: nativeOnce, required: nativeThere(), observed: map[string]string{nameJob: strings.Replace(onceJob("{active: 1}"), "metadata: {", "metadata: {annotations: {mattermost.crossplane.io/request: before}, ", 1)}},
			want:   "refused, job; False AlreadyMade: spec: backup \"" + onceName + "\" has begun and cannot change: put the spec back, and create another MattermostBackup for what you want; False Running: waiting for backup \"" + onceName + "\"",
		},
		"Scheduled": {
			reason: "Nothing is due yet.",
			given:  given{spec: nightly, required: there(), observed: map[string]string{nameCronJob: cronJob}},
			want:   "scheduled, cron-job; True Accepted; False NotDue: waiting for the first moment of spec.schedule",
		},
		"ScheduledSuspended": {
			reason: "Nothing will be due.",
			given:  given{spec: nightly + "\nsuspend: true", required: there(), observed: map[string]string{nameCronJob: cronJob}},
			want:   "suspended, cron-job; True Accepted; False NotDue: waiting for the first moment of spec.schedule",
		},
		"ScheduledFirst": {
			reason: "The first one is being made.",
			given:  given{spec: nightly, required: there(), observed: map[string]string{nameCronJob: cronJob}, all: map[string][]string{requirementJobs: {jobOf("nightly-backup-1", 0, "{active: 1}")}}},
			want:   "running, cron-job; True Accepted; False Running: waiting for backup \"nightly-backup-1\"",
		},
		"ScheduledNext": {
			reason: "While another is made, the last is complete.",
			given:  given{spec: nightly, required: there(), observed: map[string]string{nameCronJob: cronJob}, all: map[string][]string{requirementJobs: {jobOf("nightly-backup-2", 9, "{active: 1}"), jobOf("nightly-backup-1", 0, succeeded)}}},
			want:   "running, cron-job; True Accepted; True Complete",
		},
		"ScheduledFailed": {
			reason: "The last one counts.",
			given: given{spec: nightly, required: there(), observed: map[string]string{nameCronJob: cronJob}, all: map[string][]string{
				requirementJobs: {jobOf("nightly-backup-1", 0, succeeded), jobOf("nightly-backup-2", 9, failed)}, requirementPods: {podOf("nightly-backup-2", 9, 2, denied)},
			}},
			want: "failed, cron-job; True Accepted; False AccessDenied: backup \"nightly-backup-2\" failed: the key is not known: " + remedies["AccessDenied"],
		},
		"ScheduledOfAnother": {
			reason: "Jobs of a CronJob that was of the same name are none of this one.",
			given:  given{spec: nightly, required: there(), observed: map[string]string{nameCronJob: strings.Replace(cronJob, "uid: cron", "uid: other", 1)}, all: map[string][]string{requirementJobs: {jobOf("nightly-backup-1", 0, failed)}}},
			want:   "scheduled, cron-job; True Accepted; False NotDue: waiting for the first moment of spec.schedule",
		},
		"ScheduledForgotten": {
			reason: "Jobs and pods are gone, and a backup was made.",
			given:  given{spec: nightly, required: there(), observed: map[string]string{nameCronJob: cronJob}, status: "{backups: [{name: a, startedAt: '2026-03-01T03:00:00Z', completedAt: '2026-03-01T03:00:30Z'}]}"},
			want:   "scheduled, cron-job; True Accepted; True Complete",
		},
		"NoInstallation": {
			reason: "It may be applied later.",
			given:  given{spec: once, required: there(requirementInstallation)},
			want:   "waiting, ; True Accepted; False InstallationPending: waiting for MattermostInstallation \"chat\", which does not exist in namespace \"ns\": spec.installation names it",
		},
		"NoSource": {
			reason: "An installation that claims does not know at once.",
			given:  given{spec: once, required: with(there(), requirementInstallation, "{metadata: {name: chat}}")},
			want:   "waiting, ; True Accepted; False InstallationPending: waiting for MattermostInstallation \"chat\" to say in status.dataSource where its data is: its conditions say what it waits for; it never says so while spec.mattermostEnv leads its server to another database or file store",
		},
		"NoServer": {
			reason: "A database without a schema is no data.",
			given:  given{spec: once, required: with(there(), requirementInstallation, "{metadata: {name: chat}, status: {replicas: 0, dataSource: {engine: PostgreSQL, secretName: s, urlKey: u}}}")},
			want:   "waiting, ; True Accepted; False InstallationPending: waiting for the first server of MattermostInstallation \"chat\": there is no data yet",
		},
		"ServerGone": {
			reason: "Somebody deleted the Deployment, and the data is there. A change of version may wait for this backup before it starts a server.",
			given:  given{spec: once, required: with(there(), requirementInstallation, "{metadata: {name: chat}, status: {replicas: 0, served: {version: 11.3.0}, dataSource: {engine: PostgreSQL, secretName: s, urlKey: u}}}")},
			want:   "running, job; True Accepted; False Running: waiting for backup \"nightly-backup-ffcc741c\"",
		},
		"NoBucket": {
			reason: "It may be applied later.",
			given:  given{spec: once, required: there(requirementBucket)},
			want:   "waiting, ; True Accepted; False BucketPending: waiting for MattermostBucket \"backups\", which does not exist in namespace \"ns\": spec.store.bucket names it",
		},
		"BucketUnconnected": {
			reason: "What the bucket waits for, it says itself.",
			given:  given{spec: once, required: with(there(), requirementBucket, "{metadata: {name: backups}, status: {conditions: [{type: Accepted, status: 'False', message: no such class}]}}")},
			want:   "waiting, ; True Accepted; False BucketPending: waiting for MattermostBucket \"backups\": no such class",
		},
		"BucketLost": {
			reason: "What is scheduled stays while something is away.",
			given:  given{spec: nightly, required: there(requirementBucket), observed: map[string]string{nameCronJob: cronJob}},
			want:   "waiting, cron-job; True Accepted; False BucketPending: waiting for MattermostBucket \"backups\", which does not exist in namespace \"ns\": spec.store.bucket names it",
		},
		"Restoring": {
			reason: "Data that is being replaced is not copied.",
			given:  given{spec: once, required: with(there(), requirementInstallation, restoring)},
			want:   "waiting, ; True Accepted; False RestorePending: waiting for MattermostRestore \"r\", which replaces the data of MattermostInstallation \"chat\"",
		},
		"NoStore": {
			reason: "There is nowhere to go.",
			given:  given{spec: "installation: chat", required: there()},
			want:   "refused, ; False StoreMissing: spec.store is required: name in spec.store.bucket a MattermostBucket, or in spec.store.external a bucket that exists; False Refused: no backup is made: condition Accepted says why",
		},
		"NoSecret": {
			reason: "A pod could not start.",
			given:  given{spec: outside, required: there(requirementSecret)},
			want:   "refused, ; False SecretNotFound: spec.store.external.secret: Secret \"s\" does not exist in namespace \"ns\": create it with keys accesskey and secretkey; False Refused: no backup is made: condition Accepted says why",
		},
		"NoKey": {
			reason: "A pod could not start.",
			given:  given{spec: outside, required: with(there(), requirementSecret, "{metadata: {name: s}, data: {accesskey: "+composetest.Canary+"}}")},
			want:   "refused, ; False SecretKeyMissing: spec.store.external.secret: Secret \"s\" has no value under key \"secretkey\": add it; False Refused: no backup is made: condition Accepted says why",
		},
		"SecretLost": {
			reason: "What is scheduled stays.",
			given:  given{spec: outside + "\nschedule: 0 3 * * *", required: there(requirementSecret), observed: map[string]string{nameCronJob: cronJob}},
			want:   "refused, cron-job; False SecretNotFound: spec.store.external.secret: Secret \"s\" does not exist in namespace \"ns\": create it with keys accesskey and secretkey; False NotDue: waiting for the first moment of spec.schedule",
		},
		"NativeExternal": {
			reason: "Nobody's operator keeps a database that exists.",
			given:  given{spec: nativeOnce, required: with(nativeThere(), requirementInstallation, strings.Replace(installed, "{claim: {}}", "{external: {secret: db}}", 1))},
			want:   "refused, ; False NotOffered: spec.method: Native needs a database that is claimed, and that of MattermostInstallation \"chat\" is not: use method Dump; False Refused: no backup is made: condition Accepted says why",
		},
		"NativeOfAnother": {
			reason: "Another backend has no such thing.",
			given:  given{spec: nativeOnce, required: with(nativeThere(), requirementDatabase, "{metadata: {name: chat}, status: {backend: RDS}}")},
			want:   "refused, ; False NotOffered: spec.method: Native needs a database of backend CloudNativePG, and that of MattermostInstallation \"chat\" is of RDS: use method Dump, or the backups that RDS makes by itself; False Refused: no backup is made: condition Accepted says why",
		},
		"NativeNowhere": {
			reason: "The platform keeps no backups.",
			given:  given{spec: nativeOnce, required: with(nativeThere(), requirementCluster, "{metadata: {name: chat-pg}, spec: {}}")},
			want:   "refused, ; False NotOffered: spec.method: Native: the platform says for the database of MattermostInstallation \"chat\" no place that backups go to: use method Dump, or ask the platform team for a class with backups; False Refused: no backup is made: condition Accepted says why",
		},
		"NativeZone": {
			reason: "The operator's schedules have no time zone.",
			given:  given{spec: nativeNightly + "\ntimeZone: Europe/Berlin", required: nativeThere()},
			want:   "refused, ; False NotOffered: spec.timeZone: a schedule of method Native is in Etc/UTC: leave it out, or use method Dump; False Refused: no backup is made: condition Accepted says why",
		},
		"NativePending": {
			reason: "The database is not answered yet.",
			given: given{spec: nativeOnce, required: map[string]string{
				requirementInstallation: installed, requirementDatabase: "{metadata: {name: chat}, status: {conditions: [{type: BackendReady, status: 'False', message: being made}]}}",
			}},
			want: "waiting, ; True Accepted; False DatabasePending: waiting for MattermostDatabase \"chat\": being made",
		},
		"NativeRunning": {
			reason: "The operator is at it.",
			given:  given{spec: nativeOnce, required: nativeThere(), observed: map[string]string{nameNative: nativeBackupOf(onceName, "{phase: running}")}},
			want:   "running, cnpg-backup; True Accepted; False Running: waiting for backup \"" + onceName + "\"",
		},
		"NativeComplete": {
			reason: "The operator is done.",
			given:  given{spec: nativeOnce, required: nativeThere(), observed: map[string]string{nameNative: nativeBackupOf(onceName, "{phase: completed, startedAt: '2026-03-01T03:00:00Z', stoppedAt: '2026-03-01T03:00:30Z'}")}},
			want:   "complete, cnpg-backup; True Accepted; True Complete",
		},
		"NativeFailed": {
			reason: "The operator says why.",
			given: given{spec: nativeNightly, required: nativeThere(), observed: map[string]string{nameNativeScheduled: "{apiVersion: postgresql.cnpg.io/v1, kind: ScheduledBackup, metadata: {name: nightly-backup}}"}, all: map[string][]string{
				requirementBackups: {nativeBackupOf("a", "{phase: completed}"), nativeBackupOf("b", "{phase: failed, error: 'rpc error: code = Unknown desc = exit status 4'}")},
			}},
			want: "failed, cnpg-scheduled-backup; True Accepted; False NativeFailed: backup \"b\" failed: exit status 4: " + remedies["NativeFailed"],
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			rsp := tc.given.safe(t)
			got := fmt.Sprintf("%s, %s; %s; %s", composetest.Status(rsp).String("state"), strings.Join(slices.Sorted(maps.Keys(rsp.GetDesired().GetResources())), " "), composetest.Said(rsp, "Accepted"), composetest.Said(rsp, "BackupComplete"))
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func nativeBackupOf(name, status string) string {
	return "{apiVersion: postgresql.cnpg.io/v1, kind: Backup, metadata: {name: " + name + ", creationTimestamp: '2026-03-01T03:00:00Z'}, status: " + status + "}"
}

func TestFirstCallOnlyRequires(t *testing.T) {
	rsp := given{spec: nightly, unasked: true}.safe(t)
	want := []string{requirementBucket, requirementInstallation, requirementJobs, requirementNamespace, requirementPods, tool.RequirementIdentity}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(rsp.GetRequirements().GetResources()))); diff != "" {
		t.Errorf("-want, +got required:\n%s", diff)
	}
	if len(rsp.GetDesired().GetResources()) > 0 || len(rsp.GetConditions()) > 0 {
		t.Errorf("before anything was looked up, the function says %v", rsp)
	}
}

func TestComposeFails(t *testing.T) {
	for _, of := range []struct {
		reason string
		given  given
	}{
		{"a spec of another shape", given{spec: "installation: {}"}},
		{"a status of another shape", given{spec: once, status: "{backups: many}"}},
		{"a source of another shape", given{spec: once, required: with(there(), requirementInstallation, "{status: {dataSource: {engine: {}}}}")}},
		{"a connection of another shape", given{spec: once, required: with(there(), requirementBucket, "{status: {connection: {keys: many}}}")}},
	} {
		if _, err := of.given.answer(t); err == nil {
			t.Errorf("%s was read", of.reason)
		}
	}
	old := given{spec: once, unasked: true}.request(t)
	old.Meta = nil
	if _, err := Compose(compose.NewState(old), &v1beta1.Input{}); err == nil {
		t.Error("a Crossplane that looks nothing up will do")
	}
}
