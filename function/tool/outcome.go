package tool

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

const labelJob = "batch.kubernetes.io/job-name"

// Phase of a Job.
type Phase string

// Phases of a Job.
const (
	// Running means that it has not ended: its pod may not even have started.
	Running Phase = "Running"
	// Succeeded means that it did what it was asked to.
	Succeeded Phase = "Succeeded"
	// Failed means that it failed, and is not tried again.
	Failed Phase = "Failed"
)

// Outcome of a Job, as far as it is known.
type Outcome struct {
	Phase Phase
	// Result that the tool left when it succeeded, or when it failed after it had replaced
	// data; nil when that is not known: pods are gone before their Job is, when their node
	// is.
	Result *job.Result
	// Reason and Message of the last try that failed, empty when none did. The reason is
	// one of job.Reason, or else Kubernetes' own.
	Reason, Message string
	// Waiting says why the last pod of the Job does not start, empty when it runs.
	Waiting string
}

// Failure in words: what failed, why, and the remedy for its reason, if there is one.
func (o Outcome) Failure(what string, remedies map[string]string) string {
	if o.Message != "" {
		what += ": " + o.Message
	}
	if remedy := remedies[o.Reason]; remedy != "" {
		what += ": " + remedy
	}
	return what
}

// Read the outcome of a Job from its own status and from pods, of which those of other
// Jobs are passed over. A Job that does not exist yet is one that runs.
func Read(of compose.Resource, pods []compose.Resource) Outcome {
	return ReadOf(of, pods, Container)
}

// ReadOf a Job of somebody else, by the container that does its work.
func ReadOf(of compose.Resource, pods []compose.Resource, container string) Outcome {
	own := podsOf(of, pods)
	failed := of.Condition("Failed")
	switch {
	case of.Condition("Complete").Status == compose.True:
		return Outcome{Phase: Succeeded, Result: result(own)}
	case failed.Status == compose.True:
		out := Outcome{Phase: Failed}
		out.Reason, out.Message = failure(own, container)
		if out.Reason == "" {
			out.Reason = cmp.Or(failed.Reason, string(job.ReasonInternal))
			out.Message = untold(of, failed.Message)
		}
		out.Result = lasting(own)
		return out
	}
	out := Outcome{Phase: Running, Waiting: waiting(own, container)}
	if !ends(own) {
		out.Reason, out.Message = failure(own, container)
	}
	return out
}

// ends says whether the tool's last try failed in a way that its Job does not repeat: the
// Job is about to have failed, and nothing is tried again meanwhile.
func ends(pods []compose.Resource) bool {
	return len(pods) > 0 && state(pods[len(pods)-1], Container, "terminated").Int("exitCode") == job.CodeFinal
}

// Unfinished says whether a Job, or a pod of one, may still work.
func Unfinished(of compose.Resource) bool {
	ended := of.Condition("Complete").Status == compose.True || of.Condition("Failed").Status == compose.True
	phase := of.String("status", "phase")
	return !ended && phase != "Succeeded" && phase != "Failed"
}

// podsOf a Job, oldest first.
func podsOf(of compose.Resource, pods []compose.Resource) []compose.Resource {
	var out []compose.Resource
	for _, p := range pods {
		if of.Exists() && p.String("metadata", "labels", labelJob) == of.Name() {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b compose.Resource) int {
		// Times of Kubernetes compare as text.
		return strings.Compare(a.String("metadata", "creationTimestamp"), b.String("metadata", "creationTimestamp"))
	})
	return out
}

// result that the last pod which succeeded left, nil when none tells.
func result(pods []compose.Resource) *job.Result {
	for _, p := range slices.Backward(pods) {
		ended := state(p, Container, "terminated")
		if !ended.Exists() || ended.Int("exitCode") != job.CodeDone {
			continue
		}
		if r, err := job.Decode(ended.String("message")); err == nil {
			return &r
		}
	}
	return nil
}

// lasting result of a pod that failed: that it had replaced data before. Nil when none
// tells of any.
func lasting(pods []compose.Resource) *job.Result {
	for _, p := range slices.Backward(pods) {
		r, err := job.Decode(state(p, Container, "terminated").String("message"))
		if err == nil && r.Restored != nil && !r.Restored.At.IsZero() {
			return &r
		}
	}
	return nil
}

// failure of the last pod that failed, empty when none did.
func failure(pods []compose.Resource, container string) (reason, message string) {
	for _, p := range slices.Backward(pods) {
		if p.String("status", "phase") == "Failed" {
			return failureOf(p, container)
		}
	}
	return "", ""
}

func failureOf(pod compose.Resource, container string) (reason, message string) {
	ended := state(pod, container, "terminated")
	if r, err := job.Decode(ended.String("message")); err == nil && r.Reason != "" {
		return string(r.Reason), r.Message
	}
	switch {
	case pod.String("status", "reason") != "":
		// The cluster ended the pod, such as one that took too much of a node's disk.
		return pod.String("status", "reason"), fmt.Sprintf("pod %q was ended: %s", pod.Name(), cmp.Or(pod.String("status", "message"), "no more is known"))
	case ended.String("reason") == "OOMKilled":
		return "OOMKilled", fmt.Sprintf("pod %q needed more memory than it may use", pod.Name())
	}
	return string(job.ReasonInternal), fmt.Sprintf("pod %q ended with code %d and left no result: see `kubectl logs %s -c %s`", pod.Name(), ended.Int("exitCode"), pod.Name(), container)
}

// waiting says why the last pod does not start. It is empty if the pod starts or is about
// to: a short wait is not worth a change of the status.
func waiting(pods []compose.Resource, container string) string {
	if len(pods) == 0 {
		return ""
	}
	last := pods[len(pods)-1]
	if last.String("status", "phase") != "Pending" {
		return ""
	}
	if c := last.Condition("PodScheduled"); c.Status == compose.False {
		return fmt.Sprintf("pod %q finds no node: %s", last.Name(), c.Message)
	}
	for _, why := range append(pendingBefore(last), state(last, container, "waiting")) {
		switch reason := why.String("reason"); reason {
		case "", "ContainerCreating", "PodInitializing":
		default:
			// What Kubernetes says names images and keys of Secrets, and never a value.
			return fmt.Sprintf("pod %q does not start: %s: %s", last.Name(), reason, why.String("message"))
		}
	}
	return ""
}

// pendingBefore are the containers that have to start before a pod's own, as far as they
// wait for something.
func pendingBefore(pod compose.Resource) []compose.Resource {
	var out []compose.Resource
	for _, c := range pod.List("status", "initContainerStatuses") {
		out = append(out, c.At("state", "waiting"))
	}
	return out
}

// state of a container in a pod: waiting, running or terminated.
func state(pod compose.Resource, container, of string) compose.Resource {
	for _, c := range pod.List("status", "containerStatuses") {
		if c.String("name") == container {
			return c.At("state", of)
		}
	}
	return compose.Resource{}
}

// untold is what can be said of a Job that failed and whose pods are gone.
func untold(of compose.Resource, message string) string {
	out := fmt.Sprintf("Job %q failed, and what its pods said is gone", of.Name())
	if message != "" {
		out += ": " + message
	}
	return out
}
