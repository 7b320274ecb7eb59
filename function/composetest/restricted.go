package composetest

import (
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// Restricted fails the test unless a pod is what Kubernetes' Pod Security Standards demand
// at level "restricted", with every container of it.
func Restricted(t *testing.T, pod corev1.PodSpec) {
	t.Helper()
	problems := append(unrestrictedPod(pod), unrestrictedVolumes(pod)...)
	for _, c := range append(pod.InitContainers, pod.Containers...) {
		problems = append(problems, unrestrictedContainer(c)...)
	}
	for _, p := range problems {
		t.Error(p)
	}
}

// Sealed fails the test unless a pod keeps to itself besides: it does not speak to the API
// server, and its containers do not write to their images.
func Sealed(t *testing.T, pod corev1.PodSpec) {
	t.Helper()
	for _, p := range unsealed(pod) {
		t.Error(p)
	}
}

func unrestrictedPod(pod corev1.PodSpec) (problems []string) {
	if pod.HostNetwork || pod.HostPID || pod.HostIPC {
		problems = append(problems, "a namespace of the host is used")
	}
	security := pod.SecurityContext
	if security == nil {
		return append(problems, "the pod has no security context")
	}
	if !is(true, security.RunAsNonRoot) || security.RunAsUser == nil || *security.RunAsUser == 0 {
		problems = append(problems, "the pod may run as root")
	}
	if security.SeccompProfile == nil || security.SeccompProfile.Type != corev1.SeccompProfileTypeRuntimeDefault {
		problems = append(problems, "the pod has no seccomp profile")
	}
	if len(security.Sysctls) > 0 || len(security.SupplementalGroups) > 0 {
		problems = append(problems, "sysctls or groups are set")
	}
	return problems
}

func unrestrictedVolumes(pod corev1.PodSpec) (problems []string) {
	for _, v := range pod.Volumes {
		allowed := v.ConfigMap != nil || v.Secret != nil || v.EmptyDir != nil || v.PersistentVolumeClaim != nil ||
			v.Projected != nil || v.DownwardAPI != nil || v.CSI != nil || v.Ephemeral != nil
		if !allowed {
			problems = append(problems, "volume "+v.Name+" is of a kind that is not allowed")
		}
	}
	return problems
}

func unrestrictedContainer(c corev1.Container) (problems []string) {
	security := c.SecurityContext
	if security == nil {
		return []string{"container " + c.Name + " has no security context"}
	}
	if !is(false, security.AllowPrivilegeEscalation) || is(true, security.Privileged) {
		problems = append(problems, "container "+c.Name+" may escalate its privileges")
	}
	if !is(true, security.RunAsNonRoot) || security.RunAsUser != nil && *security.RunAsUser == 0 {
		problems = append(problems, "container "+c.Name+" may run as root")
	}
	if k := security.Capabilities; k == nil || !slices.Equal(k.Drop, []corev1.Capability{"ALL"}) || len(k.Add) > 0 {
		problems = append(problems, "container "+c.Name+" keeps capabilities")
	}
	if security.ProcMount != nil || security.SeccompProfile != nil && security.SeccompProfile.Type == corev1.SeccompProfileTypeUnconfined {
		problems = append(problems, "container "+c.Name+" shows or allows too much")
	}
	for _, p := range c.Ports {
		if p.HostPort != 0 {
			problems = append(problems, "container "+c.Name+" uses a port of the host")
		}
	}
	return problems
}

func unsealed(pod corev1.PodSpec) (problems []string) {
	if !is(false, pod.AutomountServiceAccountToken) {
		problems = append(problems, "the pod may speak to the API server")
	}
	for _, c := range append(pod.InitContainers, pod.Containers...) {
		if c.SecurityContext == nil || !is(true, c.SecurityContext.ReadOnlyRootFilesystem) {
			problems = append(problems, "container "+c.Name+" may write to its image")
		}
	}
	return problems
}

func is(want bool, value *bool) bool { return value != nil && *value == want }
