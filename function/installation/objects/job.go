package objects

import (
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

const (
	// A database that is not there yet is waited for: ten tries, with pauses that
	// double from ten seconds to six minutes.
	migrationTries = 10
	// A schema of many millions of posts may take a long while to migrate.
	migrationDeadlineSeconds = 6 * 60 * 60
)

// MigrationJob migrates the database's schema to the server's image. It is never
// deleted by itself: one that vanished would run again.
func MigrationJob(s Server, name string, annotations map[string]string) *batchv1.Job {
	spec := podSpec(s, corev1.Container{
		Command: []string{"mattermost"},
		Args:    []string{"db", "migrate"},
	})
	spec.RestartPolicy = corev1.RestartPolicyNever
	meta := objectMeta(name, s.Labels)
	meta.Annotations = annotations
	return &batchv1.Job{
		TypeMeta:   metav1.TypeMeta{APIVersion: "batch/v1", Kind: "Job"},
		ObjectMeta: meta,
		Spec: batchv1.JobSpec{
			BackoffLimit:          ptr.To[int32](migrationTries),
			ActiveDeadlineSeconds: ptr.To[int64](migrationDeadlineSeconds),
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: s.Labels},
				Spec:       spec,
			},
		},
	}
}
