// Package providerconfig counts the users of provider configurations, and keeps those in
// use from being deleted.
package providerconfig

import (
	"github.com/crossplane/crossplane-runtime/v2/pkg/controller"
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/event"
	"github.com/crossplane/crossplane-runtime/v2/pkg/ratelimiter"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/providerconfig"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
)

// SetupGated sets up the controllers of both kinds of configuration, each once it and
// its usages are served.
func SetupGated(mgr ctrl.Manager, o controller.Options) {
	usage := v1alpha1.GroupVersion.WithKind(v1alpha1.ProviderConfigUsageKind)

	for kind, config := range map[string]client.Object{
		v1alpha1.ProviderConfigKind:        &v1alpha1.ProviderConfig{},
		v1alpha1.ClusterProviderConfigKind: &v1alpha1.ClusterProviderConfig{},
	} {
		o.Gate.Register(func() {
			if err := setup(mgr, o, kind, config); err != nil {
				panic(errors.Wrapf(err, "cannot set up the controller of %s", kind))
			}
		}, v1alpha1.GroupVersion.WithKind(kind), usage)
	}
}

func setup(mgr ctrl.Manager, o controller.Options, kind string, config client.Object) error {
	gvk := v1alpha1.GroupVersion.WithKind(kind)
	name := providerconfig.ControllerName(gvk.GroupKind().String())

	// Managed resources are in namespaces, and so is their usage of a configuration that is
	// in none.
	r := providerconfig.NewReconciler(mgr, resource.ProviderConfigKinds{
		Config:    gvk,
		Usage:     v1alpha1.GroupVersion.WithKind(v1alpha1.ProviderConfigUsageKind),
		UsageList: v1alpha1.GroupVersion.WithKind(v1alpha1.ProviderConfigUsageListKind),
	},
		providerconfig.WithLogger(o.Logger.WithValues("controller", name)),
		providerconfig.WithRecorder(event.NewAPIRecorder(mgr.GetEventRecorderFor(name)))) //nolint:staticcheck // The runtime's recorder takes no other one yet.

	return ctrl.NewControllerManagedBy(mgr).
		Named(name).
		WithOptions(o.ForControllerRuntime()).
		For(config).
		Watches(&v1alpha1.ProviderConfigUsage{}, &resource.EnqueueRequestForProviderConfig{Kind: kind}).
		Complete(ratelimiter.NewReconciler(name, r, o.GlobalRateLimiter))
}
