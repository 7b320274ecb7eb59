package provider

import (
	"context"

	"k8s.io/apimachinery/pkg/api/equality"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// unchanged returns kube without writes of a status that is as it was read. Reconcilers
// write one at every poll: a thousand resources that are as declared would keep an API
// server, its audit log and its admission busy with nothing. What kube reads must not be
// behind what it wrote.
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
}

// Update o's status, if it is another one.
func (s *statuses) Update(ctx context.Context, o client.Object, opts ...client.SubResourceUpdateOption) error {
	known, ok := o.DeepCopyObject().(client.Object)
	if ok && s.read.Get(ctx, client.ObjectKeyFromObject(o), known) == nil && equality.Semantic.DeepEqual(known, o) {
		return nil
	}

	return s.SubResourceWriter.Update(ctx, o, opts...)
}
