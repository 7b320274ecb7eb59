package provider

import (
	"context"
	"sync"

	"k8s.io/apimachinery/pkg/api/equality"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// unchanged returns kube without writes of a status that is as it was read. Reconcilers
// write one at every poll: a thousand resources that are as declared would keep an API
// server, its audit log and its admission busy with nothing.
func unchanged(kube client.Client) client.Client {
	return &quiet{Client: kube, statuses: &statuses{read: kube, SubResourceWriter: kube.Status()}}
}

type quiet struct {
	client.Client

	statuses *statuses
}

// Status returns the writer of statuses.
func (q *quiet) Status() client.SubResourceWriter { return q.statuses }

type statuses struct {
	client.SubResourceWriter

	read client.Reader

	// written are the resource versions that writes resulted in, by UID, until they are
	// read: what is read before that tells nothing of what the API server has. What is
	// being deleted is not among them, since nobody would forget it.
	written sync.Map
}

// Update o's status, if it is another one.
func (s *statuses) Update(ctx context.Context, o client.Object, opts ...client.SubResourceUpdateOption) error {
	if o.GetDeletionTimestamp() != nil {
		s.written.Delete(o.GetUID())
		return s.SubResourceWriter.Update(ctx, o, opts...)
	}

	if s.isKnown(ctx, o) {
		return nil
	}

	if err := s.SubResourceWriter.Update(ctx, o, opts...); err != nil {
		return err
	}

	s.written.Store(o.GetUID(), o.GetResourceVersion())

	return nil
}

// isKnown says whether the API server has o as it is.
func (s *statuses) isKnown(ctx context.Context, o client.Object) bool {
	known, ok := o.DeepCopyObject().(client.Object)
	if !ok || s.read.Get(ctx, client.ObjectKeyFromObject(o), known) != nil {
		return false
	}

	if last, wrote := s.written.Load(o.GetUID()); wrote {
		if last != known.GetResourceVersion() {
			return false
		}

		s.written.Delete(o.GetUID())
	}

	return equality.Semantic.DeepEqual(known, o)
}
