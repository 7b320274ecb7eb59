package backup

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/tool"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

const (
	once    = "installation: chat\nstore: {bucket: backups}"
	nightly = once + "\nschedule: 0 3 * * *"
	outside = "installation: chat\nstore: {external: {url: s3.example.com, bucket: b, secret: s}}"

	onceName = "nightly-backup-ffcc741c"

	installed = `
metadata: {name: chat}
spec: {database: {claim: {}}}
status:
  replicas: 2
  version: 11.4.0
  selector: app=mattermost,installation.mattermost.com/installation=chat
  dataSource:
    engine: PostgreSQL
    secretName: chat-connection
    urlKey: DB_CONNECTION_STRING
    bucket: {secretName: chat-s3, keys: {accessKey: accesskey, secretKey: secretkey}, values: {endpoint: 'http://chat-s3:7070', bucket: chat}}
`
	claimedBucket = "{metadata: {name: backups}, status: {connection: {secretName: backups-s3, keys: {accessKey: accesskey, secretKey: secretkey}, values: {endpoint: 'http://backups-s3:7070', bucket: kept}}}}"
	completeKeys  = "{metadata: {name: s}, data: {accesskey: " + composetest.Canary + ", secretkey: " + composetest.Canary + "}}"
)

// there is everything that a dump to a bucket needs.
func there(but ...string) map[string]string {
	out := map[string]string{requirementInstallation: installed, requirementBucket: claimedBucket, requirementSecret: completeKeys, requirementNamespace: "{metadata: {name: ns, uid: uid-of-ns}}"}
	for _, name := range but {
		delete(out, name)
	}
	return out
}

// with something else instead.
func with(required map[string]string, name, object string) map[string]string {
	out := maps.Clone(required)
	out[name] = object
	return out
}

// given is what a test composes from.
type given struct {
	spec, status string
	policy       v1beta1.Input
	// observed objects by the name they are composed under.
	observed map[string]string
	// required objects by requirement. What is not here was looked for and is absent.
	required map[string]string
	// all are objects that are required by their labels.
	all map[string][]string
	// unasked says that Crossplane has not looked yet.
	unasked bool
}

func (in given) request(t testing.TB) *fnv1.RunFunctionRequest {
	t.Helper()
	r := composetest.Request{Kind: "MattermostBackup", Name: "nightly", Spec: in.spec, Status: in.status, Observed: in.observed}
	if !in.unasked {
		r.Required = composetest.Looked(in.required, requirementInstallation, requirementBucket, requirementSecret, requirementPods, requirementJobs, requirementNamespace,
			requirementDatabase, requirementCluster, requirementBackups, tool.RequirementIdentity)
		maps.Copy(r.Required, in.all)
	}
	return r.Encode(t)
}

func (in given) answer(t testing.TB) (*fnv1.RunFunctionResponse, error) {
	t.Helper()
	rsp, err := composetest.Asked(t, in.request(t), func(s compose.State) (*fnv1.RunFunctionResponse, error) { return Compose(s, &in.policy) })
	if composetest.Shows(rsp, err) {
		t.Fatal("a secret value is shown")
	}
	return rsp, err
}

// safe answer, or the test fails.
func (in given) safe(t testing.TB) *fnv1.RunFunctionResponse {
	t.Helper()
	rsp, err := in.answer(t)
	if err != nil {
		t.Fatal(err)
	}
	return rsp
}

// jobOf a name with a status, made in a minute of one hour.
func jobOf(name string, minute int, status string) string {
	return fmt.Sprintf("{apiVersion: batch/v1, kind: Job, metadata: {name: %s, creationTimestamp: '2026-03-01T03:%02d:00Z', ownerReferences: [{kind: CronJob, name: nightly-backup, uid: cron}]}, status: %s}", name, minute, status)
}

func podOf(job string, minute, code int, message string) string {
	phase := "Succeeded"
	if code != 0 {
		phase = "Failed"
	}
	return fmt.Sprintf("{metadata: {name: %s-x, creationTimestamp: '2026-03-01T03:%02d:00Z', labels: {batch.kubernetes.io/job-name: %s}}, status: {phase: %s, containerStatuses: [{name: dbtool, state: {terminated: {exitCode: %d, message: '%s'}}}]}}", job, minute, job, phase, code, message)
}

// made is the message of a backup that was made in a minute, with those before it.
func made(minute int, names ...string) string {
	var backups []string
	for i, name := range names {
		backups = append(backups, fmt.Sprintf(`{"name":"%s","startedAt":"2026-03-01T03:%02d:00.5Z","completedAt":"2026-03-01T03:%02d:30.5Z","bytes":7,"files":2,"checksum":"sha256:1f","version":"11.4.0"}`, name, minute-i, minute-i))
	}
	return fmt.Sprintf(`{"finishedAt":"2026-03-01T03:%02d:31.5Z","backups":[%s]}`, minute, strings.Join(backups, ","))
}

const (
	succeeded = "{startTime: '2026-03-01T03:00:00Z', completionTime: '2026-03-01T03:00:32Z', conditions: [{type: Complete, status: 'True'}]}"
	failed    = "{startTime: '2026-03-01T03:00:00Z', conditions: [{type: Failed, status: 'True', reason: BackoffLimitExceeded}]}"
	denied    = `{"finishedAt":"2026-03-01T03:00:31Z","reason":"AccessDenied","message":"the key is not known"}`

	cronJob = "{apiVersion: batch/v1, kind: CronJob, metadata: {name: nightly-backup, uid: cron}}"
)
