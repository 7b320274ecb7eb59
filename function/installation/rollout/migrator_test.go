package rollout

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
)

func amounts(cpu, memory string) corev1.ResourceList {
	out := corev1.ResourceList{}
	if cpu != "" {
		out[corev1.ResourceCPU] = resource.MustParse(cpu)
	}
	if memory != "" {
		out[corev1.ResourceMemory] = resource.MustParse(memory)
	}
	return out
}

// TestMigrationRequestsLittle: a Job of a large size would wait for a free node.
func TestMigrationRequestsLittle(t *testing.T) {
	cases := map[string]struct {
		reason  string
		spec    string
		replica corev1.ResourceRequirements
		want    corev1.ResourceRequirements
	}{
		"Small":      {reason: "Less stays.", replica: corev1.ResourceRequirements{Requests: amounts("50m", "256Mi")}, want: corev1.ResourceRequirements{Requests: amounts("50m", "256Mi")}},
		"Large":      {reason: "More is cut, the limits stay.", replica: corev1.ResourceRequirements{Requests: amounts("16", "32Gi"), Limits: amounts("16", "32Gi")}, want: corev1.ResourceRequirements{Requests: amounts("500m", "1Gi"), Limits: amounts("16", "32Gi")}},
		"LimitsOnly": {reason: "Kubernetes would request the limits.", replica: corev1.ResourceRequirements{Limits: amounts("4", "")}, want: corev1.ResourceRequirements{Requests: amounts("500m", ""), Limits: amounts("4", "")}},
		"None":       {reason: "Nothing is requested.", want: corev1.ResourceRequirements{}},
		"User":       {reason: "The user's win as a whole.", spec: "updateJob: {resources: {requests: {cpu: 3}}}", replica: corev1.ResourceRequirements{Requests: amounts("16", "32Gi"), Limits: amounts("16", "32Gi")}, want: corev1.ResourceRequirements{Requests: amounts("3", "")}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got := migrationResources(factstest.Given{Spec: factstest.Accepted + tc.spec}.Facts(t), tc.replica)
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestMigrationMountsNoClaims, since it may run on another node than the server, or beside it.
func TestMigrationMountsNoClaims(t *testing.T) {
	claim := corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "chat"}}
	f := factstest.Given{Spec: factstest.Accepted + "version: 11.4.0"}.Facts(t)
	d := &decision.Decisions{Version: decision.Version{Image: factstest.WantedImage}, Server: decision.Server{Server: objects.Server{
		Volumes: []corev1.Volume{{Name: "ca", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "ca"}}}, {Name: "data", VolumeSource: claim}},
		Mounts:  []corev1.VolumeMount{{Name: "data", MountPath: "/data"}, {Name: "ca", MountPath: "/ca"}},
	}}}
	got := migrator(f, d)
	if len(got.Volumes) != 1 || got.Volumes[0].Name != "ca" || len(got.Mounts) != 1 || got.Mounts[0].Name != "ca" {
		t.Errorf("it mounts %v of %v", got.Mounts, got.Volumes)
	}
	if len(d.Server.Volumes) != 2 || len(d.Server.Mounts) != 2 {
		t.Error("the server's own volumes changed")
	}
}

// TestMigrationSaysWhyItWaits: its pod may find no node.
func TestMigrationSaysWhyItWaits(t *testing.T) {
	const pod = "{metadata: {name: p, labels: {batch.kubernetes.io/job-name: chat-migrate-observed}}, status: {phase: Pending, conditions: [{type: PodScheduled, status: 'False', message: 0/1 nodes are available}]}}"
	in := factstest.Given{Spec: factstest.Accepted + "version: 11.4.0", Secrets: factstest.Secrets(), MigrationPods: []string{pod}}
	in.Composed = map[string]string{composed.Deployment: factstest.Deployment(factstest.OtherImage, 2), "migration-observed": factstest.Job(factstest.WantedImage, inputsOf(in.Facts(t)), "")}
	f := in.Facts(t)
	d := decided(f)
	if c := migration(f, d); d.Rollout.Phase != v1alpha1.PhaseMigrating || !strings.HasSuffix(c.Message, `: pod "p" finds no node: 0/1 nodes are available`) {
		t.Errorf("in phase %s it says: %s", d.Rollout.Phase, c.Message)
	}
}

// TestPodThatDoesNotStartIsCorrected: a Job cannot change, and its pod may find no node until another one
// requests less. A pod that runs goes on.
func TestPodThatDoesNotStartIsCorrected(t *testing.T) {
	const stuck = "{metadata: {name: p, labels: {batch.kubernetes.io/job-name: chat-migrate-observed}}, status: {phase: Pending, conditions: [{type: PodScheduled, status: 'False', message: 0/1 nodes are available}]}}"
	const runs = "{metadata: {name: p, labels: {batch.kubernetes.io/job-name: chat-migrate-observed}}, status: {phase: Running}}"
	const spec = factstest.Accepted + "version: 11.4.0\nupdateJob: {resources: {requests: {cpu: 64}}}"
	inputs := inputsOf(factstest.Given{Spec: spec, Secrets: factstest.Secrets()}.Facts(t))
	for _, of := range []struct {
		reason    string
		spec, pod string
		want      v1alpha1.UpgradePhase
	}{
		{"nothing was corrected", spec, stuck, v1alpha1.PhaseMigrating},
		{"the Job requests less", strings.Replace(spec, "64", "1", 1), stuck, v1alpha1.PhaseSuperseding},
		{"it runs", strings.Replace(spec, "64", "1", 1), runs, v1alpha1.PhaseMigrating},
	} {
		in := factstest.Given{Spec: of.spec, Secrets: factstest.Secrets(), MigrationPods: []string{of.pod}, Composed: map[string]string{
			composed.Deployment: factstest.Deployment(factstest.OtherImage, 2), "migration-observed": factstest.Job(factstest.WantedImage, inputs, ""),
		}}
		if got := decided(in.Facts(t)).Rollout.Phase; got != of.want {
			t.Errorf("%s: phase %s, want %s", of.reason, got, of.want)
		}
	}
}

// TestPlanOfAVolume cannot be saved by a Job that mounts no volume.
func TestPlanOfAVolume(t *testing.T) {
	for store, want := range map[string]bool{"{local: {enabled: true}}": false, "{externalVolume: {volumeClaimName: v}}": false, "{claim: {}}": true} {
		f := factstest.Given{Spec: "version: 11.4.0\nupdateJob: {savePlan: true}\nfileStore: " + store}.Facts(t)
		if v := savable(f); v.Pass != want {
			t.Errorf("%s: savable is %t: %s", store, v.Pass, v.Message)
		}
	}
}
