// Package objects spells decisions about a Mattermost server out as Kubernetes
// objects, one builder per kind. It decides nothing.
package objects

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/pod"
)

const (
	// ContainerServer is the name of the container that runs the server's image,
	// in the Deployment and in migration Jobs.
	ContainerServer = "mattermost"
	// PortApp serves clients, over HTTP and websockets.
	PortApp = 8065
	// PortMetrics serves Prometheus.
	PortMetrics = 8067

	portNameApp     = "app"
	portNameMetrics = "metrics"

	// The server's images run as this user and group, and own /mattermost by it.
	mattermostID = 2000
)

// Server is a Mattermost server, decided.
type Server struct {
	// Name of the installation, and of most objects.
	Name string
	// Labels of every object of the server, pods included.
	Labels map[string]string
	// Selector of the server's pods.
	Selector map[string]string
	// Image reference.
	Image string
	// PullPolicy of Image.
	PullPolicy corev1.PullPolicy
	// PullSecrets for Image.
	PullSecrets []corev1.LocalObjectReference
	// Resources of the server's container.
	Resources corev1.ResourceRequirements
	// Env of the server.
	Env []corev1.EnvVar
	// Volumes of the pod.
	Volumes []corev1.Volume
	// Mounts of the server's container.
	Mounts []corev1.VolumeMount
}

func objectMeta(name string, labels map[string]string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Name: name, Labels: labels}
}

// podSpec is what the server's pods and those of its migrations have in common.
func podSpec(s Server, c corev1.Container) corev1.PodSpec {
	c.Name = ContainerServer
	c.Image = s.Image
	c.ImagePullPolicy = s.PullPolicy
	c.Env = s.Env
	c.Resources = s.Resources
	c.VolumeMounts = s.Mounts
	c.TerminationMessagePolicy = corev1.TerminationMessageFallbackToLogsOnError
	c.SecurityContext = pod.ContainerSecurity()
	return corev1.PodSpec{
		ServiceAccountName: s.Name,
		// The server never talks to Kubernetes.
		AutomountServiceAccountToken: ptr.To(false),
		// A Service named mm would otherwise give the server variables that begin
		// with MM_, which it reads as settings.
		EnableServiceLinks: ptr.To(false),
		ImagePullSecrets:   s.PullSecrets,
		SecurityContext:    pod.Security(mattermostID),
		Containers:         []corev1.Container{c},
		Volumes:            s.Volumes,
	}
}
