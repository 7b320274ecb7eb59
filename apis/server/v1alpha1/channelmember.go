package v1alpha1

import (
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A ChannelMember is the membership of a user or bot in a channel. Its external name is the
// channel's id and the user's, with a slash between. What is named must exist.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=channelmembers,singular=channelmember,scope=Namespaced,categories={crossplane,managed,mattermost}
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:name="READY",type="string",JSONPath=".status.conditions[?(@.type=='Ready')].status"
// +kubebuilder:printcolumn:name="SYNCED",type="string",JSONPath=".status.conditions[?(@.type=='Synced')].status"
// +kubebuilder:printcolumn:name="EXTERNAL-NAME",type="string",JSONPath=".metadata.annotations.crossplane\\.io/external-name"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
type ChannelMember struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   ChannelMemberSpec   `json:"spec"`
	Status ChannelMemberStatus `json:"status,omitempty"`
}

// ChannelMemberList is a list of ChannelMembers.
//
// +kubebuilder:object:root=true
type ChannelMemberList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []ChannelMember `json:"items"`
}

// ChannelMemberSpec is what is wanted of a ChannelMember.
type ChannelMemberSpec struct {
	xpv2.ManagedResourceSpec `json:",inline"`

	ForProvider ChannelMemberParameters `json:"forProvider"`
}

// ChannelMemberParameters are a membership's properties.
//
// +kubebuilder:validation:XValidation:rule="has(self.channelId) || has(self.channelRef) || has(self.channelSelector)",message="spec.forProvider needs channelId, channelRef or channelSelector"
// +kubebuilder:validation:XValidation:rule="[has(self.userId), has(self.userRef), has(self.userSelector), has(self.botId), has(self.botRef), has(self.botSelector)].exists(x, x)",message="spec.forProvider needs a user (userId, userRef or userSelector) or a bot (botId, botRef or botSelector)"
// +kubebuilder:validation:XValidation:rule="![has(self.userId), has(self.userRef), has(self.userSelector)].exists(x, x) || ![has(self.botId), has(self.botRef), has(self.botSelector)].exists(x, x)",message="spec.forProvider has a user or a bot, not both"
type ChannelMemberParameters struct {
	// ChannelID is Mattermost's id of the channel. Either it, channelRef or channelSelector is needed.
	// +optional
	// +crossplane:generate:reference:type=Channel
	// +crossplane:generate:reference:extractor=ObservedID()
	// +crossplane:generate:reference:refFieldName=ChannelRef
	// +crossplane:generate:reference:selectorFieldName=ChannelSelector
	// +kubebuilder:validation:MaxLength=26
	ChannelID *string `json:"channelId,omitempty"`

	// ChannelRef names the Channel whose id channelId is filled in with.
	// +optional
	ChannelRef *xpv2.NamespacedReference `json:"channelRef,omitempty"`

	// ChannelSelector selects the Channel whose id channelId is filled in with.
	// +optional
	ChannelSelector *xpv2.NamespacedSelector `json:"channelSelector,omitempty"`

	// UserID is Mattermost's id of the user or bot. Either it, userRef, userSelector, botId,
	// botRef or botSelector is needed.
	// +optional
	// +crossplane:generate:reference:type=User
	// +crossplane:generate:reference:extractor=ObservedID()
	// +crossplane:generate:reference:refFieldName=UserRef
	// +crossplane:generate:reference:selectorFieldName=UserSelector
	// +kubebuilder:validation:MaxLength=26
	UserID *string `json:"userId,omitempty"`

	// UserRef names the User whose id userId is filled in with.
	// +optional
	UserRef *xpv2.NamespacedReference `json:"userRef,omitempty"`

	// UserSelector selects the User whose id userId is filled in with.
	// +optional
	UserSelector *xpv2.NamespacedSelector `json:"userSelector,omitempty"`

	// BotID is Mattermost's id of the bot, where the member is one.
	// +optional
	// +crossplane:generate:reference:type=Bot
	// +crossplane:generate:reference:extractor=ObservedID()
	// +crossplane:generate:reference:refFieldName=BotRef
	// +crossplane:generate:reference:selectorFieldName=BotSelector
	// +kubebuilder:validation:MaxLength=26
	BotID *string `json:"botId,omitempty"`

	// BotRef names the Bot whose id botId is filled in with.
	// +optional
	BotRef *xpv2.NamespacedReference `json:"botRef,omitempty"`

	// BotSelector selects the Bot whose id botId is filled in with.
	// +optional
	BotSelector *xpv2.NamespacedSelector `json:"botSelector,omitempty"`

	// SchemeAdmin is whether the member is an administrator of the channel. Default: false for
	// who becomes a member, and otherwise as it is.
	// +optional
	SchemeAdmin *bool `json:"schemeAdmin,omitempty"`
}

// ChannelMemberStatus is what is known of a ChannelMember.
type ChannelMemberStatus struct {
	xpv2.ManagedResourceStatus `json:",inline"`
	DeletionStatus             `json:",inline"`

	// +optional
	AtProvider ChannelMemberObservation `json:"atProvider,omitempty"`
}

// ChannelMemberObservation is a membership as the server has it.
type ChannelMemberObservation struct {
	// ChannelID is the id of the channel.
	// +optional
	ChannelID string `json:"channelId,omitempty"`

	// UserID is the id of the user or bot.
	// +optional
	UserID string `json:"userId,omitempty"`

	// Roles of the member in the channel.
	// +optional
	Roles string `json:"roles,omitempty"`

	// SchemeAdmin is whether the member is an administrator of the channel.
	// +optional
	SchemeAdmin bool `json:"schemeAdmin,omitempty"`
}
