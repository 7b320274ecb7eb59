package objects

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
)

// ServiceAccount is the identity of the server's pods. It has no rights in
// Kubernetes; a cloud's identity may be bound to it by annotations, which are left
// alone.
func ServiceAccount(s Server) *corev1.ServiceAccount {
	return &corev1.ServiceAccount{
		TypeMeta:                     metav1.TypeMeta{APIVersion: "v1", Kind: "ServiceAccount"},
		ObjectMeta:                   objectMeta(s.Name, s.Labels),
		AutomountServiceAccountToken: ptr.To(false),
	}
}
