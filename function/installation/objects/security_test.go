package objects

import (
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
)

func TestPodsMeetRestricted(t *testing.T) {
	s := chat()
	pods := map[string]corev1.PodSpec{
		"server":    Deployment(s, Replication{Replicas: 2}).Spec.Template.Spec,
		"migration": MigrationJob(s, Migration{Name: "job"}).Spec.Template.Spec,
		"clock":     Clock("clock", s.Labels, "0 2 * * 6", "Etc/UTC").Spec.JobTemplate.Spec.Template.Spec,
	}
	for name, pod := range pods {
		t.Run(name, func(t *testing.T) { composetest.Restricted(t, pod) })
	}
}
