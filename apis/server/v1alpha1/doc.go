// Package v1alpha1 holds the managed resources of provider-mattermost: what is
// inside a running Mattermost server. Their CRDs in package/provider are generated
// from these types.
//
// Fields of forProvider and atProvider have the names of Mattermost's API, in
// camelCase. A field that is left out is not managed: the server's default stands until
// somebody changes it there, and is never written to the spec. What the server has is in
// atProvider.
// +kubebuilder:object:generate=true
// +groupName=mattermost.m.crossplane.io
// +versionName=v1alpha1
package v1alpha1
