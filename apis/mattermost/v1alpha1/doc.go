// Package v1alpha1 holds the composite resources of Mattermost on Crossplane.
// The XRDs in package/configuration are generated from these types.
// +kubebuilder:object:generate=true
// +groupName=mattermost.crossplane.io
// +versionName=v1alpha1
package v1alpha1

import "k8s.io/apimachinery/pkg/runtime/schema"

// GroupVersion of every composite resource in this package.
var GroupVersion = schema.GroupVersion{Group: "mattermost.crossplane.io", Version: "v1alpha1"} //nolint:gochecknoglobals // A constant in all but syntax.
