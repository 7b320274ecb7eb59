package objects

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
)

// chat is a server with a bit of everything.
func chat() Server {
	return Server{
		Name:        "chat",
		Labels:      map[string]string{"app": "mattermost", "team": "a"},
		Selector:    map[string]string{"app": "mattermost"},
		Image:       "mattermost/mattermost-enterprise-edition:11.4.0",
		PullPolicy:  corev1.PullIfNotPresent,
		PullSecrets: []corev1.LocalObjectReference{{Name: "registry"}},
		Resources: corev1.ResourceRequirements{
			Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("150m"), corev1.ResourceMemory: resource.MustParse("256Mi")},
			Limits:   corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("2"), corev1.ResourceMemory: resource.MustParse("4Gi")},
		},
		Env: []corev1.EnvVar{
			{Name: "MM_INSTALL_TYPE", Value: "kubernetes-operator"},
			{Name: "MM_EMPTY"},
			{Name: "MM_CONFIG", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
				LocalObjectReference: corev1.LocalObjectReference{Name: "db"}, Key: "DB_CONNECTION_STRING",
			}}},
		},
		Volumes: []corev1.Volume{
			{Name: "scratch", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
			{Name: "mattermost-license", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "license", DefaultMode: ptr.To[int32](0o440)}}},
		},
		Mounts: []corev1.VolumeMount{
			{Name: "scratch", MountPath: "/scratch"},
			{Name: "mattermost-license", MountPath: "/mattermost-license", ReadOnly: true},
		},
	}
}

func built() map[string]any {
	s := chat()
	bare := Server{Name: "bare", Image: "server", Labels: map[string]string{"app": "mattermost"}, Selector: map[string]string{"app": "mattermost"}}
	volume := corev1.PersistentVolumeClaimSpec{
		AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteMany},
		Resources:   corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("50Gi")}},
	}
	return map[string]any{
		"deployment":      Deployment(s, Replication{Replicas: 2, PodAnnotations: map[string]string{"checksum": "1f"}}),
		"deployment-bare": Deployment(bare, Replication{Recreate: true}),
		"ingress": Ingress(s, Exposure{
			Hosts:       []string{"chat.example.com", "talk.example.com"},
			Class:       ptr.To("nginx"),
			TLSSecret:   "cert",
			Annotations: map[string]string{"nginx.ingress.kubernetes.io/proxy-body-size": "50m"},
		}),
		"ingress-bare": Ingress(bare, Exposure{Hosts: []string{"bare.example.com"}}),
		"job": MigrationJob(s, Migration{
			Name: "chat-migrate-1f", Retries: 3, SavePlan: true, Marks: map[string]string{"inputs": "1f"},
			Labels: map[string]string{"app": "mine", "cost-centre": "a"}, Annotations: map[string]string{"note": "x"},
		}),
		"job-bare":              MigrationJob(bare, Migration{Name: "bare-migrate-1f"}),
		"persistentvolumeclaim": PersistentVolumeClaim(s, volume),
		"cronjob":               Clock("chat-opens", s.Labels, "0 2 * * 6", "Europe/Berlin"),
		"poddisruptionbudget":   PodDisruptionBudget(s),
		"service":               Service(s),
		"service-metrics":       MetricsService(s),
		"serviceaccount":        ServiceAccount(s),
		"providerconfig":        ServerConfig(s, "http://chat.ns.svc:8065", "chat-administrator", "administrator@chat.example.com"),
		"providerconfig-bare":   ServerConfig(bare, "http://bare.ns.svc:8065", "bare-administrator", ""),
		"server":                ManagedServer(s),
		"team":                  ManagedTeam(s, v1alpha1.BootstrapTeam{Name: "core", DisplayName: "Core", Description: "Those who run it.", Type: "O"}),
		"team-bare":             ManagedTeam(bare, v1alpha1.BootstrapTeam{Name: "core"}),
		"channel": ManagedChannel(s, v1alpha1.BootstrapTeam{Name: "core"}, v1alpha1.BootstrapChannel{
			Name: "alerts", DisplayName: "Alerts", Type: "P", Header: "Runbooks are in the wiki.", Purpose: "What the monitoring has to say.",
		}),
		"channel-bare": ManagedChannel(bare, v1alpha1.BootstrapTeam{Name: "core"}, v1alpha1.BootstrapChannel{Name: "alerts"}),
	}
}

func TestGolden(t *testing.T) { composetest.GoldenObjects(t, built()) }

func TestBuildersShareNothing(t *testing.T) {
	s := chat()
	PersistentVolumeClaim(s, corev1.PersistentVolumeClaimSpec{})
	if diff := cmp.Diff(chat().Labels, s.Labels); diff != "" {
		t.Errorf("the claim's mark is on every object, -want, +got:\n%s", diff)
	}
}
