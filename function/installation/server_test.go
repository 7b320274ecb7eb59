package installation

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

func TestVolumesAndMounts(t *testing.T) {
	mine := corev1.Volume{Name: "mine", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}
	claim := func(name string) corev1.Volume {
		return corev1.Volume{Name: "mattermost-data", VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: name}}}
	}
	data := corev1.VolumeMount{Name: "mattermost-data", MountPath: "/mattermost/data"}
	license := corev1.Volume{Name: "mattermost-license", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{
		SecretName: "l", Items: []corev1.KeyToPath{{Key: "license", Path: "license"}}, DefaultMode: ptr.To[int32](0o440),
	}}}
	cases := map[string]struct {
		reason  string
		spec    string
		volumes []corev1.Volume
		mounts  []corev1.VolumeMount
	}{
		"Bucket": {reason: "Files in a bucket need no volume.", spec: accepted},
		"Local": {
			reason:  "The claim has the installation's name.",
			spec:    "fileStore: {local: {enabled: true}}",
			volumes: []corev1.Volume{claim("chat")}, mounts: []corev1.VolumeMount{data},
		},
		"ExternalVolume": {
			reason:  "The claim has the name that the user gives.",
			spec:    "fileStore: {externalVolume: {volumeClaimName: v}}",
			volumes: []corev1.Volume{claim("v")}, mounts: []corev1.VolumeMount{data},
		},
		"All": {
			reason:  "The user's are first, then the files, then the licence; of its Secret no other key is mounted.",
			spec:    "{licenseSecret: l, fileStore: {local: {enabled: true}}, volumes: [{name: mine, emptyDir: {}}], volumeMounts: [{name: mine, mountPath: /mine}]}",
			volumes: []corev1.Volume{mine, claim("chat"), license},
			mounts:  []corev1.VolumeMount{{Name: "mine", MountPath: "/mine"}, data, {Name: "mattermost-license", MountPath: "/mattermost-license", ReadOnly: true}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			g := given{spec: tc.spec}.gather(t)
			if diff := cmp.Diff(tc.volumes, volumes(g)); diff != "" {
				t.Errorf("%s\n-want, +got volumes:\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(tc.mounts, mounts(g)); diff != "" {
				t.Errorf("%s\n-want, +got mounts:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestServerPull(t *testing.T) {
	g := given{spec: accepted, policy: v1beta1.Input{ImagePullSecrets: []string{"b", "a"}}}.gather(t)
	s := server(g, decision{}, "image")
	if diff := cmp.Diff([]corev1.LocalObjectReference{{Name: "b"}, {Name: "a"}}, s.PullSecrets); diff != "" {
		t.Errorf("-want, +got pull secrets:\n%s", diff)
	}
	if s.PullPolicy != corev1.PullIfNotPresent {
		t.Errorf("pull policy %s, want IfNotPresent", s.PullPolicy)
	}
	always := server(given{spec: accepted + "imagePullPolicy: Always"}.gather(t), decision{}, "image")
	if always.PullPolicy != corev1.PullAlways {
		t.Errorf("pull policy %s, want the user's", always.PullPolicy)
	}
}

func TestPodAnnotations(t *testing.T) {
	plain := podAnnotations(given{spec: accepted}.gather(t))
	if len(plain) != 1 || plain["mattermost.crossplane.io/secrets"] == "" {
		t.Errorf("annotations without a licence are %v, want the checksum alone", plain)
	}
	licensed := podAnnotations(given{spec: accepted + "licenseSecret: l"}.gather(t))
	delete(licensed, "mattermost.crossplane.io/secrets")
	want := map[string]string{"prometheus.io/scrape": "true", "prometheus.io/path": "/metrics", "prometheus.io/port": "8067"}
	if diff := cmp.Diff(want, licensed); diff != "" {
		t.Errorf("-want, +got annotations with a licence:\n%s", diff)
	}
}

func TestClaimSpec(t *testing.T) {
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
		given  given
		want   corev1.PersistentVolumeClaimSpec
	}{
		"Defaults": {reason: "As in the Mattermost operator.", given: given{spec: "fileStore: {local: {enabled: true}}"}, want: claim("50Gi", "", corev1.ReadWriteMany)},
		"User": {
			reason: "The user's size and modes, the platform's class.",
			given:  given{spec: "fileStore: {local: {enabled: true, storageSize: 1Gi, accessModes: [ReadWriteOnce]}}", policy: platform},
			want:   claim("1Gi", "platform", corev1.ReadWriteOnce),
		},
		"KeepsItsClass": {
			reason: "A claim cannot change its class.",
			given:  given{spec: "fileStore: {local: {enabled: true}}", policy: platform, composed: map[string]string{nameClaim: "spec: {storageClassName: old}"}},
			want:   claim("50Gi", "old", corev1.ReadWriteMany),
		},
		"KeepsNoClass": {
			reason: "A claim that was made without a class stays without.",
			given:  given{spec: "fileStore: {local: {enabled: true}}", policy: platform, composed: map[string]string{nameClaim: "spec: {volumeName: v}"}},
			want:   claim("50Gi", "", corev1.ReadWriteMany),
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, claimSpec(tc.given.gather(t))); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
