package v1alpha1

import (
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A Channel is a public or private channel of a team. A channel of the same name that exists
// in the team is taken over, and restored if it is archived. A team's channel town-square
// is never archived: Mattermost refuses it.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=channels,singular=channel,scope=Namespaced,categories={crossplane,managed,mattermost}
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:name="READY",type="string",JSONPath=".status.conditions[?(@.type=='Ready')].status"
// +kubebuilder:printcolumn:name="SYNCED",type="string",JSONPath=".status.conditions[?(@.type=='Synced')].status"
// +kubebuilder:printcolumn:name="EXTERNAL-NAME",type="string",JSONPath=".metadata.annotations.crossplane\\.io/external-name"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
type Channel struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   ChannelSpec   `json:"spec"`
	Status ChannelStatus `json:"status,omitempty"`
}

// ChannelList is a list of Channels.
//
// +kubebuilder:object:root=true
type ChannelList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []Channel `json:"items"`
}

// ChannelSpec is what is wanted of a Channel.
type ChannelSpec struct {
	xpv2.ManagedResourceSpec `json:",inline"`

	ForProvider ChannelParameters `json:"forProvider"`
}

// ChannelParameters are a channel's properties.
//
// +kubebuilder:validation:XValidation:rule="has(self.teamId) || has(self.teamRef) || has(self.teamSelector)",message="spec.forProvider needs teamId, teamRef or teamSelector"
type ChannelParameters struct {
	// TeamID is Mattermost's id of the team that the channel is in. A channel does not move to another team. Either it, teamRef or teamSelector is needed.
	// +optional
	// +crossplane:generate:reference:type=Team
	// +crossplane:generate:reference:extractor=ObservedID()
	// +crossplane:generate:reference:refFieldName=TeamRef
	// +crossplane:generate:reference:selectorFieldName=TeamSelector
	// +kubebuilder:validation:MaxLength=26
	TeamID *string `json:"teamId,omitempty"`

	// TeamRef names the Team whose id teamId is filled in with.
	// +optional
	TeamRef *xpv2.NamespacedReference `json:"teamRef,omitempty"`

	// TeamSelector selects the Team whose id teamId is filled in with.
	// +optional
	TeamSelector *xpv2.NamespacedSelector `json:"teamSelector,omitempty"`

	// Name is the channel's part of URLs, unique in the team.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:Pattern=`^[a-z0-9]+([a-z0-9_-]+|(__)?)[a-z0-9]*$`
	Name string `json:"name"`

	// DisplayName is what users see. Default: the name.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	DisplayName *string `json:"displayName,omitempty"`

	// Type is O for a public and P for a private channel. Default: O.
	// +optional
	// +kubebuilder:validation:Enum=O;P
	Type *string `json:"type,omitempty"`

	// Header of the channel, in Markdown. Default: empty.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	Header *string `json:"header,omitempty"`

	// Purpose of the channel. Default: empty.
	// +optional
	// +kubebuilder:validation:MaxLength=250
	Purpose *string `json:"purpose,omitempty"`

	// GroupConstrained lets groups alone say who is a member. It needs a license. Default:
	// false.
	// +optional
	GroupConstrained *bool `json:"groupConstrained,omitempty"`

	// SchemeID is the id of a scheme of permissions. It needs a license. Default: the
	// team's scheme.
	// +optional
	// +kubebuilder:validation:MaxLength=26
	SchemeID *string `json:"schemeId,omitempty"`

	// Deletion says what becomes of the channel when this object is deleted. Default:
	// Archive.
	// +optional
	// +kubebuilder:default=Archive
	Deletion Deletion `json:"deletion,omitempty"`
}

// ChannelStatus is what is known of a Channel.
type ChannelStatus struct {
	xpv2.ManagedResourceStatus `json:",inline"`
	DeletionStatus             `json:",inline"`

	// +optional
	AtProvider ChannelObservation `json:"atProvider,omitempty"`
}

// ChannelObservation is a channel as the server has it.
type ChannelObservation struct {
	// ID of the channel.
	// +optional
	ID string `json:"id,omitempty"`

	// TeamID is the id of the channel's team.
	// +optional
	TeamID string `json:"teamId,omitempty"`

	// Name is the channel's part of URLs.
	// +optional
	Name string `json:"name,omitempty"`

	// DisplayName is what users see.
	// +optional
	DisplayName string `json:"displayName,omitempty"`

	// Type is O for a public and P for a private channel.
	// +optional
	Type string `json:"type,omitempty"`

	// Header of the channel.
	// +optional
	Header string `json:"header,omitempty"`

	// Purpose of the channel.
	// +optional
	Purpose string `json:"purpose,omitempty"`

	// GroupConstrained is whether groups alone say who is a member.
	// +optional
	GroupConstrained bool `json:"groupConstrained,omitempty"`

	// SchemeID is the id of the channel's scheme of permissions.
	// +optional
	SchemeID string `json:"schemeId,omitempty"`

	// CreatorID is the id of the user who created the channel.
	// +optional
	CreatorID string `json:"creatorId,omitempty"`

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
