package kind

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// newFinalizer returns a Finalizer that keeps the status of an object. The reconciler adds
// the finalizer after it has observed, and the API server's response would otherwise
// replace the observed status until the next poll. Removing the finalizer forgets the
// object.
func newFinalizer(kube client.Client, forget func(o resource.Object)) resource.Finalizer {
	plain := resource.NewAPIFinalizer(kube, managed.FinalizerName)

	return resource.FinalizerFns{
		RemoveFinalizerFn: func(ctx context.Context, o resource.Object) error {
			if err := plain.RemoveFinalizer(ctx, o); err != nil {
				return err
			}

			forget(o)

			return nil
		},
		AddFinalizerFn: func(ctx context.Context, o resource.Object) error {
			updated, ok := o.DeepCopyObject().(resource.Object)
			if !ok {
				return plain.AddFinalizer(ctx, o)
			}

			if err := plain.AddFinalizer(ctx, updated); err != nil {
				return err
			}

			o.SetFinalizers(updated.GetFinalizers())
			o.SetResourceVersion(updated.GetResourceVersion())

			return nil
		},
	}
}
