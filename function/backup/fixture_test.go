package backup

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"sigs.k8s.io/yaml"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

const (
	// canary is in every Secret, and nowhere else.
	canary = "canary-of-a-secret"

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
	completeKeys  = "{metadata: {name: s}, data: {accesskey: " + canary + ", secretkey: " + canary + "}}"
)

// there is everything that a dump to a bucket needs.
func there(but ...string) map[string]string {
	out := map[string]string{requirementInstallation: installed, requirementBucket: claimedBucket, requirementSecret: completeKeys}
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

func parse(text string) (*structpb.Struct, error) {
	m := map[string]any{}
	if err := yaml.Unmarshal([]byte(text), &m); err != nil {
		return nil, err
	}
	return structpb.NewStruct(m)
}

func document(t testing.TB, text string) *structpb.Struct {
	t.Helper()
	s, err := parse(text)
	if err != nil {
		t.Fatalf("cannot parse %s: %v", text, err)
	}
	return s
}

func (in given) request(t testing.TB) *fnv1.RunFunctionRequest {
	t.Helper()
	composite := document(t, "apiVersion: mattermost.crossplane.io/v1alpha1\nkind: MattermostBackup\nmetadata: {name: nightly, namespace: ns, generation: 3, uid: 0a1b2c3d-0000-4000-8000-000000000000}")
	composite.Fields["spec"] = structpb.NewStructValue(document(t, in.spec))
	composite.Fields["status"] = structpb.NewStructValue(document(t, in.status))
	req := &fnv1.RunFunctionRequest{
		Meta:     &fnv1.RequestMeta{Capabilities: []fnv1.Capability{fnv1.Capability_CAPABILITY_REQUIRED_RESOURCES}},
		Observed: &fnv1.State{Composite: &fnv1.Resource{Resource: composite}, Resources: map[string]*fnv1.Resource{}},
	}
	for name, text := range in.observed {
		req.Observed.Resources[name] = &fnv1.Resource{Resource: applied(document(t, text))}
	}
	if in.unasked {
		return req
	}
	req.RequiredResources = map[string]*fnv1.Resources{}
	for _, name := range []string{
		requirementInstallation, requirementBucket, requirementSecret, requirementPods, requirementJobs,
		requirementDatabase, requirementCluster, requirementBackups,
	} {
		req.RequiredResources[name] = &fnv1.Resources{}
	}
	for name, text := range in.required {
		req.RequiredResources[name] = &fnv1.Resources{Items: []*fnv1.Resource{{Resource: document(t, text)}}}
	}
	for name, texts := range in.all {
		for _, text := range texts {
			req.RequiredResources[name].Items = append(req.RequiredResources[name].Items, &fnv1.Resource{Resource: document(t, text)})
		}
	}
	return req
}

// applied is an object as Crossplane applied it, with the status and uid that it has.
func applied(o *structpb.Struct) *structpb.Struct {
	desired := proto.CloneOf(o)
	delete(desired.GetFields(), "status")
	return preview.Observed(o, desired)
}

func (in given) answer(t testing.TB) (*fnv1.RunFunctionResponse, error) {
	t.Helper()
	rsp, err := Compose(compose.NewState(in.request(t)), &in.policy)
	shown := protojson.Format(rsp)
	if err != nil {
		shown += err.Error()
	}
	if strings.Contains(shown, canary) {
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

// said is a condition's status, reason and message.
func said(rsp *fnv1.RunFunctionResponse, kind string) string {
	for _, c := range rsp.GetConditions() {
		if c.GetType() == kind {
			status := map[fnv1.Status]string{fnv1.Status_STATUS_CONDITION_TRUE: "True", fnv1.Status_STATUS_CONDITION_FALSE: "False"}[c.GetStatus()]
			return strings.TrimSuffix(fmt.Sprintf("%s %s: %s", status, c.GetReason(), c.GetMessage()), ": ")
		}
	}
	return ""
}

func status(rsp *fnv1.RunFunctionResponse) compose.Resource {
	return compose.NewResource(rsp.GetDesired().GetComposite().GetResource()).At("status")
}

func desired(rsp *fnv1.RunFunctionResponse, name string) compose.Resource {
	return compose.NewResource(rsp.GetDesired().GetResources()[name].GetResource())
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
