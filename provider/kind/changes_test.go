package kind

import (
	"context"
	"strings"
	"testing"

	changelogs "github.com/crossplane/crossplane-runtime/v2/apis/changelogs/proto/v1alpha1"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
)

// changes are the operations that were logged, in short.
type changes struct {
	logged []string
}

func (c *changes) Log(_ context.Context, mg resource.Managed, op changelogs.OperationType, failure error, _ managed.AdditionalDetails) error {
	entry := strings.TrimPrefix(op.String(), "OPERATION_TYPE_") + " " + mg.GetName()
	if failure != nil {
		entry += ": " + failure.Error()
	}

	c.logged = append(c.logged, entry)

	return nil
}

// TestChangesAreLogged proves that a change log has what was changed on the server, and
// nothing of what was only looked at.
func TestChangesAreLogged(t *testing.T) {
	c := control(t, interceptor.Funcs{})

	for range 3 {
		c.reconcile()
	}

	c.server.outdated = true

	for range 2 {
		c.reconcile()
	}

	if err := c.kube.Delete(t.Context(), c.team()); err != nil {
		t.Fatal(err)
	}

	for range 2 {
		c.reconcile()
	}

	if diff := cmp.Diff([]string{"CREATE core", "UPDATE core", "DELETE core"}, c.changes.logged); diff != "" {
		t.Errorf("changes: -want, +got:\n%s", diff)
	}
}
