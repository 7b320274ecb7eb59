package objects

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// TestPodsMeetRestricted asserts what Kubernetes' Pod Security Standards demand at
// level "restricted", of every container there is.
func TestPodsMeetRestricted(t *testing.T) {
	s := chat()
	pods := map[string]corev1.PodSpec{
		"server":    Deployment(s, Replication{Replicas: 2}).Spec.Template.Spec,
		"migration": MigrationJob(s, Migration{Name: "job"}).Spec.Template.Spec,
		"clock":     Clock("clock", s.Labels, "0 2 * * 6", "Etc/UTC").Spec.JobTemplate.Spec.Template.Spec,
	}
	for name, pod := range pods {
		t.Run(name, func(t *testing.T) {
			if pod.HostNetwork || pod.HostPID || pod.HostIPC {
				t.Error("a namespace of the host is used")
			}
			security := pod.SecurityContext
			if security == nil || security.RunAsNonRoot == nil || !*security.RunAsNonRoot || security.RunAsUser == nil || *security.RunAsUser == 0 {
				t.Error("the pod may run as root")
			}
			if security.SeccompProfile == nil || security.SeccompProfile.Type != corev1.SeccompProfileTypeRuntimeDefault {
				t.Error("the pod has no seccomp profile")
			}
			if len(security.Sysctls) > 0 || len(security.SupplementalGroups) > 0 {
				t.Error("sysctls or groups are set")
			}
			for _, v := range pod.Volumes {
				allowed := v.ConfigMap != nil || v.Secret != nil || v.EmptyDir != nil || v.PersistentVolumeClaim != nil ||
					v.Projected != nil || v.DownwardAPI != nil || v.CSI != nil || v.Ephemeral != nil
				if !allowed {
					t.Errorf("volume %s is of a kind that is not allowed", v.Name)
				}
			}
			for _, c := range append(pod.InitContainers, pod.Containers...) {
				assertRestricted(t, c)
			}
		})
	}
}

func assertRestricted(t *testing.T, c corev1.Container) {
	t.Helper()
	security := c.SecurityContext
	if security == nil {
		t.Fatalf("container %s has no security context", c.Name)
	}
	if security.AllowPrivilegeEscalation == nil || *security.AllowPrivilegeEscalation {
		t.Errorf("container %s may escalate its privileges", c.Name)
	}
	if security.Privileged != nil && *security.Privileged {
		t.Errorf("container %s is privileged", c.Name)
	}
	if security.RunAsNonRoot == nil || !*security.RunAsNonRoot || security.RunAsUser != nil && *security.RunAsUser == 0 {
		t.Errorf("container %s may run as root", c.Name)
	}
	if k := security.Capabilities; k == nil || len(k.Drop) != 1 || k.Drop[0] != "ALL" || len(k.Add) > 0 {
		t.Errorf("container %s keeps capabilities", c.Name)
	}
	if security.ProcMount != nil || security.SeccompProfile != nil && security.SeccompProfile.Type == corev1.SeccompProfileTypeUnconfined {
		t.Errorf("container %s shows or allows too much", c.Name)
	}
	for _, p := range c.Ports {
		if p.HostPort != 0 {
			t.Errorf("container %s uses a port of the host", c.Name)
		}
	}
}
