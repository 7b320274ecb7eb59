package installation

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

// external is a database, which no server can do without.
const external = "database: {external: {secret: db}}\n"

func assembled(t *testing.T, spec string) decision.Server {
	t.Helper()
	return assemble(factstest.Given{Spec: spec}.Facts(t), decision.Sizing{})
}

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
		"Bucket": {reason: "Files in a bucket need no volume.", spec: factstest.Accepted},
		"Local": {
			reason:  "The claim has the installation's name.",
			spec:    external + "fileStore: {local: {enabled: true}}",
			volumes: []corev1.Volume{claim("chat")}, mounts: []corev1.VolumeMount{data},
		},
		"ExternalVolume": {
			reason:  "The claim has the name that the user gives.",
			spec:    external + "fileStore: {externalVolume: {volumeClaimName: v}}",
			volumes: []corev1.Volume{claim("v")}, mounts: []corev1.VolumeMount{data},
		},
		"All": {
			reason:  "The user's are first, then the files, then the licence; of its Secret no other key is mounted.",
			spec:    external + "licenseSecret: l\nfileStore: {local: {enabled: true}}\nvolumes: [{name: mine, emptyDir: {}}]\nvolumeMounts: [{name: mine, mountPath: /mine}]",
			volumes: []corev1.Volume{mine, claim("chat"), license},
			mounts:  []corev1.VolumeMount{{Name: "mine", MountPath: "/mine"}, data, {Name: "mattermost-license", MountPath: "/mattermost-license", ReadOnly: true}},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := assembled(t, tc.spec)
			if diff := cmp.Diff(tc.volumes, s.Volumes); diff != "" {
				t.Errorf("%s\n-want, +got volumes:\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(tc.mounts, s.Mounts); diff != "" {
				t.Errorf("%s\n-want, +got mounts:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestServerPull(t *testing.T) {
	f := factstest.Given{Spec: factstest.Accepted, Policy: v1beta1.Input{ImagePullSecrets: []string{"b", "a"}}}.Facts(t)
	s := assemble(f, decision.Sizing{})
	if diff := cmp.Diff([]corev1.LocalObjectReference{{Name: "b"}, {Name: "a"}}, s.PullSecrets); diff != "" {
		t.Errorf("-want, +got pull secrets:\n%s", diff)
	}
	if s.PullPolicy != corev1.PullIfNotPresent {
		t.Errorf("pull policy %s, want IfNotPresent", s.PullPolicy)
	}
	always := assembled(t, factstest.Accepted+"imagePullPolicy: Always")
	if always.PullPolicy != corev1.PullAlways {
		t.Errorf("pull policy %s, want the user's", always.PullPolicy)
	}
}

func TestPodAnnotations(t *testing.T) {
	plain := assembled(t, factstest.Accepted).PodAnnotations
	if len(plain) != 1 || plain["mattermost.crossplane.io/secrets"] == "" {
		t.Errorf("annotations without a licence are %v, want the checksum alone", plain)
	}
	licensed := assembled(t, factstest.Accepted+"licenseSecret: l").PodAnnotations
	delete(licensed, "mattermost.crossplane.io/secrets")
	want := map[string]string{"prometheus.io/scrape": "true", "prometheus.io/path": "/metrics", "prometheus.io/port": "8067"}
	if diff := cmp.Diff(want, licensed); diff != "" {
		t.Errorf("-want, +got annotations with a licence:\n%s", diff)
	}
}
