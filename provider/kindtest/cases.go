package kindtest

import (
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	"github.com/crossplane/crossplane-runtime/v2/pkg/test"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// Observed is what comes of an observation.
type Observed struct {
	Observation managed.ExternalObservation
	Err         error

	// Calls are the requests that were made.
	Calls []string

	// ExternalName and Ready are the object's after it. Ready is empty where nothing is
	// said of it.
	ExternalName string
	Ready        xpv2.Condition
}

// Observe an object, and compare what comes of it with what is wanted.
func Observe[T resource.Managed](t *testing.T, reason string, e managed.TypedExternalClient[T], r *Record, mg T, want Observed) {
	t.Helper()

	observation, err := e.Observe(t.Context(), mg)
	got := Observed{Observation: observation, Err: err, Calls: r.Calls, ExternalName: meta.GetExternalName(mg)}

	if c := mg.GetCondition(xpv2.TypeReady); c.Reason != "" {
		got.Ready = c
	}

	if diff := cmp.Diff(want, got, cmpopts.EquateErrors(), test.EquateConditions()); diff != "" {
		t.Errorf("\n%s\nObserve(...): -want, +got:\n%s", reason, diff)
	}
}

// Deleted is what comes of a deletion.
type Deleted struct {
	Err error

	// Calls are the requests that were made.
	Calls []string
}

// Delete an object, and compare what comes of it with what is wanted. The object is to say
// that it is being deleted, whatever comes of it.
func Delete[T resource.Managed](t *testing.T, reason string, e managed.TypedExternalClient[T], r *Record, mg T, want Deleted) {
	t.Helper()

	_, err := e.Delete(t.Context(), mg)

	if diff := cmp.Diff(want, Deleted{Err: err, Calls: r.Calls}, cmpopts.EquateErrors()); diff != "" {
		t.Errorf("\n%s\nDelete(...): -want, +got:\n%s", reason, diff)
	}

	if diff := cmp.Diff(xpv2.Deleting(), mg.GetCondition(xpv2.TypeReady), test.EquateConditions()); diff != "" {
		t.Errorf("\n%s\nDelete(...): condition Ready: -want, +got:\n%s", reason, diff)
	}
}
