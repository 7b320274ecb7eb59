package objects

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"
)

// Service takes clients to replicas that are ready, and to no others. Whether it
// has an address of its own is not said, so that a headless Service of the
// Mattermost operator, which cannot change, can be taken over.
func Service(s Server) *corev1.Service {
	return &corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: objectMeta(s.Name, s.Labels),
		Spec: corev1.ServiceSpec{
			Type:     corev1.ServiceTypeClusterIP,
			Selector: s.Selector,
			Ports:    []corev1.ServicePort{port(portNameApp, PortApp)},
		},
	}
}

// MetricsService lets Prometheus find every replica, ready or not.
func MetricsService(s Server) *corev1.Service {
	return &corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: objectMeta(s.Name+"-metrics", s.Labels),
		Spec: corev1.ServiceSpec{
			Type:                     corev1.ServiceTypeClusterIP,
			ClusterIP:                corev1.ClusterIPNone,
			PublishNotReadyAddresses: true,
			Selector:                 s.Selector,
			Ports:                    []corev1.ServicePort{port(portNameMetrics, PortMetrics)},
		},
	}
}

func port(name string, number int32) corev1.ServicePort {
	return corev1.ServicePort{
		Name:        name,
		Port:        number,
		Protocol:    corev1.ProtocolTCP,
		TargetPort:  intstr.FromString(name),
		AppProtocol: ptr.To("http"),
	}
}
