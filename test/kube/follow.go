package kube

import (
	"context"
	"maps"
	"slices"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/tools/cache"
	toolswatch "k8s.io/client-go/tools/watch"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// watchSeconds is below the client's own limit for a request, so that a watch ends
// in order before it is begun anew where it ended.
const watchSeconds = 20

// Follow shows what a list with these options selects: as it is now, and again
// after each change that anyone makes, in their order and none left out. The
// function that it returns ends this, and tells what ended it before.
func Follow(ctx context.Context, c client.WithWatch, list client.ObjectList, o client.ListOptions, see func([]client.Object)) (stop func() error, err error) {
	if err := c.List(ctx, list, &o); err != nil {
		return nil, errors.Wrap(err, "cannot list what to follow")
	}
	f := following{}
	if err := meta.EachListItem(list, f.put); err != nil {
		return nil, errors.Wrap(err, "cannot read what to follow")
	}
	see(f.values())

	ctx, cancel := context.WithCancel(ctx)
	watcher, err := toolswatch.NewRetryWatcherWithContext(ctx, list.GetResourceVersion(), &cache.ListWatch{
		WatchFuncWithContext: func(ctx context.Context, from metav1.ListOptions) (watch.Interface, error) {
			from.TimeoutSeconds = ptr.To[int64](watchSeconds)
			return c.Watch(ctx, list, &o, &client.ListOptions{Raw: &from})
		},
	})
	if err != nil {
		cancel()
		return nil, errors.Wrap(err, "cannot follow")
	}
	ended := make(chan error, 1)
	go func() { ended <- f.follow(watcher.ResultChan(), see) }()
	return sync.OnceValue(func() error {
		cancel()
		return <-ended
	}), nil
}

// following are the objects that are followed, as they were last seen.
type following map[client.ObjectKey]client.Object

func (f following) follow(events <-chan watch.Event, see func([]client.Object)) error {
	for e := range events {
		switch e.Type {
		case watch.Error:
			return errors.Wrap(apierrors.FromObject(e.Object), "cannot follow any longer")
		case watch.Deleted:
			if o, ok := e.Object.(client.Object); ok {
				delete(f, client.ObjectKeyFromObject(o))
			}
		default:
			if err := f.put(e.Object); err != nil {
				return err
			}
		}
		see(f.values())
	}
	return nil
}

func (f following) put(o runtime.Object) error {
	object, ok := o.(client.Object)
	if !ok {
		return errors.Errorf("cannot follow a %T", o)
	}
	f[client.ObjectKeyFromObject(object)] = object
	return nil
}

func (f following) values() []client.Object { return slices.Collect(maps.Values(f)) }
