package e2e

import (
	"context"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	kstatus "sigs.k8s.io/cli-utils/pkg/kstatus/status"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

// gitopsSees waits until kstatus, by which GitOps tools judge objects, says so of a resource.
func gitopsSees(ctx context.Context, t *testing.T, xr *unstructured.Unstructured, want kstatus.Status) {
	t.Helper()
	now := live(xr)
	if err := kube.Until(ctx, changeLimit, func(ctx context.Context) error {
		if err := cluster.Get(ctx, client.ObjectKeyFromObject(xr), now); err != nil {
			return err
		}
		got, err := kstatus.Compute(now)
		if err != nil {
			return err
		}
		if got.Status != want {
			return errors.Errorf("kstatus says %s, and not %s: %s", got.Status, want, got.Message)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}
