package e2e

import (
	"context"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/e2e-framework/pkg/envconf"
	"sigs.k8s.io/e2e-framework/pkg/features"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

// managerOfComposed is the prefix of the field manager of composed objects.
const managerOfComposed = "apiextensions.crossplane.io/composed"

// names of installations, with the foreign object that has a name that is needed, and the
// kind that is refused because of it.
var names = map[string]struct {
	refused string
	foreign client.Object
}{
	"default":    {refused: "MattermostInstallation", foreign: &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "default"}}},
	"by-service": {refused: "MattermostInstallation", foreign: &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "by-service"}, Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 80}}}}},
	"by-secret":  {refused: "MattermostDatabase", foreign: &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "by-secret-postgres"}, StringData: map[string]string{"password": "of-somebody-else"}}},
	"by-volume": {refused: "MattermostDatabase", foreign: &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: "data-by-volume-postgres-0"}, Spec: corev1.PersistentVolumeClaimSpec{
		AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
		Resources:   corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")}},
	}}},
}

// TestInstallNames gives installations names that foreign objects have. Each is refused,
// and the foreign objects stay as they are, even when the installation is deleted.
func TestInstallNames(t *testing.T) {
	feature := features.New("Names").
		Setup(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			if err := kube.Namespace(ctx, cluster, "names"); err != nil {
				t.Fatal(err)
			}
			return ctx
		})
	for name, of := range names {
		feature = feature.Assess(name, func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			foreign := existing(ctx, t, of.foreign)
			xr := fleeting(t, "names")
			xr.SetName(name)
			mustApply(ctx, t, xr.DeepCopy())
			nameTaken(ctx, t, of.refused, name, foreign)
			notTaken(ctx, t, foreign)
			if err := cluster.Patch(ctx, live(xr), client.RawPatch("application/merge-patch+json", []byte(`{"spec": {"deletionProtection": false}}`))); err != nil {
				t.Fatal(err)
			}
			if err := cluster.Delete(ctx, live(xr), client.PropagationPolicy(metav1.DeletePropagationForeground)); err != nil {
				t.Fatal(err)
			}
			gone(ctx, t, live(xr))
			notTaken(ctx, t, foreign)
			return ctx
		})
	}
	environment.Test(t, feature.
		Teardown(func(ctx context.Context, t *testing.T, _ *envconf.Config) context.Context {
			if err := cluster.Delete(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "names"}}); err != nil {
				t.Errorf("cannot delete the namespace: %v", err)
			}
			return ctx
		}).
		Feature())
}

// existing returns a foreign object. Kubernetes itself creates the ServiceAccount default.
func existing(ctx context.Context, t *testing.T, o client.Object) *unstructured.Unstructured {
	t.Helper()
	o.SetNamespace("names")
	gvk, err := cluster.GroupVersionKindFor(o)
	if err != nil {
		t.Fatal(err)
	}
	if gvk.Kind != "ServiceAccount" {
		mustApply(ctx, t, o)
	}
	out := &unstructured.Unstructured{}
	out.SetGroupVersionKind(gvk)
	if err := kube.Until(ctx, changeLimit, func(ctx context.Context) error { return cluster.Get(ctx, client.ObjectKeyFromObject(o), out) }); err != nil {
		t.Fatal(err)
	}
	return out
}

// nameTaken waits until an object of the API is refused because of a foreign object.
func nameTaken(ctx context.Context, t *testing.T, kind, name string, foreign *unstructured.Unstructured) {
	t.Helper()
	now := &unstructured.Unstructured{}
	now.SetAPIVersion("mattermost.crossplane.io/v1alpha1")
	now.SetKind(kind)
	want := []string{"metadata.name", foreign.GetKind() + ` "` + foreign.GetName() + `"`, "under another name"}
	if err := kube.Until(ctx, changeLimit, func(ctx context.Context) error {
		if err := cluster.Get(ctx, client.ObjectKey{Namespace: "names", Name: name}, now); err != nil {
			return err
		}
		status, reason, message := kube.Condition(now, "Accepted")
		if missing := unsaid(message, want); status != "False" || reason != "NameTaken" || len(missing) > 0 {
			return errors.Errorf("Accepted of %s %q is %q (%s) and does not say %q: %s", kind, name, status, reason, missing, message)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

// notTaken asserts that an object did not change and was not taken over.
func notTaken(ctx context.Context, t *testing.T, was *unstructured.Unstructured) {
	t.Helper()
	now := current(ctx, t, was)
	if now.GetUID() != was.GetUID() || now.GetDeletionTimestamp() != nil || len(now.GetOwnerReferences()) > 0 {
		t.Errorf("%s %s was replaced: %v", was.GetKind(), was.GetName(), now.Object["metadata"])
	}
	for _, m := range now.GetManagedFields() {
		if strings.HasPrefix(m.Manager, managerOfComposed) {
			t.Errorf("Crossplane applied %s %s", was.GetKind(), was.GetName())
		}
	}
}
