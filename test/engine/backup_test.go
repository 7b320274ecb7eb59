package engine

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"
	"sigs.k8s.io/yaml"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

func documentOf(t *testing.T, text string) *structpb.Struct {
	t.Helper()
	m := map[string]any{}
	if err := yaml.Unmarshal([]byte(text), &m); err != nil {
		t.Fatal(err)
	}
	return structOf(t, m)
}

// backup of an installation that serves, to a bucket that is there.
func backup(t *testing.T, spec map[string]any) *engine {
	t.Helper()
	spec["installation"], spec["store"] = "chat", map[string]any{"bucket": "backups"}
	e := startWith(t, "composition-backup.yaml", map[string]any{
		"apiVersion": "mattermost.crossplane.io/v1alpha1", "kind": "MattermostBackup",
		"metadata": map[string]any{"name": "nightly", "namespace": "ns", "uid": "7d01", "generation": 1},
		"spec":     spec,
	})
	for _, kind := range []string{"MattermostInstallation", "MattermostBucket"} {
		name := map[string]string{"MattermostInstallation": "chat", "MattermostBucket": "backups"}[kind]
		object := preview.CompleteObject(kind, name)
		object.GetFields()["metadata"].GetStructValue().Fields["namespace"] = structpb.NewStringValue("ns")
		e.secrets[name] = object
	}
	e.progress = func(*structpb.Struct) {}
	return e
}

// leaves is a pod of a Job that ended, with what it left.
func leaves(t *testing.T, e *engine, job string, code int, message string) {
	t.Helper()
	phase := "Succeeded"
	if code != 0 {
		phase = "Failed"
	}
	e.secrets["pod of "+job] = documentOf(t, fmt.Sprintf("{apiVersion: v1, kind: Pod, metadata: {name: %s-x, namespace: ns, labels: {mattermost.crossplane.io/backup: nightly, batch.kubernetes.io/job-name: %s}}, "+
		"status: {phase: %s, containerStatuses: [{name: dbtool, state: {terminated: {exitCode: %d, message: '%s'}}}]}}", job, job, phase, code, message))
}

func result(name string) string {
	return fmt.Sprintf(`{"finishedAt":"2026-03-01T03:01:00Z","backups":[{"name":"%s","startedAt":"2026-03-01T03:00:00Z","completedAt":"2026-03-01T03:00:59Z","bytes":7,"checksum":"sha256:1f"}]}`, name)
}

// told is the state, what the last backup came to, the backups that exist, and Ready.
func told(e *engine) string {
	status := compose.NewResource(e.composite).At("status")
	var names []string
	for _, b := range status.List("backups") {
		names = append(names, b.String("name"))
	}
	return fmt.Sprintf("%s, %s, [%s], Ready %s", status.String("state"), condition(e, "BackupComplete").Reason, strings.Join(names, " "), condition(e, "Ready").Status)
}

func assertTold(t *testing.T, e *engine, reason, want string) {
	t.Helper()
	out := reconciled(t, e)
	if diff := cmp.Diff(want, told(e)); diff != "" {
		t.Errorf("%s, -want +got:\n%s", reason, diff)
	}
	if gone := deletions(out); len(gone) > 0 {
		t.Errorf("%s: Crossplane deleted %v", reason, gone)
	}
}

func TestBackupOnce(t *testing.T) {
	e := backup(t, map[string]any{})
	bucket := e.secrets["backups"]
	delete(e.secrets, "backups")
	assertTold(t, e, "without a bucket", "waiting, BucketPending, [], Ready False")
	e.secrets["backups"] = bucket
	assertTold(t, e, "with one", "running, Running, [], Ready False")
	job := compose.NewResource(e.composed["job"]).Name()

	leaves(t, e, job, 0, result(job))
	jobs(map[string]any{"succeeded": 1, "startTime": "2026-03-01T03:00:00Z", "completionTime": "2026-03-01T03:01:00Z", "conditions": []any{map[string]any{"type": "Complete", "status": "True"}}})(e)
	assertTold(t, e, "when it is made", "complete, Complete, ["+job+"], Ready True")
	delete(e.secrets, "pod of "+job)
	assertTold(t, e, "when its pod is gone", "complete, Complete, ["+job+"], Ready True")
	delete(e.secrets, "chat")
	assertTold(t, e, "when its installation is gone", "complete, Complete, ["+job+"], Ready True")
	if got := announced(reconciled(t, e)); len(got) > 0 {
		t.Errorf("nothing happened, and %v is announced", got)
	}
	delete(e.composed, "job")
	assertTold(t, e, "when its Job is gone", "complete, Complete, ["+job+"], Ready True")
	if len(e.composed) > 0 {
		t.Errorf("the Job is made again: %v", e.composed)
	}
}

func TestBackupFails(t *testing.T) {
	e := backup(t, map[string]any{})
	reconciled(t, e)
	job := compose.NewResource(e.composed["job"]).Name()
	leaves(t, e, job, 2, `{"reason":"AccessDenied","message":"the key is not known"}`)
	jobs(map[string]any{"failed": 1, "conditions": []any{map[string]any{"type": "Failed", "status": "True", "reason": "PodFailurePolicy"}}})(e)
	if diff := cmp.Diff([]string{"Warning AccessDenied"}, announced(reconciled(t, e))); diff != "" {
		t.Errorf("-want +got announced:\n%s", diff)
	}
	assertTold(t, e, "when it failed", "failed, AccessDenied, [], Ready False")
	if got := condition(e, "BackupComplete").Message; !strings.Contains(got, "the key is not known") {
		t.Errorf("it is said that %s", got)
	}
	if got := announced(reconciled(t, e)); len(got) > 0 {
		t.Errorf("nothing happened, and %v is announced", got)
	}
}

