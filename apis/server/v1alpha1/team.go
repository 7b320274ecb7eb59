package v1alpha1

import (
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A Team is a team of a server. A team of the same name that exists is taken over, and
// restored if it is archived.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=teams,singular=team,scope=Namespaced,categories={crossplane,managed,mattermost}
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:name="READY",type="string",JSONPath=".status.conditions[?(@.type=='Ready')].status"
// +kubebuilder:printcolumn:name="SYNCED",type="string",JSONPath=".status.conditions[?(@.type=='Synced')].status"
// +kubebuilder:printcolumn:name="EXTERNAL-NAME",type="string",JSONPath=".metadata.annotations.crossplane\\.io/external-name"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
type Team struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   TeamSpec   `json:"spec"`
	Status TeamStatus `json:"status,omitempty"`
}

// TeamList is a list of Teams.
//
// +kubebuilder:object:root=true
type TeamList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []Team `json:"items"`
}

// TeamSpec is what is wanted of a Team.
type TeamSpec struct {
	xpv2.ManagedResourceSpec `json:",inline"`

	ForProvider TeamParameters `json:"forProvider"`
}

// TeamParameters are a team's properties.
//
// +kubebuilder:validation:XValidation:rule="self.name == oldSelf.name",message="spec.forProvider.name cannot change: Mattermost does not rename teams"
type TeamParameters struct {
	// Name is the team's part of URLs, unique on the server.
	// +kubebuilder:validation:MinLength=2
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:Pattern=`^[a-z0-9]+([a-z0-9-]+|(__)?)[a-z0-9]+$`
	Name string `json:"name"`

	// DisplayName is what users see. Default: the name.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	DisplayName *string `json:"displayName,omitempty"`

	// Description of the team. Default: empty.
	// +optional
	// +kubebuilder:validation:MaxLength=255
	Description *string `json:"description,omitempty"`

	// CompanyName that the team belongs to. Default: empty.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	CompanyName *string `json:"companyName,omitempty"`

	// Type is O for a team that is open to the server's users, and I for one that needs an
	// invitation. Default: I.
	// +optional
	// +kubebuilder:validation:Enum=O;I
	Type *string `json:"type,omitempty"`

	// AllowOpenInvite lets the server's users see the team in the list of teams to join.
	// Default: true for an open team, false for any other.
	// +optional
	AllowOpenInvite *bool `json:"allowOpenInvite,omitempty"`

	// AllowedDomains that members' email addresses must be of, separated by commas.
	// Default: empty, any.
	// +optional
	// +kubebuilder:validation:MaxLength=500
	AllowedDomains *string `json:"allowedDomains,omitempty"`

	// GroupConstrained lets groups alone say who is a member. It needs a license. Default:
	// false.
	// +optional
	GroupConstrained *bool `json:"groupConstrained,omitempty"`

	// SchemeID is the id of a scheme of permissions. It needs a license. Default: the
	// system's scheme.
	// +optional
	// +kubebuilder:validation:MaxLength=26
	SchemeID *string `json:"schemeId,omitempty"`

	// Deletion says what becomes of the team when this object is deleted. Default:
	// Archive.
	// +optional
	// +kubebuilder:default=Archive
	Deletion Deletion `json:"deletion,omitempty"`
}

// TeamStatus is what is known of a Team.
type TeamStatus struct {
	xpv2.ManagedResourceStatus `json:",inline"`
	DeletionStatus             `json:",inline"`

	// +optional
	AtProvider TeamObservation `json:"atProvider,omitempty"`
}

// TeamObservation is a team as the server has it.
type TeamObservation struct {
	// ID of the team.
	// +optional
	ID string `json:"id,omitempty"`

	// DisplayName is what users see.
	// +optional
	DisplayName string `json:"displayName,omitempty"`

	// Description of the team.
	// +optional
	Description string `json:"description,omitempty"`

	// CompanyName that the team belongs to.
	// +optional
	CompanyName string `json:"companyName,omitempty"`

	// Type is O for an open team and I for one that needs an invitation.
	// +optional
	Type string `json:"type,omitempty"`

	// AllowOpenInvite is whether the server's users see the team in the list of teams to
	// join.
	// +optional
	AllowOpenInvite bool `json:"allowOpenInvite,omitempty"`

	// AllowedDomains that members' email addresses must be of.
	// +optional
	AllowedDomains string `json:"allowedDomains,omitempty"`

	// GroupConstrained is whether groups alone say who is a member.
	// +optional
	GroupConstrained bool `json:"groupConstrained,omitempty"`

	// SchemeID is the id of the team's scheme of permissions.
	// +optional
	SchemeID string `json:"schemeId,omitempty"`

	// CreateAt is when it was created, in milliseconds since 1970.
	// +optional
	CreateAt int64 `json:"createAt,omitempty"`

	// UpdateAt is when it last changed, in milliseconds since 1970.
	// +optional
	UpdateAt int64 `json:"updateAt,omitempty"`

	// DeleteAt is when it was archived, in milliseconds since 1970, or 0.
	// +optional
	DeleteAt int64 `json:"deleteAt,omitempty"`
}
