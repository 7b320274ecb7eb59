package e2e

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

// history is what an installation reported, each as often as it became something
// else.
type history struct {
	lock           sync.Mutex
	states, phases []string
	stop           func() error
}

func follow(ctx context.Context, t *testing.T, xr *unstructured.Unstructured) *history {
	t.Helper()
	h := &history{}
	list := &unstructured.UnstructuredList{}
	list.SetAPIVersion(xr.GetAPIVersion())
	list.SetKind(xr.GetKind() + "List")
	options := client.ListOptions{
		Namespace:     xr.GetNamespace(),
		FieldSelector: fields.OneTermEqualSelector("metadata.name", xr.GetName()),
	}
	stop, err := kube.Follow(ctx, cluster, list, options, func(all []client.Object) {
		h.lock.Lock()
		defer h.lock.Unlock()
		for _, o := range all {
			if now, ok := o.(*unstructured.Unstructured); ok {
				h.states = slices.Compact(append(h.states, told(now, "state")))
				h.phases = slices.Compact(append(h.phases, told(now, "upgrade", "phase")))
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	h.stop = stop
	t.Cleanup(func() { _ = stop() })
	return h
}

// passedThrough fails unless the installation was upgrading in these phases and is
// stable again.
func (h *history) passedThrough(ctx context.Context, t *testing.T, phases ...string) {
	t.Helper()
	// What was read already may be told a moment later.
	if err := kube.Until(ctx, changeLimit, func(context.Context) error {
		h.lock.Lock()
		defer h.lock.Unlock()
		if h.states[len(h.states)-1] != "stable" || h.phases[len(h.phases)-1] != phases[len(phases)-1] {
			return errors.Errorf("the states were %q, the phases %q", h.states, h.phases)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(h.states, "upgrading") {
		t.Errorf("the states were %q, want upgrading among them", h.states)
	}
	seen := slices.DeleteFunc(h.phases, func(p string) bool { return p == "" })
	if diff := cmp.Diff(phases, seen); diff != "" {
		t.Errorf("phases of the upgrade, -want, +got:\n%s", diff)
	}
}
