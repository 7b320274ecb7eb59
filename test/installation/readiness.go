package installation

import (
	"context"

	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

// Readiness is how many pods of a Service were ready at every moment of a time.
type Readiness struct {
	least int
	stop  func() error
}

// WatchReadiness begins the time.
func WatchReadiness(ctx context.Context, c client.WithWatch, namespace, service string) (*Readiness, error) {
	first := true
	r := &Readiness{}
	stop, err := kube.Follow(ctx, c, &discoveryv1.EndpointSliceList{}, client.ListOptions{
		Namespace:     namespace,
		LabelSelector: labels.SelectorFromSet(labels.Set{discoveryv1.LabelServiceName: service}),
	}, func(slices []client.Object) {
		if now := ready(slices); first || now < r.least {
			r.least, first = now, false
		}
	})
	r.stop = stop
	return r, errors.Wrapf(err, "cannot watch the endpoints of Service %s", service)
}

// Stop ends the time, and returns the least number of pods that were ready.
func (r *Readiness) Stop() (least int, err error) {
	err = r.stop()
	return r.least, errors.Wrap(err, "cannot tell how many pods were ready")
}

// ready endpoints: those that the Service sends new connections to.
func ready(slices []client.Object) int {
	out := 0
	for _, o := range slices {
		slice, ok := o.(*discoveryv1.EndpointSlice)
		if !ok {
			continue
		}
		for _, e := range slice.Endpoints {
			// One that does not say is taken to be ready.
			if e.Conditions.Ready == nil || *e.Conditions.Ready {
				out++
			}
		}
	}
	return out
}
