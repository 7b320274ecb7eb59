package v1alpha1

// Bootstrap says what is to be inside a server from its beginning. It needs
// provider-mattermost.
//
// +kubebuilder:validation:XValidation:rule="!has(self.channels) || size(self.channels) == 0 || has(self.team)",message="spec.bootstrap.channels needs spec.bootstrap.team: channels are in a team"
type Bootstrap struct {
	// Team is the first team. With another name it is another team, and the one before
	// stays on the server. Default: none.
	// +optional
	Team *BootstrapTeam `json:"team,omitempty"`

	// Channels of the team. What is taken out of the list stays on the server. Default:
	// none but those that Mattermost makes.
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=32
	Channels []BootstrapChannel `json:"channels,omitempty"`
}

// BootstrapTeam is a team of a server. What is left out is not managed.
type BootstrapTeam struct {
	// Name is the team's part of URLs, unique on the server.
	// +kubebuilder:validation:MinLength=2
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([a-z0-9-]*[a-z0-9])?$')",message="spec.bootstrap.team.name must be of a-z, 0-9 and '-', and begin and end with a letter or digit"
	Name string `json:"name"`

	// DisplayName is what users see. Default: the name.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	DisplayName string `json:"displayName,omitempty"`

	// Description of the team. Default: empty.
	// +optional
	// +kubebuilder:validation:MaxLength=255
	Description string `json:"description,omitempty"`

	// Type is O for a team that is open to the server's users, and I for one that needs an
	// invitation. Default: I.
	// +optional
	// +kubebuilder:validation:Enum=O;I;""
	Type string `json:"type,omitempty"`
}

// BootstrapChannel is a channel of the first team. What is left out is not managed.
type BootstrapChannel struct {
	// Name is the channel's part of URLs, unique in the team.
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([a-z0-9-]*[a-z0-9])?$')",message="spec.bootstrap.channels: a name must be of a-z, 0-9 and '-', and begin and end with a letter or digit"
	Name string `json:"name"`

	// DisplayName is what users see. Default: the name.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	DisplayName string `json:"displayName,omitempty"`

	// Type is O for a public and P for a private channel. Default: O.
	// +optional
	// +kubebuilder:validation:Enum=O;P;""
	Type string `json:"type,omitempty"`

	// Header of the channel, in Markdown. Default: empty.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	Header string `json:"header,omitempty"`

	// Purpose of the channel. Default: empty.
	// +optional
	// +kubebuilder:validation:MaxLength=250
	Purpose string `json:"purpose,omitempty"`
}

// AdministratorStatus says where the login of a server's administrator is.
type AdministratorStatus struct {
	// SecretName of a Secret with keys username, password and email.
	SecretName string `json:"secretName"`
}
