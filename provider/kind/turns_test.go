package kind

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	fakeclient "sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
)

// stuck blocks every reconcile until it is released.
type stuck struct {
	release chan struct{}

	mu      sync.Mutex
	running int
	most    int
	done    int
}

func (s *stuck) Reconcile(context.Context, reconcile.Request) (reconcile.Result, error) {
	s.mu.Lock()
	s.running++
	s.most = max(s.most, s.running)
	s.mu.Unlock()

	<-s.release

	s.mu.Lock()
	s.running--
	s.done++
	s.mu.Unlock()

	return reconcile.Result{}, nil
}

// teamsOf creates namespaces, each with some configurations, and some teams for each
// configuration.
func teamsOf(t *testing.T, namespaces, configs, teams int) client.Client {
	t.Helper()

	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}

	builder := fakeclient.NewClientBuilder().WithScheme(scheme)

	for n := range namespaces {
		for c := range configs {
			for i := range teams {
				mg := &v1alpha1.Team{}
				mg.Namespace, mg.Name = fmt.Sprintf("ns-%d", n), fmt.Sprintf("team-%d-%d", c, i)
				mg.Spec.ProviderConfigReference = &xpv2.ProviderConfigReference{Kind: v1alpha1.ProviderConfigKind, Name: fmt.Sprintf("chat-%d", c)}
				builder.WithObjects(mg)
			}
		}
	}

	return builder.Build()
}

// TestSlowServersKeepFewWorkersBusy reconciles all resources at once while no server
// answers.
func TestSlowServersKeepFewWorkersBusy(t *testing.T) {
	cases := map[string]struct {
		reason              string
		workers             int
		namespaces, configs int
		busy                int
	}{
		"OneServer":     {reason: "a configuration has a part of the workers", workers: 10, namespaces: 1, configs: 1, busy: 3},
		"ManyServers":   {reason: "a namespace has a part of the workers, however many configurations it has", workers: 10, namespaces: 1, configs: 7, busy: 6},
		"TwoNamespaces": {reason: "a namespace does not wait for another", workers: 10, namespaces: 2, configs: 1, busy: 6},
		"FewWorkers":    {reason: "a single worker is not divided", workers: 1, namespaces: 1, configs: 1, busy: 1},
	}

	const teams = 20

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			kube := teamsOf(t, tc.namespaces, tc.configs, teams)
			next := &stuck{release: make(chan struct{})}
			r := &takingTurns[*v1alpha1.Team]{turns: NewTurns(tc.workers), kube: kube, kind: v1alpha1.TeamKind, empty: &v1alpha1.Team{}, next: next}

			list := &v1alpha1.TeamList{}
			if err := kube.List(t.Context(), list); err != nil {
				t.Fatal(err)
			}

			var wait sync.WaitGroup

			later := make(chan time.Duration, len(list.Items))

			for _, mg := range list.Items {
				wait.Go(func() {
					result, err := r.Reconcile(t.Context(), reconcile.Request{NamespacedName: client.ObjectKeyFromObject(&mg)})
					if err != nil {
						t.Error(err)
					}

					if result.RequeueAfter > 0 {
						later <- result.RequeueAfter
					}
				})
			}

			// A resource without a turn returns at once.
			for range len(list.Items) - tc.busy {
				if after := <-later; after < shortestWait/2 || after > 2*longestWait {
					t.Errorf("\n%s\nwant a resource to come back soon, got after %s", tc.reason, after)
				}
			}

			close(next.release)
			wait.Wait()

			if diff := cmp.Diff([]int{tc.busy, tc.busy}, []int{next.most, next.done}); diff != "" {
				t.Errorf("\n%s\nresources that were looked at, at once and in all: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestTurnsAreGivenBack queues resources again until each had its turn.
func TestTurnsAreGivenBack(t *testing.T) {
	kube := teamsOf(t, 1, 1, 50)
	turns, next := NewTurns(10), &stuck{release: make(chan struct{})}
	close(next.release)

	r := &takingTurns[*v1alpha1.Team]{turns: turns, kube: kube, kind: v1alpha1.TeamKind, empty: &v1alpha1.Team{}, next: next}

	var wait sync.WaitGroup

	for i := range 50 {
		wait.Go(func() {
			for {
				result, err := r.Reconcile(t.Context(), reconcile.Request{NamespacedName: types.NamespacedName{Namespace: "ns-0", Name: fmt.Sprintf("team-0-%d", i)}})
				if err != nil || result.RequeueAfter == 0 {
					return
				}
			}
		})
	}

	wait.Wait()

	if diff := cmp.Diff([]int{50, 0, 0}, []int{next.done, len(turns.taken), len(turns.waiting)}); diff != "" {
		t.Errorf("resources that had their turn, turns that are taken, and who waits: -want, +got:\n%s", diff)
	}
}

// TestGoneResourceWaitsNoMore deletes a resource that waits for a turn.
func TestGoneResourceWaitsNoMore(t *testing.T) {
	kube := teamsOf(t, 1, 1, 1)
	turns, next := NewTurns(1), &stuck{release: make(chan struct{})}
	close(next.release)

	r := &takingTurns[*v1alpha1.Team]{turns: turns, kube: kube, kind: v1alpha1.TeamKind, empty: &v1alpha1.Team{}, next: next}
	key := types.NamespacedName{Namespace: "ns-0", Name: "team-0-0"}

	mg := &v1alpha1.Team{}
	if err := kube.Get(t.Context(), key, mg); err != nil {
		t.Fatal(err)
	}

	config, namespace := sharersOf(resource.ModernManaged(mg))
	if _, ok := turns.take(waiter{name: types.NamespacedName{Name: "other"}}, config, namespace); !ok {
		t.Fatal("there is no turn at first")
	}

	if result, _ := r.Reconcile(t.Context(), reconcile.Request{NamespacedName: key}); result.RequeueAfter == 0 || len(turns.waiting) != 1 {
		t.Fatalf("a resource without a turn: %+v, %d wait", result, len(turns.waiting))
	}

	if err := kube.Delete(t.Context(), mg); err != nil {
		t.Fatal(err)
	}

	if _, err := r.Reconcile(t.Context(), reconcile.Request{NamespacedName: key}); err != nil || len(turns.waiting) != 0 {
		t.Errorf("a resource that is gone: %v, %d wait", err, len(turns.waiting))
	}
}
