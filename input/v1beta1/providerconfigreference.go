package v1beta1

// ProviderConfigReference names the configuration of a Crossplane provider that databases or
// buckets are made with.
type ProviderConfigReference struct {
	// Name of the configuration. Default: default.
	// +optional
	Name string `json:"name,omitempty"`

	// Kind of the configuration: ClusterProviderConfig, or ProviderConfig in the asking
	// object's namespace. Default: ClusterProviderConfig.
	// +optional
	// +kubebuilder:validation:Enum=ClusterProviderConfig;ProviderConfig
	Kind string `json:"kind,omitempty"`
}
