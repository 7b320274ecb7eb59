// Package provision holds what the databases and buckets that are run here have in
// common: a server with one pod on a volume, and its credentials.
package provision

import (
	"fmt"
	"maps"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/pod"
)

const (
	// MountData is where the volume is mounted.
	MountData = "/data"

	volumeData = "data"
	volumeTemp = "tmp"
	mountTemp  = "/tmp"
	portName   = "server"

	annotationCredentials = "mattermost.crossplane.io/credentials"
)

// Server is a server with one pod on a volume, decided.
type Server struct {
	// Name of its objects.
	Name string
	// Labels of its objects.
	Labels map[string]string
	// Version that it was made with, empty where that does not matter.
	Version string
	// Selector of its pod.
	Selector map[string]string
	// Image reference.
	Image string
	// PullSecrets for Image.
	PullSecrets []string
	// Command and Args that it runs.
	Command, Args []string
	// Env of the server.
	Env []corev1.EnvVar
	// Port that it serves at.
	Port int32
	// User and group that it runs as.
	User int64
	// Ready says how to ask whether it serves.
	Ready corev1.ProbeHandler
	// Resources of its container.
	Resources corev1.ResourceRequirements
	// Volume of the server.
	Volume Volume
	// DeletionPolicy of its volume.
	DeletionPolicy v1alpha1.DeletionPolicy
	// Credentials is a digest of its credentials, so that it is started anew when they
	// change.
	Credentials string
}

// Volume of a server. A StatefulSet keeps the template that its volume was made from for life: an
// update that changes it is refused as a whole.
type Volume struct {
	// Labels of the volume.
	Labels map[string]string
	// Size and Class; no class is the cluster's default.
	Size  resource.Quantity
	Class string
}

// Stays returns the volume of a server that is there, or else a new one as it is wanted.
func (v Volume) Stays(server compose.Resource) Volume {
	for _, made := range server.List("spec", "volumeClaimTemplates") {
		v.Labels, v.Class = nil, made.String("spec", "storageClassName")
		for key, value := range made.At("metadata", "labels").Struct().GetFields() {
			v.Labels = with(v.Labels, key, value.GetStringValue())
		}
		if size := StorageSize(server); size != nil {
			v.Size = *size
		}
	}
	return v
}

func with(labels map[string]string, key, value string) map[string]string {
	if labels == nil {
		labels = map[string]string{}
	}
	labels[key] = value
	return labels
}

// RequirementVolume looks up a volume that was there before the server of a name.
func RequirementVolume(server string) string {
	return compose.RequirementFree(NameServer, "PersistentVolumeClaim", VolumeClaim(server))
}

// Names under which a server's objects are composed.
const (
	NameCredentials = "credentials"
	NameService     = "service"
	NameServer      = "server"
)

// Build a server with its credentials. An existing volume that does not come from a server
// of this name belongs to another owner.
func Build(a *compose.Answer, s Server, credentials map[string][]byte) error {
	a.WantFree(NameServer, "v1", "PersistentVolumeClaim", VolumeClaim(s.Name), func(o compose.Resource) bool {
		for key, value := range s.Selector {
			if o.String("metadata", "labels", key) != value {
				return false
			}
		}
		return true
	})
	return errors.Join(
		a.Desire(NameCredentials, Secret(s.Name, s.Labels, credentials)),
		a.Desire(NameService, Service(s)),
		a.Desire(NameServer, StatefulSet(s)),
	)
}

// Waiting says what a server that does not serve yet is waited for, empty when it
// serves.
func Waiting(server compose.Resource, name string) string {
	if server.Int("status", "readyReplicas") > 0 {
		return ""
	}
	return fmt.Sprintf("waiting for the pod of StatefulSet %q to be ready: should it not, `kubectl describe pod %s-0` says why", name, name)
}

