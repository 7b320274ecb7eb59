package decision

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
)

// Server is what all features together want of the server's pods.
type Server struct {
	objects.Server

	// PodAnnotations of each replica.
	PodAnnotations map[string]string
	// DeploymentAnnotations are of the Deployment alone.
	DeploymentAnnotations map[string]string
	// SingleNodeVolume is the PersistentVolumeClaim that one node alone can mount, empty if
	// there is none.
	SingleNodeVolume string
	// AtOnce says that all replicas are replaced at once: a volume might hold a new replica back
	// for ever, or old and new ones would use different databases.
	AtOnce bool
	// Overridden are the variables of users that differ from what features set, or that no feature
	// sets, sorted.
	Overridden []string
	// Secrets is a checksum of all values that the server reads from Secrets at start.
	Secrets string
}

// Part of the server's pods that one feature adds.
type Part struct {
	Env         []corev1.EnvVar
	Volumes     []corev1.Volume
	Mounts      []corev1.VolumeMount
	Annotations map[string]string
	// DeploymentAnnotations, SingleNodeVolume and AtOnce, as in Server.
	DeploymentAnnotations map[string]string
	SingleNodeVolume      string
	AtOnce                bool
}
