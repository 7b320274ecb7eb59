package tool

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"
	"sigs.k8s.io/yaml"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

func view(t *testing.T, text string) compose.Resource {
	t.Helper()
	m := map[string]any{}
	if err := yaml.Unmarshal([]byte(text), &m); err != nil {
		t.Fatalf("cannot parse %s: %v", text, err)
	}
	s, err := structpb.NewStruct(m)
	if err != nil {
		t.Fatal(err)
	}
	return compose.NewResource(s)
}

// pod of a Job, made in a minute of one hour.
func podOf(of string, minute int, status string) string {
	return fmt.Sprintf("{metadata: {name: %s-%d, creationTimestamp: '2026-03-01T02:%02d:00Z', labels: {batch.kubernetes.io/job-name: %s}}, status: %s}", of, minute, minute, of, status)
}

func ended(code int, message string) string {
	phase := "Failed"
	if code == 0 {
		phase = "Succeeded"
	}
	return fmt.Sprintf("{phase: %s, containerStatuses: [{name: sidecar, state: {running: {}}}, {name: dbtool, state: {terminated: {exitCode: %d, message: '%s'}}}]}", phase, code, message)
}

func TestRead(t *testing.T) {
	const (
		running  = "{metadata: {name: j}, status: {active: 1}}"
		complete = "{metadata: {name: j}, status: {conditions: [{type: Complete, status: 'True'}]}}"
		failed   = "{metadata: {name: j}, status: {conditions: [{type: Failed, status: 'True', reason: BackoffLimitExceeded, message: Job has reached the specified backoff limit}]}}"
		done     = `{"finishedAt":"2026-03-01T02:05:00Z","backups":[{"name":"j"}]}`
		denied   = `{"finishedAt":"2026-03-01T02:05:00Z","reason":"AccessDenied","message":"the key is not known"}`
	)
	const lasting = `{"finishedAt":"2026-03-01T02:05:00Z","reason":"Unavailable","restored":{"at":"2026-03-01T02:04:00Z","tables":70}}`
	restored := &job.Result{
		FinishedAt: time.Date(2026, 3, 1, 2, 5, 0, 0, time.UTC), Reason: job.ReasonUnavailable,
		Restored: &job.Restored{At: time.Date(2026, 3, 1, 2, 4, 0, 0, time.UTC), Tables: 70},
	}
	finished := &job.Result{FinishedAt: time.Date(2026, 3, 1, 2, 5, 0, 0, time.UTC), Backups: []job.Backup{{Name: "j"}}}
	cases := map[string]struct {
		reason string
		job    string
		pods   []string
		want   Outcome
	}{
		"NotThere": {
			reason: "A Job that was only just desired runs.",
			job:    "null", pods: []string{podOf("", 0, ended(2, denied))},
			want: Outcome{Phase: Running},
		},
		"NoPod": {
			reason: "A Job without a pod runs: its controller is slow.",
			job:    running,
			want:   Outcome{Phase: Running},
		},
		"Starts": {
			reason: "A pod that is being made is no trouble yet.",
			job:    running, pods: []string{podOf("j", 0, "{phase: Pending, containerStatuses: [{name: dbtool, state: {waiting: {reason: ContainerCreating}}}]}")},
			want: Outcome{Phase: Running},
		},
		"NoNode": {
			reason: "Why no node takes a pod is Kubernetes' to say.",
			job:    running, pods: []string{podOf("j", 0, "{phase: Pending, conditions: [{type: PodScheduled, status: 'False', message: 0/3 nodes are available}]}")},
			want: Outcome{Phase: Running, Waiting: `pod "j-0" finds no node: 0/3 nodes are available`},
		},
		"NoImage": {
			reason: "An image that cannot be pulled is named.",
			job:    running, pods: []string{podOf("j", 0, "{phase: Pending, containerStatuses: [{name: dbtool, state: {waiting: {reason: ImagePullBackOff, message: Back-off pulling image}}}]}")},
			want: Outcome{Phase: Running, Waiting: `pod "j-0" does not start: ImagePullBackOff: Back-off pulling image`},
		},
		"Retries": {
			reason: "What a try failed by is known while the next one runs.",
			job:    running, pods: []string{podOf("j", 5, "{phase: Running}"), podOf("j", 0, ended(1, denied))},
			want: Outcome{Phase: Running, Reason: "AccessDenied", Message: "the key is not known"},
		},
		"Ends": {
			reason: "A try that failed for good is not repeated: the Job's controller is about to say so.",
			job:    running, pods: []string{podOf("j", 0, ended(2, denied))},
			want: Outcome{Phase: Running},
		},
		"Succeeded": {
			reason: "The pod that succeeded tells, whatever failed before it and whatever other Jobs have done.",
			job:    complete, pods: []string{podOf("j", 5, ended(0, done)), podOf("j", 0, ended(1, denied)), podOf("k", 9, ended(0, "{}"))},
			want: Outcome{Phase: Succeeded, Result: finished},
		},
		"SucceededUntold": {
			reason: "A Job whose pods are gone has succeeded none the less.",
			job:    complete,
			want:   Outcome{Phase: Succeeded},
		},
		"SucceededGarbled": {
			reason: "A message of somebody else's is no result.",
			job:    complete, pods: []string{podOf("j", 0, ended(0, "bye"))},
			want: Outcome{Phase: Succeeded},
		},
		"Failed": {
			reason: "The last failure counts.",
			job:    failed, pods: []string{podOf("j", 9, ended(2, denied)), podOf("j", 0, ended(1, `{"reason":"Unavailable"}`))},
			want: Outcome{Phase: Failed, Reason: "AccessDenied", Message: "the key is not known"},
		},
		"FailedAfterwards": {
			reason: "What came of it before it failed is known, whatever a later try left.",
			job:    failed, pods: []string{podOf("j", 9, ended(1, denied)), podOf("j", 0, ended(1, lasting))},
			want: Outcome{Phase: Failed, Reason: "AccessDenied", Message: "the key is not known", Result: restored},
		},
		"FailedUntold": {
			reason: "Without pods, what the Job says is all there is.",
			job:    failed,
			want:   Outcome{Phase: Failed, Reason: "BackoffLimitExceeded", Message: `Job "j" failed, and what its pods said is gone: Job has reached the specified backoff limit`},
		},
		"FailedUnsaid": {
			reason: "A Job that gives no reason has one.",
			job:    "{metadata: {name: j}, status: {conditions: [{type: Failed, status: 'True'}]}}",
			want:   Outcome{Phase: Failed, Reason: "Internal", Message: `Job "j" failed, and what its pods said is gone`},
		},
		"Killed": {
			reason: "A pod that left nothing leads to its log.",
			job:    failed, pods: []string{podOf("j", 0, ended(137, ""))},
			want: Outcome{Phase: Failed, Reason: "Internal", Message: "pod \"j-0\" ended with code 137 and left no result: see `kubectl logs j-0 -c dbtool`"},
		},
		"Memory": {
			reason: "Want of memory has a remedy of its own.",
			job:    failed, pods: []string{podOf("j", 0, "{phase: Failed, containerStatuses: [{name: dbtool, state: {terminated: {exitCode: 137, reason: OOMKilled}}}]}")},
			want: Outcome{Phase: Failed, Reason: "OOMKilled", Message: `pod "j-0" needed more memory than it may use`},
		},
		"Evicted": {
			reason: "What the cluster says of a pod that it ended is passed on.",
			job:    failed, pods: []string{podOf("j", 0, "{phase: Failed, reason: Evicted, message: The node was low on resource}")},
			want: Outcome{Phase: Failed, Reason: "Evicted", Message: `pod "j-0" was ended: The node was low on resource`},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var pods []compose.Resource
			for _, p := range tc.pods {
				pods = append(pods, view(t, p))
			}
			of := compose.Resource{}
			if tc.job != "null" {
				of = view(t, tc.job)
			}
			if diff := cmp.Diff(tc.want, Read(of, pods)); diff != "" {
				t.Errorf("%s\n-want +got:\n%s", tc.reason, diff)
			}
		})
	}
}