// Service leads to a server.
func Service(s Server) *corev1.Service {
	return &corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: metav1.ObjectMeta{Name: s.Name, Labels: s.Labels},
		Spec: corev1.ServiceSpec{
			Type:     corev1.ServiceTypeClusterIP,
			Selector: s.Selector,
			Ports:    []corev1.ServicePort{{Name: portName, Port: s.Port, Protocol: corev1.ProtocolTCP, TargetPort: intstr.FromString(portName)}},
		},
	}
}

// StatefulSet runs a server. Its volume is named after it, so that one of the same
// name finds the volume of before again.
func StatefulSet(s Server) *appsv1.StatefulSet {
	labels := maps.Clone(s.Labels)
	maps.Copy(labels, HoldsData(s.Version))
	policy := appsv1.DeletePersistentVolumeClaimRetentionPolicyType
	if Retained(s.DeletionPolicy) {
		policy = appsv1.RetainPersistentVolumeClaimRetentionPolicyType
	}
	return &appsv1.StatefulSet{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "StatefulSet"},
		ObjectMeta: metav1.ObjectMeta{Name: s.Name, Labels: labels},
		Spec: appsv1.StatefulSetSpec{
			Replicas:    ptr.To[int32](1),
			ServiceName: s.Name,
			Selector:    &metav1.LabelSelector{MatchLabels: s.Selector},
			PersistentVolumeClaimRetentionPolicy: &appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy{
				WhenDeleted: policy,
				WhenScaled:  appsv1.RetainPersistentVolumeClaimRetentionPolicyType,
			},
			VolumeClaimTemplates: []corev1.PersistentVolumeClaim{claim(s)},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: s.Labels, Annotations: map[string]string{annotationCredentials: s.Credentials}},
				Spec:       podSpec(s),
			},
		},
	}
}

// VolumeClaim is the name of the PersistentVolumeClaim that Kubernetes creates for a
// server's pod.
func VolumeClaim(server string) string { return volumeData + "-" + server + "-0" }

func claim(s Server) corev1.PersistentVolumeClaim {
	out := corev1.PersistentVolumeClaim{
		// Spelled out, because the API server does it: what is applied must not differ
		// from what is there.
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "PersistentVolumeClaim"},
		ObjectMeta: metav1.ObjectMeta{Name: volumeData, Labels: s.Volume.Labels},
		Spec: corev1.PersistentVolumeClaimSpec{
			AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			Resources:   corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: s.Volume.Size}},
		},
	}
	if s.Volume.Class != "" {
		out.Spec.StorageClassName = &s.Volume.Class
	}
	return out
}

func podSpec(s Server) corev1.PodSpec {
	c := corev1.Container{
		Name:      portName,
		Image:     s.Image,
		Command:   s.Command,
		Args:      s.Args,
		Env:       s.Env,
		Ports:     []corev1.ContainerPort{{Name: portName, ContainerPort: s.Port, Protocol: corev1.ProtocolTCP}},
		Resources: s.Resources,
		VolumeMounts: []corev1.VolumeMount{
			{Name: volumeData, MountPath: MountData},
			{Name: volumeTemp, MountPath: mountTemp},
		},
		StartupProbe:             &corev1.Probe{ProbeHandler: s.Ready, PeriodSeconds: 1, FailureThreshold: 600, TimeoutSeconds: 5},
		ReadinessProbe:           &corev1.Probe{ProbeHandler: s.Ready, PeriodSeconds: 5, FailureThreshold: 3, TimeoutSeconds: 5},
		TerminationMessagePolicy: corev1.TerminationMessageFallbackToLogsOnError,
		SecurityContext:          pod.SealedSecurity(),
	}
	return corev1.PodSpec{
		AutomountServiceAccountToken: ptr.To(false),
		EnableServiceLinks:           ptr.To(false),
		ImagePullSecrets:             pod.PullSecrets(s.PullSecrets),
		SecurityContext:              pod.Security(s.User),
		Containers:                   []corev1.Container{c},
		Volumes:                      []corev1.Volume{{Name: volumeTemp, VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}},
	}
}
