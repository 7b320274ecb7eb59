package objects

import (
	"maps"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

// A schema of many millions of posts may take a long while to migrate.
const migrationDeadlineSeconds = 6 * 60 * 60

// Migration says how the schema is migrated.
type Migration struct {
	// Name of the Job.
	Name string
	// Labels and Annotations of the Job and its pods. The server's labels win.
	Labels, Annotations map[string]string
	// Marks are annotations of the Job alone. They win.
	Marks map[string]string
	// Retries after a first failed attempt.
	Retries int32
	// SavePlan keeps the plan that undoes the migration in the file store.
	SavePlan bool
}

// MigrationJob migrates the database's schema to the server's image. It is never
// deleted by itself: one that vanished would run again.
func MigrationJob(s Server, m Migration) *batchv1.Job {
	args := []string{"db", "migrate"}
	if m.SavePlan {
		args = append(args, "--save-plan")
	}
	spec := podSpec(s, corev1.Container{Command: []string{"mattermost"}, Args: args})
	spec.RestartPolicy = corev1.RestartPolicyNever
	meta := objectMeta(m.Name, union(m.Labels, s.Labels))
	meta.Annotations = union(m.Annotations, m.Marks)
	return &batchv1.Job{
		TypeMeta:   metav1.TypeMeta{APIVersion: "batch/v1", Kind: "Job"},
		ObjectMeta: meta,
		Spec: batchv1.JobSpec{
			BackoffLimit:          ptr.To(m.Retries),
			ActiveDeadlineSeconds: ptr.To[int64](migrationDeadlineSeconds),
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: union(m.Labels, s.Labels), Annotations: m.Annotations},
				Spec:       spec,
			},
		},
	}
}

// union of two maps, of which the second wins.
func union(a, b map[string]string) map[string]string {
	out := maps.Clone(a)
	if out == nil {
		out = map[string]string{}
	}
	maps.Copy(out, b)
	return out
}
