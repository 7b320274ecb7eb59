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

// How long a resource waits that has no turn: as long as those take that wait with it, and
// within these bounds.
const (
	turnTime     = 100 * time.Millisecond
	shortestWait = 200 * time.Millisecond
	longestWait  = 5 * time.Second
)

// Turns limit how many resources of one provider configuration, and of one namespace, are
// looked at at once. A server that is slow keeps some workers busy, and not all of them. A
// resource without a turn comes back later: it keeps no worker, and nothing is written.
type Turns struct {
	perConfig, perNamespace int

	mu sync.Mutex
	// taken are the turns that are taken, by who shares them.
	taken map[sharer]int
	// waiting are those that come back, by the configuration that they wait for.
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

// NewTurns returns turns for controllers that have some workers each.
func NewTurns(workers int) *Turns {
	return &Turns{
		perConfig:    max(1, workers*3/10),
		perNamespace: max(1, workers*6/10),
		taken:        map[sharer]int{},
		waiting:      map[sharer]map[waiter]bool{},
	}
}

// take a turn. Without one, it says after how long to come back.
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

// wait for as long as some waiters take. They do not come back together.
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

// leave says that w is gone, whatever it waited for.
func (t *Turns) leave(w waiter) {
	t.mu.Lock()
	defer t.mu.Unlock()

	for config := range t.waiting {
		t.forget(w, config)
	}
}

// takingTurns reconciles resources of a kind when it is their turn.
type takingTurns[T resource.ModernManaged] struct {
	turns *Turns
	kube  client.Reader
	kind  string
	empty T
	next  reconcile.Reconciler
}

// Reconcile a resource, or have it come back.
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

// sharersOf turns that mg takes.
func sharersOf(mg resource.ModernManaged) (config, namespace sharer) {
	if ref := mg.GetProviderConfigReference(); ref != nil {
		config = sharer{kind: ref.Kind, name: types.NamespacedName{Name: ref.Name}}
	}

	if config.kind == v1alpha1.ProviderConfigKind {
		config.name.Namespace = mg.GetNamespace()
	}

	return config, sharer{name: types.NamespacedName{Namespace: mg.GetNamespace()}}
}
