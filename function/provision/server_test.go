package provision

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/pod"
)

// full is a server with a bit of everything.
func full() Server {
	return Server{
		Name:        "chat-postgres",
		Labels:      Labels("chat", "postgres", map[string]string{"team": "a"}),
		Version:     "17",
		Selector:    Selector("chat", "postgres"),
		Image:       "mirror.example.com/library/postgres:17",
		PullSecrets: []string{"registry"},
		Command:     []string{"bash"},
		Args:        []string{"-c", "serve"},
		Env: []corev1.EnvVar{
			{Name: "PGDATA", Value: MountData + "/17"},
			pod.FromSecret("PASSWORD", "chat-postgres", "password"),
		},
		Port:           5432,
		User:           999,
		Ready:          corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: []string{"ready"}}},
		Resources:      corev1.ResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("250m")}},
		Volume:         Volume{Labels: Selector("chat", "postgres"), Size: resource.MustParse("20Gi"), Class: "fast"},
		DeletionPolicy: v1alpha1.DeletionDelete,
		Credentials:    "1f",
	}
}

// bare is one with as little as possible.
func bare() Server {
	return Server{
		Name: "bare", Image: "gateway", Port: 7070, User: 1000, Volume: Volume{Labels: Selector("bare", "s3"), Size: resource.MustParse("1Gi")},
		Selector: Selector("bare", "s3"), Labels: Labels("bare", "s3", nil),
		Ready: corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromInt32(7070)}},
	}
}

func TestGolden(t *testing.T) {
	all := map[string]any{
		"secret":           Secret("chat-postgres", full().Labels, map[string][]byte{"password": []byte(composetest.Canary)}),
		"service":          Service(full()),
		"statefulset":      StatefulSet(full()),
		"statefulset-bare": StatefulSet(bare()),
	}
	composetest.GoldenObjects(t, all)
}

func TestBuildersShareNothing(t *testing.T) {
	s := full()
	StatefulSet(s)
	if diff := cmp.Diff(full().Labels, s.Labels); diff != "" {
		t.Errorf("the StatefulSet's marks are on every object, -want, +got:\n%s", diff)
	}
}

// TestServersHoldData: the mark keeps them in desired.
func TestServersHoldData(t *testing.T) {
	for _, s := range []Server{full(), bare()} {
		if StatefulSet(s).Labels[compose.LabelHoldsData] == "" {
			t.Errorf("%s is not marked", s.Name)
		}
	}
}

func TestStorageSize(t *testing.T) {
	s, err := compose.Struct(StatefulSet(full()))
	if err != nil {
		t.Fatal(err)
	}
	if got := StorageSize(compose.NewResource(s)); got == nil || got.String() != "20Gi" {
		t.Errorf("a volume of 20Gi has %v", got)
	}
	for _, text := range []string{"{}", "{spec: {volumeClaimTemplates: [{spec: {resources: {requests: {storage: large}}}}]}}"} {
		if got := StorageSize(observed(t, text)); got != nil {
			t.Errorf("%s has %v", text, got)
		}
	}
}

func TestWaiting(t *testing.T) {
	const want = "waiting for the pod of StatefulSet \"chat-s3\" to be ready: should it not, `kubectl describe pod chat-s3-0` says why"
	for _, text := range []string{"{}", "{status: {readyReplicas: 0}}"} {
		if got := Waiting(observed(t, text), "chat-s3"); got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
	if got := Waiting(observed(t, "{status: {readyReplicas: 1}}"), "chat-s3"); got != "" {
		t.Errorf("a server that serves is waited for: %s", got)
	}
}
