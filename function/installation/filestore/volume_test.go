package filestore

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

func TestVolumeSpec(t *testing.T) {
	claim := func(size, class string, modes ...corev1.PersistentVolumeAccessMode) corev1.PersistentVolumeClaimSpec {
		out := corev1.PersistentVolumeClaimSpec{
			AccessModes: modes,
			Resources:   corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse(size)}},
		}
		if class != "" {
			out.StorageClassName = &class
		}
		return out
	}
	platform := v1beta1.Input{StorageClass: "platform"}
	cases := map[string]struct {
		reason string
		given  factstest.Given
		want   corev1.PersistentVolumeClaimSpec
	}{
		"Defaults": {reason: "As in the Mattermost operator.", given: factstest.Given{Spec: "fileStore: {local: {enabled: true}}"}, want: claim("50Gi", "", corev1.ReadWriteMany)},
		"User": {
			reason: "The user's size and modes, the platform's class.",
			given:  factstest.Given{Spec: "fileStore: {local: {enabled: true, storageSize: 1Gi, accessModes: [ReadWriteOnce]}}", Policy: platform},
			want:   claim("1Gi", "platform", corev1.ReadWriteOnce),
		},
		"KeepsItsClass": {
			reason: "A claim cannot change its class.",
			given:  factstest.Given{Spec: "fileStore: {local: {enabled: true}}", Policy: platform, Composed: map[string]string{composed.Volume: "spec: {storageClassName: old}"}},
			want:   claim("50Gi", "old", corev1.ReadWriteMany),
		},
		"KeepsNoClass": {
			reason: "A claim that was made without a class stays without.",
			given:  factstest.Given{Spec: "fileStore: {local: {enabled: true}}", Policy: platform, Composed: map[string]string{composed.Volume: "spec: {volumeName: v}"}},
			want:   claim("50Gi", "", corev1.ReadWriteMany),
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, volumeSpec(tc.given.Facts(t))); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
