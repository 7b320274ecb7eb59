package provider

import (
	"context"

	"k8s.io/apimachinery/pkg/api/equality"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// unchanged returns kube without updates that change nothing. Reconcilers write a status at
// every poll, and a provider configuration for each of its users: a thousand resources that
// are as declared would keep an API server, its audit log and its admission busy with
// nothing. What kube reads must not be behind what it wrote.
func unchanged(kube client.Client) client.Client {
	return &quiet{Client: kube, statuses: &statuses{read: kube, SubResourceWriter: kube.Status()}}
}

type quiet struct {
	client.Client

	statuses *statuses
}

// Update o, if it is another one.
func (q *quiet) Update(ctx context.Context, o client.Object, opts ...client.UpdateOption) error {
	if isAsRead(ctx, q.Client, o) {
		return nil
	}

	return q.Client.Update(ctx, o, opts...)
}

// Status returns the writer of statuses.
func (q *quiet) Status() client.SubResourceWriter { return q.statuses }

type statuses struct {
	client.SubResourceWriter

	read client.Reader
}

// Update o's status, if it is another one.
func (s *statuses) Update(ctx context.Context, o client.Object, opts ...client.SubResourceUpdateOption) error {
	if isAsRead(ctx, s.read, o) {
		return nil
	}

	return s.SubResourceWriter.Update(ctx, o, opts...)
}

// isAsRead says whether o equals the object that the cache returns. It returns false if the
// object cannot be read. The API server's response to a write has no kind, but it has managed
// fields, which the cache does not keep.
func isAsRead(ctx context.Context, read client.Reader, o client.Object) bool {
	known, ok := o.DeepCopyObject().(client.Object)
	if !ok || read.Get(ctx, client.ObjectKeyFromObject(o), known) != nil {
		return false
	}

	known.GetObjectKind().SetGroupVersionKind(o.GetObjectKind().GroupVersionKind())
	known.SetManagedFields(o.GetManagedFields())

	return equality.Semantic.DeepEqual(known, o)
}
