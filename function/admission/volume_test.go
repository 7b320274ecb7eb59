package admission_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/admission"
)

func TestVolume(t *testing.T) {
	check(t, "volumes", func(at *field.Path, v corev1.Volume) field.ErrorList { return admission.Volume(at, v, container) })
}

func TestMounts(t *testing.T) {
	volumes := []corev1.Volume{{Name: "a"}, {Name: "b"}}
	check(t, "mounts", func(at *field.Path, mounts []corev1.VolumeMount) field.ErrorList {
		return admission.Mounts(at, mounts, volumes)
	})
}

func TestUnmounted(t *testing.T) {
	check(t, "unmounted", func(at *field.Path, mounts []corev1.VolumeMount) field.ErrorList {
		return admission.Unmounted(at, mounts, "files", "/data", "/data/key")
	})
}
