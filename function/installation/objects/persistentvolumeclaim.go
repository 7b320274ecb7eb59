package objects

import (
	"maps"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// PersistentVolumeClaim holds the server's files. It is marked as holding data.
func PersistentVolumeClaim(s Server, spec corev1.PersistentVolumeClaimSpec) *corev1.PersistentVolumeClaim {
	labels := maps.Clone(s.Labels)
	labels[compose.LabelHoldsData] = "files"
	return &corev1.PersistentVolumeClaim{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "PersistentVolumeClaim"},
		ObjectMeta: objectMeta(s.Name, labels),
		Spec:       spec,
	}
}
