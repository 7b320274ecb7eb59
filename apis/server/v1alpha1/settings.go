package v1alpha1

import (
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// Settings is a part of a server's configuration. Only what is named in it is managed:
// everything else is left as it is. What the server's environment sets cannot be changed.
// Deleting it leaves the configuration as it is.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=settings,singular=settings,scope=Namespaced,categories={crossplane,managed,mattermost}
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:name="READY",type="string",JSONPath=".status.conditions[?(@.type=='Ready')].status"
// +kubebuilder:printcolumn:name="SYNCED",type="string",JSONPath=".status.conditions[?(@.type=='Synced')].status"
// +kubebuilder:printcolumn:name="EXTERNAL-NAME",type="string",JSONPath=".metadata.annotations.crossplane\\.io/external-name"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
type Settings struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   SettingsSpec   `json:"spec"`
	Status SettingsStatus `json:"status,omitempty"`
}

// SettingsList is a list of Settings.
//
// +kubebuilder:object:root=true
type SettingsList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []Settings `json:"items"`
}

// SettingsSpec is what is wanted of the Settings.
type SettingsSpec struct {
	xpv2.ManagedResourceSpec `json:",inline"`

	ForProvider SettingsParameters `json:"forProvider"`
}

// SettingsParameters are settings of a server.
type SettingsParameters struct {
	// Config has the settings, as in the server's config.json, such as
	// TeamSettings.SiteName. Values are compared with the server's and corrected.
	// +optional
	// +kubebuilder:pruning:PreserveUnknownFields
	// +kubebuilder:validation:Type=object
	Config *runtime.RawExtension `json:"config,omitempty"`

	// SecretConfig has the settings whose values are secret.
	// +optional
	// +listType=map
	// +listMapKey=path
	// +kubebuilder:validation:MaxItems=64
	SecretConfig []SecretSetting `json:"secretConfig,omitempty"`
}

// SecretSetting is a setting whose value is in a Secret.
type SecretSetting struct {
	// Path of the setting, such as EmailSettings.SMTPPassword.
	// +kubebuilder:validation:MaxLength=128
	// +kubebuilder:validation:Pattern=`^[A-Za-z0-9]+\.[A-Za-z0-9]+$`
	Path string `json:"path"`

	// ValueSecretRef names a key of a Secret of this namespace that holds the value.
	ValueSecretRef xpv2.LocalSecretKeySelector `json:"valueSecretRef"`
}

// SettingsStatus is what is known of the Settings.
type SettingsStatus struct {
	xpv2.ManagedResourceStatus `json:",inline"`

	// +optional
	AtProvider SettingsObservation `json:"atProvider,omitempty"`
}

// SettingsObservation is what is known of a server's configuration.
type SettingsObservation struct {
	// RestartRequired names settings that take effect when the server is restarted.
	// +optional
	RestartRequired []string `json:"restartRequired,omitempty"`
}
