package e2e

import (
	"context"
	"fmt"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

// secretComesBack proves that a Secret that is looked up is watched: its loss is
// reported and its return noticed, without an edit of the installation.
func secretComesBack(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) {
	t.Helper()
	secret := &corev1.Secret{}
	if err := cluster.Get(ctx, client.ObjectKey{Namespace: xr.GetNamespace(), Name: "mattermost-database"}, secret); err != nil {
		t.Fatal(err)
	}
	if err := cluster.Delete(ctx, secret.DeepCopy()); err != nil {
		t.Fatal(err)
	}
	becomes(ctx, t, live(xr), changeLimit, "DatabaseReady", "False")
	healthy(ctx, t, xr)
	secret.ObjectMeta = metav1.ObjectMeta{Namespace: secret.Namespace, Name: secret.Name}
	if err := cluster.Create(ctx, secret); err != nil {
		t.Fatal(err)
	}
	becomes(ctx, t, live(xr), changeLimit, "DatabaseReady", "True")
}

// deafen Crossplane towards an installation: after too many edits its circuit
// breaker drops the watch events of whatever the installation rests on.
func deafen(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) {
	t.Helper()
	edit := 0
	if err := kube.Until(ctx, changeLimit, func(ctx context.Context) error {
		edit++
		patch := fmt.Sprintf(`{"metadata": {"annotations": {"example.org/edit": "%d"}}}`, edit)
		now := live(xr)
		if err := cluster.Patch(ctx, now, client.RawPatch(types.MergePatchType, []byte(patch))); err != nil {
			return err
		}
		if status, _, _ := kube.Condition(now, "Responsive"); status != "False" {
			return errors.Errorf("Crossplane still hears after %d edits", edit)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
