package settings

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestNothingIsCreatedOrDeleted proves that settings are only changed.
func TestNothingIsCreatedOrDeleted(t *testing.T) {
	server := &fake{}
	e := &external{server: server, kube: cluster()}

	if _, err := e.Create(t.Context(), declared("")); err == nil {
		t.Error("Create(...): no error")
	}

	if _, err := e.Delete(t.Context(), declared("")); err != nil {
		t.Errorf("Delete(...): %v", err)
	}

	if diff := cmp.Diff([]string(nil), server.Calls); diff != "" {
		t.Errorf("requests: -want, +got:\n%s", diff)
	}
}
