package kind

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
)

// The time that a resource without a turn waits grows with the number of waiting resources,
// within these bounds.
const (
	turnTime     = 100 * time.Millisecond
	shortestWait = 200 * time.Millisecond
	longestWait  = 5 * time.Second
)

// Turns limit how many resources of a provider configuration, and of a namespace, are
// reconciled at once, so that a slow server cannot occupy all workers. A resource without a
// turn is queued again: it occupies no worker, and nothing is written.
type Turns struct {
	perConfig, perNamespace int

	mu sync.Mutex
	// taken counts the taken turns of each sharer.
	taken map[sharer]int
	// waiting are the resources without a turn, by their configuration.
	waiting map[sharer]map[waiter]bool
}

// A sharer of turns is a provider configuration or, without a kind, a namespace.
type sharer struct {
	kind string
	name types.NamespacedName
}

// A waiter is a resource that has no turn.
type waiter struct {
	kind string
	name types.NamespacedName
}

// NewTurns returns turns for controllers with a number of workers each.
func NewTurns(workers int) *Turns {
	return &Turns{
		perConfig:    max(1, workers*3/10),
		perNamespace: max(1, workers*6/10),
		taken:        map[sharer]int{},
		waiting:      map[sharer]map[waiter]bool{},
	}
}

// take a turn. If there is none, it returns how long to wait before the next try.
func (t *Turns) take(w waiter, config, namespace sharer) (wait time.Duration, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()

	if t.taken[config] >= t.perConfig || t.taken[namespace] >= t.perNamespace {
		if t.waiting[config] == nil {
			t.waiting[config] = map[waiter]bool{}
		}

		t.waiting[config][w] = true

		return t.wait(len(t.waiting[config])), false
	}

	t.forget(w, config)
	t.taken[config]++
	t.taken[namespace]++

	return 0, true
}

// wait for the time that the waiting resources need, with jitter.
func (t *Turns) wait(waiters int) time.Duration {
	wait := min(max(shortestWait, turnTime*time.Duration(waiters/t.perConfig)), longestWait)

	return wait/2 + rand.N(wait) //nolint:gosec // Nobody gains by guessing it.
}

// give a turn back.
func (t *Turns) give(sharers ...sharer) {
	t.mu.Lock()
	defer t.mu.Unlock()

	for _, s := range sharers {
		if t.taken[s]--; t.taken[s] == 0 {
			delete(t.taken, s)
		}
	}
}

// forget that w waits.
func (t *Turns) forget(w waiter, config sharer) {
	delete(t.waiting[config], w)

	if len(t.waiting[config]) == 0 {
		delete(t.waiting, config)
	}
}

// leave removes w, which no longer exists, from all queues.
func (t *Turns) leave(w waiter) {
	t.mu.Lock()
	defer t.mu.Unlock()

	for config := range t.waiting {
		t.forget(w, config)
	}
}

// takingTurns reconciles resources of a kind when they have a turn.
type takingTurns[T resource.ModernManaged] struct {
	turns *Turns
	kube  client.Reader
	kind  string
	empty T
	next  reconcile.Reconciler
}

// Reconcile a resource, or queue it again.
func (r *takingTurns[T]) Reconcile(ctx context.Context, req reconcile.Request) (reconcile.Result, error) {
	w := waiter{kind: r.kind, name: req.NamespacedName}

	mg, ok := r.empty.DeepCopyObject().(T)
	if !ok || r.kube.Get(ctx, req.NamespacedName, mg) != nil {
		r.turns.leave(w)
		return r.next.Reconcile(ctx, req)
	}

	config, namespace := sharersOf(mg)

	wait, ok := r.turns.take(w, config, namespace)
	if !ok {
		return reconcile.Result{RequeueAfter: wait}, nil
	}
	defer r.turns.give(config, namespace)

	return r.next.Reconcile(ctx, req)
}

// sharersOf returns the sharers whose turns mg takes.
func sharersOf(mg resource.ModernManaged) (config, namespace sharer) {
	if ref := mg.GetProviderConfigReference(); ref != nil {
		config = sharer{kind: ref.Kind, name: types.NamespacedName{Name: ref.Name}}
	}

	if config.kind == v1alpha1.ProviderConfigKind {
		config.name.Namespace = mg.GetNamespace()
	}

	return config, sharer{name: types.NamespacedName{Namespace: mg.GetNamespace()}}
}
