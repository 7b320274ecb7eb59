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

// reasonLeftOnServer is the reason of the event about an object that stays on the server.
const reasonLeftOnServer event.Reason = "LeftOnServer"

// deletion is everything that decides the next step of deleting a managed resource.
type deletion struct {
	// needsServer says that the deletion changes something on the server.
	needsServer bool

	// ending says that the means to connect are going away: the namespace is being deleted,
	// or the provider configuration or its Secret was deleted.
	ending bool

	// connected says that there is a client of the server, either current or from before.
	connected bool

	// attempts that were made while ending, and their limit. A limit of 0 means no limit.
	attempts, limit int32
}

// step of deleting a managed resource.
type step string

const (
	// letGo removes the finalizer: there is nothing to delete on the server.
	letGo step = "LetGo"
	// abandon removes the finalizer: the object stays on the server.
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

// neverSeen says whether no object on the server was ever created or observed for mg, and
// no creation was begun.
func neverSeen(mg resource.Managed) bool {
	return meta.GetExternalName(mg) == "" && meta.GetExternalCreatePending(mg).IsZero() && mg.GetCondition(xpv2.TypeReady).Status == corev1.ConditionUnknown
}

// connectDeleted connects mg, which is being deleted, as long as an attempt is useful.
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
		// Another finalizer keeps the resource until its owner removes it, which may take
		// long.
		if len(mg.GetFinalizers()) == 1 {
			c.farewell.tell(mg, status.DeletionAttempts, server.NamespaceTerminating)
		}

		return released[T]{}, nil
	}

	// The attempt is counted first. The status is written whatever the outcome, unless the
	// object is gone.
	if d.ending {
		status.DeletionAttempts++
	}

	if next == wait {
		return nil, server.Err
	}

	return c.guarded(server.Client), nil
}

// farewell reports objects that stay on a server.
type farewell struct {
	kind   string
	record event.Recorder
	log    logging.Logger
}

// tell what is left of mg. No event can be created in a namespace that is being deleted. In
// that case the event is about the Namespace, and is in namespace default.
func (f farewell) tell(mg resource.Managed, attempts int32, terminating bool) {
	name := meta.GetExternalName(mg)
	if name == "" {
		name = "none was recorded"
	}

	reason := mg.GetCondition(xpv2.TypeSynced).Message
	if reason == "" {
		reason = "its deletion was not confirmed"
	}

	// Users of the resource can write both.
	name, reason = shorten(name, maxExternalName), shorten(reason, maxError)

	left := fmt.Sprintf("%s %s/%s could not be deleted in %d attempts, and stays on the server (external name: %s): %s",
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

// released is an external client with nothing left to delete.
type released[T resource.ModernManaged] struct{}

// Observe reports that nothing exists.
func (released[T]) Observe(context.Context, T) (managed.ExternalObservation, error) {
	return managed.ExternalObservation{}, nil
}

// Create is never called.
func (released[T]) Create(context.Context, T) (managed.ExternalCreation, error) {
	return managed.ExternalCreation{}, errors.New("what is being deleted is not created")
}

// Update is never called.
func (released[T]) Update(context.Context, T) (managed.ExternalUpdate, error) {
	return managed.ExternalUpdate{}, errors.New("what is being deleted is not updated")
}

// Delete does nothing.
func (released[T]) Delete(context.Context, T) (managed.ExternalDelete, error) {
	return managed.ExternalDelete{}, nil
}

// Disconnect does nothing.
func (released[T]) Disconnect(context.Context) error { return nil }
