package e2e

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// untouched is what must stay as it is while an installation is given bad input.
type untouched struct {
	spec appsv1.DeploymentSpec
	pods []string
}

func (u *untouched) remember(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) {
	t.Helper()
	u.spec, u.pods = deployment(ctx, t, xr).Spec, serverPods(ctx, t, xr)
}

func (u *untouched) check(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) {
	t.Helper()
	healthy(ctx, t, xr)
	if diff := cmp.Diff(u.spec, deployment(ctx, t, xr).Spec); diff != "" {
		t.Errorf("the Deployment was touched, -before, +after:\n%s", diff)
	}
	if diff := cmp.Diff(u.pods, serverPods(ctx, t, xr)); diff != "" {
		t.Errorf("pods were replaced, -before, +after:\n%s", diff)
	}
}
