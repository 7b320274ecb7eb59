package compose

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"
)

func TestStruct(t *testing.T) {
	cases := map[string]struct {
		reason string
		object any
		want   string
	}{
		"NothingInvented": {
			reason: "What nobody set is not there, though Go's types hold it by value.",
			object: &appsv1.Deployment{
				TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
				ObjectMeta: metav1.ObjectMeta{Name: "chat"},
				Spec: appsv1.DeploymentSpec{
					Selector: &metav1.LabelSelector{},
					Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "mattermost"}}}},
				},
			},
			want: `{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "chat"},
				"spec": {"selector": {}, "template": {"spec": {"containers": [{"name": "mattermost"}]}}}}`,
		},
		"EmptyVolume": {
			reason: "emptyDir: {} is a volume, and without it there is none.",
			object: &corev1.Pod{Spec: corev1.PodSpec{Containers: []corev1.Container{}, Volumes: []corev1.Volume{
				{Name: "v", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
			}}},
			want: `{"spec": {"containers": [], "volumes": [{"name": "v", "emptyDir": {}}]}}`,
		},
		"EmptySelector": {
			reason: "An empty selector selects everything, and without it nothing.",
			object: &networkingv1.NetworkPolicy{Spec: networkingv1.NetworkPolicySpec{
				Ingress: []networkingv1.NetworkPolicyIngressRule{{From: []networkingv1.NetworkPolicyPeer{{NamespaceSelector: &metav1.LabelSelector{}}}}},
			}},
			want: `{"spec": {"podSelector": {}, "ingress": [{"from": [{"namespaceSelector": {}}]}]}}`,
		},
		"ZerosThatWereSet": {
			reason: "Zero and false mean what they say where somebody said them.",
			object: &appsv1.Deployment{Spec: appsv1.DeploymentSpec{
				Replicas: ptr.To[int32](0),
				Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{AutomountServiceAccountToken: ptr.To(false), Containers: []corev1.Container{}}},
			}},
			want: `{"spec": {"replicas": 0, "template": {"spec": {"automountServiceAccountToken": false, "containers": []}}}}`,
		},
		"AbsentLists": {
			reason: "A list that nobody set is written as null, which would be owned.",
			object: &corev1.Pod{Spec: corev1.PodSpec{Volumes: []corev1.Volume{
				{Name: "v", VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{}}},
			}}},
			want: `{"spec": {"volumes": [{"name": "v", "projected": {}}]}}`,
		},
		"TypesThatWriteThemselves": {
			reason: "A quantity, a port and a time are no objects, and a time that nobody set is nothing.",
			object: &corev1.Pod{ObjectMeta: metav1.ObjectMeta{DeletionTimestamp: ptr.To(metav1.Unix(0, 0))}, Spec: corev1.PodSpec{Containers: []corev1.Container{{
				Name:          "c",
				Resources:     corev1.ResourceRequirements{Limits: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("1500m")}},
				LivenessProbe: &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Port: intstr.FromInt32(80)}}},
				StartupProbe:  &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Port: intstr.FromString("app")}}},
			}}}},
			want: `{"metadata": {"deletionTimestamp": "1970-01-01T00:00:00Z"}, "spec": {"containers": [{"name": "c", "resources": {"limits": {"cpu": "1500m"}},
				"livenessProbe": {"httpGet": {"port": 80}}, "startupProbe": {"httpGet": {"port": "app"}}}]}}`,
		},
		"Bytes": {
			reason: "Bytes are written in base64.",
			object: &corev1.Secret{Data: map[string][]byte{"key": []byte("value")}},
			want:   `{"data": {"key": "dmFsdWU="}}`,
		},
		"KeysOfUsers": {
			reason: "A user's label may be called like a field.",
			object: &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"resources": "", "strategy": "x", "status": ""}}, Spec: corev1.PodSpec{Containers: []corev1.Container{}}},
			want:   `{"metadata": {"labels": {"resources": "", "strategy": "x", "status": ""}}, "spec": {"containers": []}}`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := Struct(tc.object)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(read(t, tc.want), got, protocmp.Transform()); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestStructRefuses(t *testing.T) {
	for name, object := range map[string]any{"AFunction": func() {}, "AList": []string{"a"}} {
		if s, err := Struct(object); err == nil {
			t.Errorf("%s became %v", name, s)
		}
	}
}

func TestDigest(t *testing.T) {
	digest := func(o any) string {
		s, err := Struct(o)
		if err != nil {
			t.Fatal(err)
		}
		return Digest(s)
	}
	a := digest(map[string]string{"a": "1", "b": "2", "c": "3"})
	if len(a) != 32 {
		t.Errorf("a digest has %d characters, want 32", len(a))
	}
	if b := digest(map[string]string{"c": "3", "b": "2", "a": "1"}); a != b {
		t.Error("the order of a map changes its digest")
	}
	if b := digest(map[string]string{"a": "1", "b": "2", "c": "4"}); a == b {
		t.Error("another value has the same digest")
	}
	if digest(map[string]any{"a": []any{"b", "c"}}) == digest(map[string]any{"a": []any{"c", "b"}}) {
		t.Error("the order of a list does not change its digest")
	}
}
