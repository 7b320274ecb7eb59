package kind

import (
	"context"
	"fmt"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/event"
	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
)

// reasonLeftOnServer is the reason of the event about what was let go of.
const reasonLeftOnServer event.Reason = "LeftOnServer"

// deletion is everything that decides what becomes of a managed resource that is being
// deleted.
type deletion struct {
	// needsServer says that the deletion changes something on the server.
	needsServer bool

	// ending says that whoever could connect to the server again is going too: the
	// namespace is being deleted, or the provider configuration or a Secret of it is gone.
	ending bool

	// connected says that there is a client of the server, now or still.
	connected bool

	// attempts that were made while it was ending, and how many there may be. A limit of 0
	// is none.
	attempts, limit int32
}

// step is what to do about a managed resource that is being deleted.
type step string

const (
	// letGo of the resource: there is nothing to delete on the server.
	letGo step = "LetGo"
	// abandon the resource: what it stands for stays on the server.
	abandon step = "Abandon"
	// attempt to delete it on the server.
	attempt step = "Attempt"
	// wait for a client of the server.
	wait step = "Wait"
)

// next is the next step of a deletion.
func (d deletion) next() step {
	switch {
	case !d.needsServer:
		return letGo
	case d.ending && d.limit > 0 && d.attempts >= d.limit:
		return abandon
	case d.connected:
		return attempt
	default:
		return wait
	}
}

// neverSeen says whether there was never anything on the server that mg stood for, nor an
// attempt to create it.
func neverSeen(mg resource.Managed) bool {
	return meta.GetExternalName(mg) == "" && meta.GetExternalCreatePending(mg).IsZero() && mg.GetCondition(xpv2.TypeReady).Status == corev1.ConditionUnknown
}

// connectDeleted connects mg, which is being deleted, for as long as that leads anywhere.
func (c *connector[T]) connectDeleted(ctx context.Context, mg T) (managed.TypedExternalClient[T], error) {
	status := v1alpha1.DeletionOf(mg)
	if status == nil || neverSeen(mg) || (c.needsServer != nil && !c.needsServer(mg)) {
		return released[T]{}, nil
	}

	server := c.servers.ConnectDeleted(ctx, mg)
	d := deletion{
		needsServer: true,
		ending:      server.NamespaceTerminating || server.ConfigurationGone,
		connected:   server.Client != nil,
		attempts:    status.DeletionAttempts,
		limit:       c.attempts,
	}

	next := d.next()
	if next == abandon {
		// Another finalizer keeps it until its owner is done, who may take long.
		if len(mg.GetFinalizers()) == 1 {
			c.farewell.tell(mg, status.DeletionAttempts, server.NamespaceTerminating)
		}

		return released[T]{}, nil
	}

	// Counted before it is made: whatever comes of an attempt, the status is written, unless
	// the object is gone.
	if d.ending {
		status.DeletionAttempts++
	}

	if next == wait {
		return nil, server.Err
	}

	return c.external(server.Client, c.kube), nil
}

// farewell tells what was left on a server.
type farewell struct {
	kind   string
	record event.Recorder
	log    logging.Logger
}

// tell what is left of mg. In a namespace that is being deleted there can be no event, so
// that it is the namespace's own, which is in the namespace default.
func (f farewell) tell(mg resource.Managed, attempts int32, terminating bool) {
	name := meta.GetExternalName(mg)
	if name == "" {
		name = "none was recorded"
	}

	reason := mg.GetCondition(xpv2.TypeSynced).Message
	if reason == "" {
		reason = "it was never seen to be gone"
	}

	left := fmt.Sprintf("%s %s/%s was let go of after %d attempts to delete it, and stays on the server (external name: %s): %s",
		f.kind, mg.GetNamespace(), mg.GetName(), attempts, name, reason)
	f.log.Info("Left on the server", "kind", f.kind, "namespace", mg.GetNamespace(), "name", mg.GetName(), "external-name", name, "attempts", attempts, "reason", reason)

	if terminating {
		f.record.Event(&corev1.Namespace{
			TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Namespace"},
			ObjectMeta: metav1.ObjectMeta{Name: mg.GetNamespace()},
		}, event.Warning(reasonLeftOnServer, errors.New(left)))

		return
	}

	f.record.Event(mg, event.Warning(reasonLeftOnServer, errors.New(left)))
}

// released is a server on which there is nothing left to delete.
type released[T resource.ModernManaged] struct{}

// Observe nothing.
func (released[T]) Observe(context.Context, T) (managed.ExternalObservation, error) {
	return managed.ExternalObservation{}, nil
}

// Create is never needed.
func (released[T]) Create(context.Context, T) (managed.ExternalCreation, error) {
	return managed.ExternalCreation{}, errors.New("what is being deleted is not created")
}

// Update is never needed.
func (released[T]) Update(context.Context, T) (managed.ExternalUpdate, error) {
	return managed.ExternalUpdate{}, errors.New("what is being deleted is not updated")
}

// Delete nothing.
func (released[T]) Delete(context.Context, T) (managed.ExternalDelete, error) {
	return managed.ExternalDelete{}, nil
}

// Disconnect from nothing.
func (released[T]) Disconnect(context.Context) error { return nil }
