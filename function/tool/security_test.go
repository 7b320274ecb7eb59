package tool

import (
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

// TestPodsMeetRestricted asserts what Kubernetes' Pod Security Standards demand at
// level "restricted", of every container there is.
func TestPodsMeetRestricted(t *testing.T) {
	for _, of := range []func() (v1beta1.Input, Run){full, bare} {
		policy, run := of()
		t.Run(run.Name, func(t *testing.T) {
			pod := Job(policy, run).Spec.Template.Spec
			if pod.HostNetwork || pod.HostPID || pod.HostIPC {
				t.Error("a namespace of the host is used")
			}
			if pod.AutomountServiceAccountToken == nil || *pod.AutomountServiceAccountToken {
				t.Error("the pod may speak to the API server")
			}
			security := pod.SecurityContext
			if security == nil || security.RunAsNonRoot == nil || !*security.RunAsNonRoot || security.RunAsUser == nil || *security.RunAsUser == 0 {
				t.Fatal("the pod may run as root")
			}
			if security.SeccompProfile == nil || security.SeccompProfile.Type != corev1.SeccompProfileTypeRuntimeDefault {
				t.Error("the pod has no seccomp profile")
			}
			if len(security.Sysctls) > 0 || len(security.SupplementalGroups) > 0 {
				t.Error("sysctls or groups are set")
			}
			for _, v := range pod.Volumes {
				if v.EmptyDir == nil && v.PersistentVolumeClaim == nil {
					t.Errorf("volume %s is of a kind that is not expected", v.Name)
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
	if security.AllowPrivilegeEscalation == nil || *security.AllowPrivilegeEscalation || security.Privileged != nil && *security.Privileged {
		t.Errorf("container %s may escalate its privileges", c.Name)
	}
	if security.RunAsNonRoot == nil || !*security.RunAsNonRoot || security.RunAsUser != nil && *security.RunAsUser == 0 {
		t.Errorf("container %s may run as root", c.Name)
	}
	if security.ReadOnlyRootFilesystem == nil || !*security.ReadOnlyRootFilesystem {
		t.Errorf("container %s may write to its image", c.Name)
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
