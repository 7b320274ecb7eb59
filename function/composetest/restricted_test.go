package composetest

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"
)

// sound is a pod that nothing is to be said against.
func sound() corev1.PodSpec {
	return corev1.PodSpec{
		AutomountServiceAccountToken: ptr.To(false),
		SecurityContext: &corev1.PodSecurityContext{
			RunAsNonRoot: ptr.To(true), RunAsUser: ptr.To[int64](1000),
			SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
		},
		Volumes: []corev1.Volume{{Name: "v", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}},
		Containers: []corev1.Container{{Name: "c", SecurityContext: &corev1.SecurityContext{
			AllowPrivilegeEscalation: ptr.To(false), RunAsNonRoot: ptr.To(true), ReadOnlyRootFilesystem: ptr.To(true),
			Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
		}}},
	}
}

// TestRestrictedSeesIt proves that each rule is looked at.
func TestRestrictedSeesIt(t *testing.T) {
	cases := map[string]struct {
		reason string
		breaks func(*corev1.PodSpec, *corev1.SecurityContext)
		want   []string
	}{
		"Sound":       {"A pod that is as it should be.", func(*corev1.PodSpec, *corev1.SecurityContext) {}, nil},
		"HostNetwork": {"The host's network is not the pod's.", func(p *corev1.PodSpec, _ *corev1.SecurityContext) { p.HostNetwork = true }, []string{"a namespace of the host is used"}},
		"NoContext":   {"Nothing is said of the pod.", func(p *corev1.PodSpec, _ *corev1.SecurityContext) { p.SecurityContext = nil }, []string{"the pod has no security context"}},
		"Root":        {"Root by number.", func(p *corev1.PodSpec, _ *corev1.SecurityContext) { p.SecurityContext.RunAsUser = ptr.To[int64](0) }, []string{"the pod may run as root"}},
		"NoSeccomp":   {"Every system call.", func(p *corev1.PodSpec, _ *corev1.SecurityContext) { p.SecurityContext.SeccompProfile = nil }, []string{"the pod has no seccomp profile"}},
		"Sysctls":     {"The kernel is the node's.", func(p *corev1.PodSpec, _ *corev1.SecurityContext) { p.SecurityContext.Sysctls = []corev1.Sysctl{{}} }, []string{"sysctls or groups are set"}},
		"HostPath":    {"A folder of the node.", func(p *corev1.PodSpec, _ *corev1.SecurityContext) { p.Volumes[0].EmptyDir = nil }, []string{"volume v is of a kind that is not allowed"}},
		"Token":       {"A token is a way to the API server.", func(p *corev1.PodSpec, _ *corev1.SecurityContext) { p.AutomountServiceAccountToken = nil }, []string{"the pod may speak to the API server"}},
		"HostPort": {"A port of the node.", func(p *corev1.PodSpec, _ *corev1.SecurityContext) {
			p.Containers[0].Ports = []corev1.ContainerPort{{HostPort: 80}}
		}, []string{"container c uses a port of the host"}},
		"Escalation": {"The default allows it.", func(_ *corev1.PodSpec, c *corev1.SecurityContext) { c.AllowPrivilegeEscalation = nil }, []string{"container c may escalate its privileges"}},
		"Privileged": {"As good as the node.", func(_ *corev1.PodSpec, c *corev1.SecurityContext) { c.Privileged = ptr.To(true) }, []string{"container c may escalate its privileges"}},
		"RootInside": {"A container's word is the last.", func(_ *corev1.PodSpec, c *corev1.SecurityContext) { c.RunAsUser = ptr.To[int64](0) }, []string{"container c may run as root"}},
		"Capabilities": {"One that is added again.", func(_ *corev1.PodSpec, c *corev1.SecurityContext) {
			c.Capabilities.Add = []corev1.Capability{"NET_RAW"}
		}, []string{"container c keeps capabilities"}},
		"ProcMount": {"All of /proc.", func(_ *corev1.PodSpec, c *corev1.SecurityContext) { c.ProcMount = ptr.To(corev1.UnmaskedProcMount) }, []string{"container c shows or allows too much"}},
		"Writable":  {"What is written is what runs next.", func(_ *corev1.PodSpec, c *corev1.SecurityContext) { c.ReadOnlyRootFilesystem = ptr.To(false) }, []string{"container c may write to its image"}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			pod := sound()
			tc.breaks(&pod, pod.Containers[0].SecurityContext)
			got := slices.Concat(unrestrictedPod(pod), unrestrictedVolumes(pod), unrestrictedContainer(pod.Containers[0]), unsealed(pod))
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
