package restore

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/tool"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

const (
	uid    = composetest.UID
	fromS3 = "mattermostClusterName: chat\ninitBucketURL: s3://my-sample/my-backup.gz\nrestoreSecret: aws"
	from   = "mattermostClusterName: chat\nfrom: {backup: nightly}"

	checkName   = "undo-check-ffcc741c"
	replaceName = "undo-restore-ffcc741c"
	forgetName  = "undo-forget-ffcc741c"

	secretAWS = "{metadata: {name: aws}, data: {AWS_ACCESS_KEY_ID: " + composetest.Canary + ", AWS_SECRET_ACCESS_KEY: " + composetest.Canary + ", AWS_REGION: " + composetest.Canary + ", S3_PROVIDER: QVdT}}"

	nightly = `
metadata: {name: nightly}
spec: {installation: chat, store: {bucket: backups, prefix: a}}
status:
  state: scheduled
  location: s3://kept/a/ns/nightly
  backups: [{name: nightly-2}, {name: nightly-1}]
`
	claimedBucket = "{metadata: {name: backups}, status: {connection: {secretName: backups-s3, keys: {accessKey: accesskey, secretKey: secretkey}, values: {endpoint: 'http://backups-s3:7070', bucket: kept}}}}"
)

// installed is an installation, with what it says of restores.
func installed(restore string) string {
	if restore != "" {
		restore = "  restore: " + restore + "\n"
	}
	return `
metadata: {name: chat}
spec: {ingress: {enabled: true, host: chat.example.com}}
status:
  replicas: 2
  version: 11.4.0
  selector: app=mattermost,installation.mattermost.com/installation=chat
  dataSource:
    engine: PostgreSQL
    secretName: chat-connection
    urlKey: DB_CONNECTION_STRING
    bucket: {secretName: chat-s3, keys: {accessKey: accesskey, secretKey: secretkey}, values: {endpoint: 'http://chat-s3:7070', bucket: chat}}
` + restore
}

var onVolume = strings.Replace(installed(""), "    bucket: {secretName: chat-s3, keys: {accessKey: accesskey, secretKey: secretkey}, values: {endpoint: 'http://chat-s3:7070', bucket: chat}}\n", "    volumeClaimName: chat\n", 1)

// mine is the installation's part in this restore.
func mine(phase, more string) string {
	return fmt.Sprintf("{name: undo, uid: %s, phase: %s%s}", uid, phase, more)
}

// there is everything that a restore needs.
func there(restore string) map[string]string {
	return map[string]string{
		requirementInstallation: installed(restore), requirementSecret + "aws": secretAWS,
		requirementBackup: nightly, requirementBucket: claimedBucket,
	}
}

// with something else instead, which an empty text takes away.
func with(required map[string]string, name, object string) map[string]string {
	out := maps.Clone(required)
	out[name] = object
	if object == "" {
		delete(out, name)
	}
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
	pods     []string
	// unasked says that Crossplane has not looked yet.
	unasked bool
}

func (in given) request(t testing.TB) *fnv1.RunFunctionRequest {
	t.Helper()
	r := composetest.Request{Kind: "MattermostRestore", Name: "undo", Spec: in.spec, Status: in.status, Observed: in.observed}
	if !in.unasked {
		r.Required = composetest.Looked(in.required,
			requirementInstallation, requirementBackup, requirementBucket, requirementPods, requirementSecret+"aws", requirementSecret+"db", requirementSecret+"s",
			requirementDatabase, requirementOrigin, requirementOwn, requirementArchive, requirementNative, requirementRecoveryJob, requirementRecovering, tool.RequirementIdentity)
		r.Required[requirementPods] = append(r.Required[requirementPods], in.pods...)
	}
	req := r.Encode(t)
	metadata := req.GetObserved().GetComposite().GetResource().GetFields()["metadata"].GetStructValue()
	metadata.Fields["creationTimestamp"] = structpb.NewStringValue("2026-03-01T03:00:00Z")
	return req
}

// answer, or the test fails, also when it shows a secret.
func (in given) answer(t testing.TB) *fnv1.RunFunctionResponse {
	t.Helper()
	rsp, err := composetest.Asked(t, in.request(t), func(s compose.State) (*fnv1.RunFunctionResponse, error) { return Compose(s, &in.policy) })
	if err != nil {
		t.Fatal(err)
	}
	if composetest.Shows(rsp, err) {
		t.Fatal("a secret value is shown")
	}
	return rsp
}

// short is a condition's status and reason.
func short(rsp *fnv1.RunFunctionResponse, kind string) string {
	out, _, _ := strings.Cut(composetest.Said(rsp, kind), ": ")
	return out
}

// jobOf a name with a status, of which a backup is restored.
func jobOf(name, status string) string {
	return fmt.Sprintf("{apiVersion: batch/v1, kind: Job, metadata: {name: %s}, spec: {template: {spec: {containers: [{name: dbtool, env: [{name: SOURCE, value: a/ns/nightly/nightly-1}]}]}}}, status: %s}", name, status)
}

func podOf(job string, code int, message string) string {
	phase := "Succeeded"
	if code != 0 {
		phase = "Failed"
	}
	return fmt.Sprintf("{metadata: {name: %s-x, labels: {batch.kubernetes.io/job-name: %s}}, status: {phase: %s, containerStatuses: [{name: dbtool, state: {terminated: {exitCode: %d, message: '%s'}}}]}}", job, job, phase, code, message)
}

const (
	running   = "{active: 1}"
	succeeded = "{completionTime: '2026-03-01T03:10:00Z', conditions: [{type: Complete, status: 'True'}]}"
	failedJob = "{conditions: [{type: Failed, status: 'True', reason: PodFailurePolicy}]}"

	// partial is left by a try whose transaction was done, and whose files were not.
	partial = `{"finishedAt":"2026-03-01T03:09:31Z","reason":"Unavailable","message":"the file store does not answer","restored":{"at":"2026-03-01T03:09:00Z","replaced":"replaced_0a1b","tables":70,"rows":1234}}`
	denied  = `{"finishedAt":"2026-03-01T03:00:31Z","reason":"DatabaseDenied","message":"the user owns no table"}`
	done    = `{"finishedAt":"2026-03-01T03:09:01Z","restored":{"at":"2026-03-01T03:09:00.5Z","replaced":"replaced_0a1b","tables":70,"rows":1234,"files":5,"version":"11.1.0"}}`
	fresh   = `{"finishedAt":"2026-03-01T03:09:01Z","restored":{"at":"2026-03-01T03:09:00Z","tables":70,"rows":1234}}`
)
