package objects

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"
)

// Replication says how many replicas of a server there are and how they are
// replaced.
type Replication struct {
	// Replicas that are wanted.
	Replicas int32
	// Recreate replaces all replicas at once: none of the new ones starts before every
	// old one is gone.
	Recreate bool
	// Annotations of the Deployment alone.
	Annotations map[string]string
	// PodAnnotations of each replica.
	PodAnnotations map[string]string
}

// Deployment runs the server.
func Deployment(s Server, r Replication) *appsv1.Deployment {
	pod := serverPod(s)
	pod.TopologySpreadConstraints = spread(s)
	meta := objectMeta(s.Name, s.Labels)
	meta.Annotations = r.Annotations
	return &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
		ObjectMeta: meta,
		Spec: appsv1.DeploymentSpec{
			Replicas:             ptr.To(r.Replicas),
			RevisionHistoryLimit: ptr.To[int32](5),
			Selector:             &metav1.LabelSelector{MatchLabels: s.Selector},
			Strategy:             strategy(r),
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: s.Labels, Annotations: r.PodAnnotations},
				Spec:       pod,
			},
		},
	}
}

func strategy(r Replication) appsv1.DeploymentStrategy {
	if r.Recreate {
		return appsv1.DeploymentStrategy{Type: appsv1.RecreateDeploymentStrategyType}
	}
	return appsv1.DeploymentStrategy{
		Type: appsv1.RollingUpdateDeploymentStrategyType,
		RollingUpdate: &appsv1.RollingUpdateDeployment{
			MaxUnavailable: ptr.To(intstr.FromInt32(0)),
			MaxSurge:       ptr.To(intstr.FromInt32(1)),
		},
	}
}

// spread replicas over nodes, where there is room.
func spread(s Server) []corev1.TopologySpreadConstraint {
	return []corev1.TopologySpreadConstraint{{
		MaxSkew:           1,
		TopologyKey:       corev1.LabelHostname,
		WhenUnsatisfiable: corev1.ScheduleAnyway,
		LabelSelector:     &metav1.LabelSelector{MatchLabels: s.Selector},
		MatchLabelKeys:    []string{appsv1.DefaultDeploymentUniqueLabelKey},
	}}
}

const (
	// Clients are led elsewhere before the server stops to listen: it takes
	// Kubernetes a moment to tell every node that a replica goes.
	drainSeconds = 5
	// What is under way then may take this long, drainSeconds included.
	terminationSeconds = 60
)

func serverPod(s Server) corev1.PodSpec {
	spec := podSpec(s, corev1.Container{
		Command: []string{"mattermost"},
		Ports: []corev1.ContainerPort{
			{Name: portNameApp, ContainerPort: PortApp, Protocol: corev1.ProtocolTCP},
			{Name: portNameMetrics, ContainerPort: PortMetrics, Protocol: corev1.ProtocolTCP},
		},
		StartupProbe:   startupProbe(),
		LivenessProbe:  probe(10, 3),
		ReadinessProbe: probe(5, 6),
		Lifecycle: &corev1.Lifecycle{
			PreStop: &corev1.LifecycleHandler{Sleep: &corev1.SleepAction{Seconds: drainSeconds}},
		},
	})
	spec.TerminationGracePeriodSeconds = ptr.To[int64](terminationSeconds)
	return spec
}

// startupProbe gives a server ten minutes to start: one that migrates a large
// schema must not be killed halfway.
func startupProbe() *corev1.Probe { return probe(1, 600) }

// probe asks the server whether it serves, and nothing about its database: a
// database that is away must not take every replica with it.
func probe(periodSeconds, failureThreshold int32) *corev1.Probe {
	return &corev1.Probe{
		ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{
			Path:   "/api/v4/system/ping",
			Port:   intstr.FromInt32(PortApp),
			Scheme: corev1.URISchemeHTTP,
		}},
		TimeoutSeconds:   5,
		PeriodSeconds:    periodSeconds,
		FailureThreshold: failureThreshold,
	}
}