func TestBackupOnASchedule(t *testing.T) {
	e := backup(t, map[string]any{"schedule": "0 3 * * *"})
	assertTold(t, e, "before it is there", "waiting, Starting, [], Ready False")
	assertTold(t, e, "when the schedule is there", "scheduled, NotDue, [], Ready True")
	e.composed["cron-job"].GetFields()["metadata"].GetStructValue().Fields["uid"] = structpb.NewStringValue("c")
	made := func(name, minute, status string) {
		e.secrets[name] = documentOf(t, fmt.Sprintf("{apiVersion: batch/v1, kind: Job, metadata: {name: %s, namespace: ns, creationTimestamp: '2026-03-01T03:%s:00Z', labels: {mattermost.crossplane.io/backup: nightly}, "+
			"ownerReferences: [{apiVersion: batch/v1, kind: CronJob, name: nightly-backup, uid: c}]}, status: %s}", name, minute, status))
	}
	made("nightly-backup-1", "00", "{active: 1}")
	assertTold(t, e, "while the first is made", "running, Running, [], Ready True")
	made("nightly-backup-1", "00", "{succeeded: 1, conditions: [{type: Complete, status: 'True'}]}")
	leaves(t, e, "nightly-backup-1", 0, result("nightly-backup-1"))
	assertTold(t, e, "when it is made", "scheduled, Complete, [nightly-backup-1], Ready True")
	made("nightly-backup-2", "10", "{failed: 7, conditions: [{type: Failed, status: 'True', reason: BackoffLimitExceeded}]}")
	assertTold(t, e, "when the next failed", "failed, BackoffLimitExceeded, [nightly-backup-1], Ready False")
	spec(e)["suspend"] = structpb.NewBoolValue(true)
	assertTold(t, e, "when it is suspended", "suspended, BackoffLimitExceeded, [nightly-backup-1], Ready True")
	if !compose.NewResource(e.composed["cron-job"]).Value("spec", "suspend").GetBoolValue() {
		t.Error("the CronJob is not suspended")
	}
}

// TestUpgradeWaitsForABackup that was begun after the version was asked for.
func TestUpgradeWaitsForABackup(t *testing.T) {
	e := installation(t)
	settle(t, e)
	e.progress = func(*structpb.Struct) {}
	kept := func(began time.Time) {
		e.secrets["nightly"] = documentOf(t, fmt.Sprintf("{apiVersion: mattermost.crossplane.io/v1alpha1, kind: MattermostBackup, metadata: {name: nightly, namespace: ns}, spec: {installation: chat}, "+
			"status: {backups: [{name: b, startedAt: '%s', completedAt: '%s'}]}}", began.UTC().Format(time.RFC3339), began.UTC().Format(time.RFC3339)))
	}
	const held = "11.4.0 by 2, no Jobs, upgrading, AwaitingBackup, AwaitingBackup, AwaitingBackup"
	assertLook := func(reason, want string) {
		t.Helper()
		reconciled(t, e)
		if diff := cmp.Diff(want, look(e)); diff != "" {
			t.Errorf("%s, -want +got:\n%s", reason, diff)
		}
	}
	spec(e)["upgrade"] = fields(map[string]*structpb.Value{"backup": structpb.NewStringValue("Required")})
	want("11.5.0")(e)
	assertLook("when it is asked for", held)
	asked := askedAt(t, e)
	kept(asked.Add(-time.Hour))
	assertLook("with a backup of before", held)
	assertLook("and nothing moves", held)
	if diff := cmp.Diff(asked, askedAt(t, e)); diff != "" {
		t.Errorf("the moment of the wish moves:\n%s", diff)
	}
	kept(asked.Add(time.Minute))
	assertLook("with a backup of after", "11.4.0 by 2, Job 11.5.0, upgrading, Migrating, Pending, Migrating")
	delete(e.secrets, "nightly")
	assertLook("though it is deleted", "11.4.0 by 2, Job 11.5.0, upgrading, Migrating, Pending, Migrating")
	events["job succeeds"](e)
	assertLook("when the schema is migrated", "11.5.0 by 2, Job 11.5.0, upgrading, Rolling, Complete, Rolling")
	if got := compose.NewResource(e.composite).String("status", "upgrade", "backup"); got != "nightly/b" {
		t.Errorf("the change waited for backup %q", got)
	}
}

// askedAt is when the condition came to ask for a backup.
func askedAt(t *testing.T, e *engine) time.Time {
	t.Helper()
	for _, c := range compose.NewResource(e.composite).List("status", "conditions") {
		if c.String("type") == "UpgradeBackedUp" && c.String("status") == "False" {
			at, err := time.Parse(time.RFC3339, c.String("lastTransitionTime"))
			if err != nil {
				t.Fatal(err)
			}
			return at
		}
	}
	t.Fatal("no backup is asked for")
	return time.Time{}
}
