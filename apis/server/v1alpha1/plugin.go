package v1alpha1

import (
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A Plugin is a plugin of a server, installed or enabled or both. It is Ready when the
// server runs it, or is not to. Its external name is the plugin's id.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=plugins,singular=plugin,scope=Namespaced,categories={crossplane,managed,mattermost}
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:name="READY",type="string",JSONPath=".status.conditions[?(@.type=='Ready')].status"
// +kubebuilder:printcolumn:name="SYNCED",type="string",JSONPath=".status.conditions[?(@.type=='Synced')].status"
// +kubebuilder:printcolumn:name="EXTERNAL-NAME",type="string",JSONPath=".metadata.annotations.crossplane\\.io/external-name"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
type Plugin struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   PluginSpec   `json:"spec"`
	Status PluginStatus `json:"status,omitempty"`
}

// PluginList is a list of Plugins.
//
// +kubebuilder:object:root=true
type PluginList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []Plugin `json:"items"`
}

// PluginSpec is what is wanted of a Plugin.
type PluginSpec struct {
	xpv2.ManagedResourceSpec `json:",inline"`

	ForProvider PluginParameters `json:"forProvider"`
}

// PluginParameters are which plugin a server is to have.
//
// +kubebuilder:validation:XValidation:rule="self.id == oldSelf.id",message="spec.forProvider.id cannot change: it would be another plugin"
// +kubebuilder:validation:XValidation:rule="!(has(self.downloadUrl) && has(self.marketplace))",message="spec.forProvider has downloadUrl or marketplace, not both"
type PluginParameters struct {
	// ID of the plugin, as in its manifest.
	// +kubebuilder:validation:MinLength=3
	// +kubebuilder:validation:MaxLength=190
	// +kubebuilder:validation:Pattern=`^[a-zA-Z0-9-_.]+$`
	ID string `json:"id"`

	// Version of the plugin, such as 1.2.3. What is installed in another version is
	// replaced by what is at downloadUrl or in the marketplace. Default: any.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	Version *string `json:"version,omitempty"`

	// DownloadURL that the server installs the plugin from. The server must allow uploads
	// and plugins without a signature (PluginSettings.EnableUploads, RequirePluginSignature).
	// Default: the plugin is there already.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	// +kubebuilder:validation:Pattern=`^https?://`
	DownloadURL *string `json:"downloadUrl,omitempty"`

	// Marketplace says that the server installs the plugin from its marketplace. Default:
	// the plugin is there already.
	// +optional
	Marketplace *PluginMarketplace `json:"marketplace,omitempty"`

	// Enabled is whether the plugin runs. Default: true.
	// +optional
	// +kubebuilder:default=true
	Enabled *bool `json:"enabled,omitempty"`

	// Deletion says what becomes of the plugin when this object is deleted: Archive disables
	// it, Permanent uninstalls it. Default: Archive.
	// +optional
	// +kubebuilder:default=Archive
	Deletion Deletion `json:"deletion,omitempty"`
}

// PluginMarketplace says that a plugin comes from the marketplace.
type PluginMarketplace struct{}

// PluginStatus is what is known of a Plugin.
type PluginStatus struct {
	xpv2.ManagedResourceStatus `json:",inline"`
	DeletionStatus             `json:",inline"`

	// +optional
	AtProvider PluginObservation `json:"atProvider,omitempty"`
}

// PluginObservation is a plugin as the server has it.
type PluginObservation struct {
	// Name of the plugin.
	// +optional
	Name string `json:"name,omitempty"`

	// Version that is installed.
	// +optional
	Version string `json:"version,omitempty"`

	// Enabled is whether the plugin is to run.
	// +optional
	Enabled bool `json:"enabled,omitempty"`

	// Running is whether the plugin runs, on every node.
	// +optional
	Running bool `json:"running,omitempty"`

	// DownloadURL that the plugin was last installed from.
	// +optional
	DownloadURL string `json:"downloadUrl,omitempty"`

	// DownloadVersion is the version of the plugin at downloadUrl.
	// +optional
	DownloadVersion string `json:"downloadVersion,omitempty"`
}
