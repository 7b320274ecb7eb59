package e2e

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

// functionRoot is where the function's packages are.
const functionRoot = "../../function"

// written is what a user may write, and what is to become of it.
type written struct {
	Written json.RawMessage `json:"written"`
	// Want are the errors of the function.
	Want []string `json:"want"`
	// Stricter is why the function refuses it, though the API server does not.
	Stricter string `json:"stricter"`
}

// TestInstallAdmission compares what package admission refuses with what the API server refuses.
func TestInstallAdmission(t *testing.T) {
	judge(t, "variables", func(e corev1.EnvVar) client.Object {
		pod := podOf()
		pod.Spec.Containers[0].Env = []corev1.EnvVar{e}
		return pod
	})
	judge(t, "volumes", func(v corev1.Volume) client.Object {
		pod := podOf()
		pod.Spec.Volumes = []corev1.Volume{v}
		return pod
	})
	judge(t, "mounts", func(mounts []corev1.VolumeMount) client.Object {
		pod := podOf()
		for _, name := range []string{"a", "b"} {
			pod.Spec.Volumes = append(pod.Spec.Volumes, corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}})
		}
		pod.Spec.Containers[0].VolumeMounts = mounts
		return pod
	})
	judge(t, "resources", func(r corev1.ResourceRequirements) client.Object {
		pod := podOf()
		pod.Spec.Containers[0].Resources = r
		return pod
	})
	judge(t, "schedules", func(schedule string) client.Object { return clock(schedule, "") })
	judge(t, "time-zones", func(zone string) client.Object { return clock("0 3 * * *", zone) })
	judge(t, "annotations", func(annotations map[string]string) client.Object {
		class := "nginx"
		return &networkingv1.Ingress{
			ObjectMeta: metav1.ObjectMeta{Name: "judged", Namespace: "default", Annotations: annotations},
			Spec:       networkingv1.IngressSpec{IngressClassName: &class, Rules: []networkingv1.IngressRule{{Host: "a.example.com"}}},
		}
	})
}

// judge what is written in a file of cases, as part of an object that is not created.
func judge[T any](t *testing.T, file string, object func(T) client.Object) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(functionRoot, "admission", "testdata", file+".yaml")) //nolint:gosec // A file of this repository.
	if err != nil {
		t.Fatal(err)
	}
	var cases map[string]written
	if err := yaml.UnmarshalStrict(text, &cases); err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		tc := cases[name]
		t.Run(file+"/"+name, func(t *testing.T) {
			var of T
			if err := yaml.UnmarshalStrict(tc.Written, &of); err != nil {
				t.Fatal(err)
			}
			err := cluster.Create(t.Context(), object(of), client.DryRunAll)
			if err != nil && !apierrors.IsInvalid(err) && !apierrors.IsBadRequest(err) {
				t.Fatal(err)
			}
			if refused, want := err != nil, len(tc.Want) > 0 && tc.Stricter == ""; refused != want {
				t.Errorf("%s: the API server refuses it is %t, the function %v: %v", tc.Written, refused, tc.Want, err)
			}
		})
	}
}

func podOf() *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "judged", Namespace: "default"},
		Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "server", Image: "none"}}},
	}
}

func clock(schedule, zone string) *batchv1.CronJob {
	out := &batchv1.CronJob{
		ObjectMeta: metav1.ObjectMeta{Name: "judged", Namespace: "default"},
		Spec: batchv1.CronJobSpec{Schedule: schedule, JobTemplate: batchv1.JobTemplateSpec{Spec: batchv1.JobSpec{
			Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{RestartPolicy: corev1.RestartPolicyNever, Containers: podOf().Spec.Containers}},
		}}},
	}
	if zone != "" {
		out.Spec.TimeZone = &zone
	}
	return out
}

// TestInstallGoldens asserts that the API server accepts every composed object of every golden
// file, as far as the cluster has its kind.
func TestInstallGoldens(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(functionRoot, "*", "testdata", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	deeper, err := filepath.Glob(filepath.Join(functionRoot, "*", "*", "testdata", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	judged := map[string]int{}
	for _, file := range append(files, deeper...) {
		for name, o := range composedIn(t, file) {
			t.Run(filepath.Base(file)+"/"+name, func(t *testing.T) {
				if accepted(t.Context(), t, o) {
					judged[o.GetKind()]++
				}
			})
		}
	}
	t.Logf("the API server accepts %v", judged)
	for _, kind := range []string{
		"CronJob", "Deployment", "Ingress", "Job", "PersistentVolumeClaim", "PodDisruptionBudget", "ProviderConfig", "Secret",
		"Service", "ServiceAccount", "StatefulSet", "Usage",
	} {
		if judged[kind] == 0 {
			t.Errorf("no golden file has a %s", kind)
		}
	}
}

// composedIn are the objects of a golden file: one, or several by the names they are composed under.
func composedIn(t *testing.T, file string) map[string]*unstructured.Unstructured {
	t.Helper()
	text, err := os.ReadFile(file) //nolint:gosec // A file of this repository.
	if err != nil {
		t.Fatal(err)
	}
	var content map[string]any
	if err := yaml.Unmarshal(text, &content); err != nil {
		t.Fatal(err)
	}
	out := map[string]*unstructured.Unstructured{}
	if content["kind"] != nil {
		out["object"] = &unstructured.Unstructured{Object: content}
		return out
	}
	for name, of := range content {
		if object, ok := of.(map[string]any); ok && object["kind"] != nil {
			out[name] = &unstructured.Unstructured{Object: object}
		}
	}
	return out
}

// accepted applies an object as Crossplane does, and leaves nothing. It says false if the cluster
// does not have the kind.
func accepted(ctx context.Context, t *testing.T, o *unstructured.Unstructured) bool {
	t.Helper()
	of := o.GroupVersionKind()
	mapping, err := cluster.RESTMapper().RESTMapping(of.GroupKind(), of.Version)
	if meta.IsNoMatchError(err) {
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	if mapping.Scope.Name() == meta.RESTScopeNameNamespace {
		o.SetNamespace("default")
	}
	err = cluster.Apply(ctx, client.ApplyConfigurationFromUnstructured(o), client.FieldOwner("goldens"), client.ForceOwnership, client.DryRunAll)
	if err != nil {
		t.Errorf("%s %q: %v", o.GetKind(), o.GetName(), err)
	}
	return err == nil
}
