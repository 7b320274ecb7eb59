// Package tool spells the Jobs of mattermost-dbtool out, and reads what they leave. It
// is what backups and restores have in common, and decides nothing.
package tool

import (
	"math"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

const (
	// LabelBackup of Jobs and pods names the MattermostBackup that they work for.
	LabelBackup = "mattermost.crossplane.io/backup"
	// LabelRestore of Jobs and pods names the MattermostRestore that they work for.
	LabelRestore = "mattermost.crossplane.io/restore"

	// Container is the name of the container that runs the tool.
	Container = "dbtool"

	// Tries after a first one that failed, with pauses that double from ten seconds to
	// six minutes.
	retries = 6
	// kept are the Jobs of a schedule that stay when they ended, of each outcome.
	kept = 3
)

// Server returns the labels of the pods of an installation's servers.
func Server(installation string) map[string]string {
	return map[string]string{
		"installation.mattermost.com/installation": installation,
		"installation.mattermost.com/resource":     installation,
		"app":                                      "mattermost",
	}
}

// Run is one thing that the tool is asked to do, decided.
type Run struct {
	// Name of the Job, or of the CronJob.
	Name string
	// Labels of the Job and its pod.
	Labels map[string]string
	// ServiceAccount that the pod runs as: the installation's.
	ServiceAccount string
	// Command of the tool, such as job.CommandBackup.
	Command string
	// Env of the tool, without SCRATCH, which is set here.
	Env []corev1.EnvVar
	// Volume that the server keeps files on; nil when it keeps them in a bucket, or when
	// they are left alone.
	Volume *Volume
	// Deadline after which the Job is ended. Zero is none.
	Deadline time.Duration
}

// Volume that the server keeps files on. It is at job.EnvFilesDirectory.
type Volume struct {
	// ClaimName of the persistent volume claim.
	ClaimName string
	// ReadOnly says that no file is written.
	ReadOnly bool
	// Beside are labels of the server's pods: the tool runs on their node where there is
	// a choice, since the volume may be mounted by one node only.
	Beside map[string]string
}

// Job runs the tool once. It is never deleted by itself: one that vanished would run
// again. It cannot change: whoever desires it keeps one that exists as it was applied.
func Job(policy v1beta1.Input, r Run) *batchv1.Job {
	return &batchv1.Job{
		TypeMeta:   metav1.TypeMeta{APIVersion: "batch/v1", Kind: "Job"},
		ObjectMeta: metav1.ObjectMeta{Name: r.Name, Labels: r.Labels},
		Spec:       jobSpec(policy, r),
	}
}

// Schedule says when a CronJob runs the tool.
type Schedule struct {
	// Cron are the moments, in five fields.
	Cron string
	// TimeZone of them, by its name in the IANA database.
	TimeZone string
	// Suspend them.
	Suspend bool
}

// CronJob runs the tool on a schedule, one run at a time.
func CronJob(policy v1beta1.Input, r Run, s Schedule) *batchv1.CronJob {
	return &batchv1.CronJob{
		TypeMeta:   metav1.TypeMeta{APIVersion: "batch/v1", Kind: "CronJob"},
		ObjectMeta: metav1.ObjectMeta{Name: r.Name, Labels: r.Labels},
		Spec: batchv1.CronJobSpec{
			Schedule:                   s.Cron,
			TimeZone:                   ptr.To(s.TimeZone),
			Suspend:                    ptr.To(s.Suspend),
			ConcurrencyPolicy:          batchv1.ForbidConcurrent,
			SuccessfulJobsHistoryLimit: ptr.To[int32](kept),
			FailedJobsHistoryLimit:     ptr.To[int32](kept),
			JobTemplate: batchv1.JobTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: r.Labels},
				Spec:       jobSpec(policy, r),
			},
		},
	}
}

func jobSpec(policy v1beta1.Input, r Run) batchv1.JobSpec {
	out := batchv1.JobSpec{
		BackoffLimit: ptr.To[int32](retries),
		// Two pods of a Job would work on the same data.
		PodReplacementPolicy: ptr.To(batchv1.Failed),
		PodFailurePolicy:     podFailurePolicy(),
		Template: corev1.PodTemplateSpec{
			ObjectMeta: metav1.ObjectMeta{Labels: r.Labels},
			Spec:       podSpec(policy, r),
		},
	}
	if r.Deadline > 0 {
		out.ActiveDeadlineSeconds = ptr.To(int64(math.Ceil(r.Deadline.Seconds())))
	}
	return out
}

// podFailurePolicy tries again what may succeed then, and no more: the tool tells by
// the code that it ends with. What the cluster does to a pod counts as no try.
func podFailurePolicy() *batchv1.PodFailurePolicy {
	return &batchv1.PodFailurePolicy{Rules: []batchv1.PodFailurePolicyRule{
		{
			Action: batchv1.PodFailurePolicyActionFailJob,
			OnExitCodes: &batchv1.PodFailurePolicyOnExitCodesRequirement{
				ContainerName: ptr.To(Container),
				Operator:      batchv1.PodFailurePolicyOnExitCodesOpIn,
				Values:        []int32{job.CodeFinal},
			},
		},
		{
			Action: batchv1.PodFailurePolicyActionIgnore,
			OnPodConditions: []batchv1.PodFailurePolicyOnPodConditionsPattern{
				{Type: corev1.DisruptionTarget, Status: corev1.ConditionTrue},
			},
		},
	}}
}
