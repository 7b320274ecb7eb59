package provider

import (
	"context"
	"reflect"
	"sync"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	kerrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/resourceversion"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

const (
	// cacheLag is how long a cache is waited for that is behind.
	cacheLag = 5 * time.Second

	// cacheTick is how often it is looked at.
	cacheTick = 5 * time.Millisecond
)

// afterOwnWrites returns kube with reads that are never behind what it wrote. A reconciler
// that has just written an object is called again for it at once, and the cache is behind
// by some milliseconds: what it writes then is refused, and it tries again after as long
// as it had to wait for something else before.
func afterOwnWrites(kube client.Client) client.Client {
	o := &ownWrites{Client: kube, lag: cacheLag}
	o.status = &ownStatuses{SubResourceWriter: kube.Status(), own: o}

	return o
}

type ownWrites struct {
	client.Client

	status client.SubResourceWriter
	lag    time.Duration

	// written are the resource versions that writes resulted in, by identity, until they
	// are read.
	written sync.Map
}

// identity of an object, while it exists and after it was made anew.
type identity struct {
	kind reflect.Type
	key  client.ObjectKey
}

func identify(o client.Object) identity {
	return identity{kind: reflect.TypeOf(o), key: client.ObjectKeyFromObject(o)}
}

// Get o as it is, or as it became since it was last written.
func (w *ownWrites) Get(ctx context.Context, key client.ObjectKey, o client.Object, opts ...client.GetOption) error {
	id := identity{kind: reflect.TypeOf(o), key: key}

	last, wrote := w.written.Load(id)
	if !wrote {
		return w.Client.Get(ctx, key, o, opts...)
	}

	// Read once, or waited for in vain: either is over then.
	defer w.written.CompareAndDelete(id, last)

	var err error

	waited := wait.PollUntilContextTimeout(ctx, cacheTick, w.lag, true, func(ctx context.Context) (bool, error) {
		err = w.Client.Get(ctx, key, o, opts...)
		return !kerrors.IsNotFound(err) && (err != nil || !isBehind(o.GetResourceVersion(), last)), nil
	})
	if waited != nil && err == nil {
		return errors.Wrap(waited, "cannot read what was written: the cache is behind")
	}

	return err
}

// isBehind says whether a resource version is of before another.
func isBehind(version string, last any) bool {
	text, _ := last.(string)
	order, err := resourceversion.CompareResourceVersion(version, text)

	return err == nil && order < 0
}

// Status returns the writer of statuses.
func (w *ownWrites) Status() client.SubResourceWriter { return w.status }

// Create o.
func (w *ownWrites) Create(ctx context.Context, o client.Object, opts ...client.CreateOption) error {
	return w.remember(o, w.Client.Create(ctx, o, opts...))
}

// Update o.
func (w *ownWrites) Update(ctx context.Context, o client.Object, opts ...client.UpdateOption) error {
	return w.remember(o, w.Client.Update(ctx, o, opts...))
}

// Patch o.
func (w *ownWrites) Patch(ctx context.Context, o client.Object, p client.Patch, opts ...client.PatchOption) error {
	return w.remember(o, w.Client.Patch(ctx, o, p, opts...))
}

// remember o as it was written. What goes by that is not waited for.
func (w *ownWrites) remember(o client.Object, err error) error {
	switch {
	case err != nil:
	case o.GetDeletionTimestamp() != nil && len(o.GetFinalizers()) == 0:
		w.written.Delete(identify(o))
	default:
		w.written.Store(identify(o), o.GetResourceVersion())
	}

	return err
}

type ownStatuses struct {
	client.SubResourceWriter

	own *ownWrites
}

// Update o's status.
func (s *ownStatuses) Update(ctx context.Context, o client.Object, opts ...client.SubResourceUpdateOption) error {
	return s.own.remember(o, s.SubResourceWriter.Update(ctx, o, opts...))
}

// Patch o's status.
func (s *ownStatuses) Patch(ctx context.Context, o client.Object, p client.Patch, opts ...client.SubResourcePatchOption) error {
	return s.own.remember(o, s.SubResourceWriter.Patch(ctx, o, p, opts...))
}
