package v1alpha1

// ElasticSearch connects the server to a search engine. It is off while host is
// empty.
//
// +kubebuilder:validation:XValidation:rule="(!has(self.username) || self.username.size() == 0) && (!has(self.password) || self.password.size() == 0)",message="spec.elasticSearch.username and password are not taken in clear text: put them under keys username and password of a Secret and name it in spec.elasticSearch.secret"
// +kubebuilder:validation:XValidation:rule="!has(self.secret) || self.secret.size() == 0 || (has(self.host) && self.host.size() > 0)",message="spec.elasticSearch.host is required with spec.elasticSearch.secret"
type ElasticSearch struct {
	// Host is the engine's URL, such as https://search.example.com:9200.
	// +optional
	// +kubebuilder:validation:MaxLength=512
	// +kubebuilder:validation:XValidation:rule="!self.contains('@')",message="spec.elasticSearch.host must not hold credentials: use spec.elasticSearch.secret"
	Host string `json:"host,omitempty"`

	// Secret names a Secret of this namespace with keys username and password.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$')",message="spec.elasticSearch.secret must be the name of a Secret: lower case letters, digits, '-' and '.', with a letter or digit at both ends of each part"
	Secret string `json:"secret,omitempty"`

	// Username must be empty. It is known here so that a manifest of the
	// Mattermost operator with empty credentials is accepted and one with
	// credentials in clear text is told where they belong.
	// +optional
	// +kubebuilder:validation:MaxLength=255
	Username string `json:"username,omitempty"`

	// Password must be empty, for the same reason.
	// +optional
	// +kubebuilder:validation:MaxLength=255
	Password string `json:"password,omitempty"`
}
