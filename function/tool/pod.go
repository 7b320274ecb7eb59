package tool

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/pod"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

const (
	// release of the tool that belongs to this function.
	release      = "v0.1.0"
	defaultImage = "ghcr.io/crossplane-mattermost/mattermost-dbtool:" + release

	// toolID is the user and group of the tool's image.
	toolID = 65532
	// serverID is the user and group that the server's pods run as, and own files by.
	serverID = 2000

	volumeScratch = "scratch"
	volumeTemp    = "tmp"
	volumeFiles   = "files"
	mountScratch  = "/scratch"
	mountTemp     = "/tmp"
	mountFiles    = "/files"
)

// podSpec of a run. It meets Pod Security "restricted".
func podSpec(policy v1beta1.Input, r Run) corev1.PodSpec {
	out := corev1.PodSpec{
		RestartPolicy:      corev1.RestartPolicyNever,
		ServiceAccountName: r.ServiceAccount,
		// The tool never talks to Kubernetes.
		AutomountServiceAccountToken: ptr.To(false),
		// A Service named store would otherwise give the tool variables that begin with
		// STORE_, which it reads.
		EnableServiceLinks: ptr.To(false),
		ImagePullSecrets:   pod.PullSecrets(policy.ImagePullSecrets),
		SecurityContext:    pod.Security(userOf(r)),
		Affinity:           affinity(r),
		Containers:         []corev1.Container{container(policy, r)},
		Volumes: []corev1.Volume{
			{Name: volumeTemp, VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
			{Name: volumeScratch, VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{SizeLimit: toolOf(policy).ScratchSize}}},
		},
	}
	if v := r.Volume; v != nil {
		// The server has it mounted to write, which some drivers do not allow beside a
		// volume that is attached to read: the mount alone is read-only.
		out.Volumes = append(out.Volumes, corev1.Volume{Name: volumeFiles, VolumeSource: corev1.VolumeSource{
			PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: v.ClaimName},
		}})
	}
	return out
}

func container(policy v1beta1.Input, r Run) corev1.Container {
	c := corev1.Container{
		Name:            Container,
		Image:           image(policy),
		ImagePullPolicy: corev1.PullIfNotPresent,
		Args:            []string{r.Command},
		Env:             slices.Concat(r.Env, []corev1.EnvVar{{Name: job.EnvScratch, Value: mountScratch}}),
		Resources:       resources(policy),
		VolumeMounts: []corev1.VolumeMount{
			{Name: volumeTemp, MountPath: mountTemp},
			{Name: volumeScratch, MountPath: mountScratch},
		},
		// What the tool leaves is read; its log is not.
		TerminationMessagePolicy: corev1.TerminationMessageReadFile,
		SecurityContext:          pod.SealedSecurity(),
	}
	if toolOf(policy).AllowSuperuser && (r.Command == job.CommandCheck || r.Command == job.CommandRestore) {
		c.Env = append(c.Env, corev1.EnvVar{Name: job.EnvAllowSuperuser, Value: "true"})
	}
	if v := r.Volume; v != nil {
		c.Env = append(c.Env, corev1.EnvVar{Name: job.EnvFilesDirectory, Value: mountFiles})
		c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{Name: volumeFiles, MountPath: mountFiles, ReadOnly: v.ReadOnly})
	}
	return c
}

// userOf a run: files on a volume are the server's, so that only its user can read all of them,
// and what is written must be its own.
func userOf(r Run) int64 {
	if r.Volume != nil {
		return serverID
	}
	return toolID
}

// affinity to the node that has the volume mounted. It is no condition: where no server
// runs, any node will do.
func affinity(r Run) *corev1.Affinity {
	const decisive = 100
	if r.Volume == nil || len(r.Volume.Beside) == 0 {
		return nil
	}
	return &corev1.Affinity{PodAffinity: &corev1.PodAffinity{
		PreferredDuringSchedulingIgnoredDuringExecution: []corev1.WeightedPodAffinityTerm{{
			Weight: decisive,
			PodAffinityTerm: corev1.PodAffinityTerm{
				LabelSelector: &metav1.LabelSelector{MatchLabels: r.Volume.Beside},
				TopologyKey:   corev1.LabelHostname,
			},
		}},
	}}
}

func toolOf(policy v1beta1.Input) v1beta1.Tool {
	if policy.Tool == nil {
		return v1beta1.Tool{}
	}
	return *policy.Tool
}

func image(policy v1beta1.Input) string {
	of := toolOf(policy).Image
	if of == "" {
		of = defaultImage
	}
	return provision.Mirrored(policy.Registry, of)
}

func resources(policy v1beta1.Input) corev1.ResourceRequirements {
	if of := toolOf(policy).Resources; of != nil {
		return *of
	}
	return corev1.ResourceRequirements{Requests: corev1.ResourceList{
		corev1.ResourceCPU:    resource.MustParse("100m"),
		corev1.ResourceMemory: resource.MustParse("128Mi"),
	}}
}
