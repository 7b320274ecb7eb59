// Package v1alpha1 holds the managed resources of provider-mattermost: what is
// inside a running Mattermost server. Their CRDs in package/provider are generated
// from these types.
//
// Fields of forProvider and atProvider have the names of Mattermost's API, in
// camelCase. A field that is left out is not managed: it is what the server makes of
// it, and is filled in by late initialisation where the server has a default.
// +kubebuilder:object:generate=true
// +groupName=mattermost.m.crossplane.io
// +versionName=v1alpha1
package v1alpha1
