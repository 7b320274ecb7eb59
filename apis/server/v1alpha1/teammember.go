package v1alpha1

import (
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A TeamMember is the membership of a user or bot in a team. Its external name is the
// team's id and the user's, with a slash between. What is named must exist.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=teammembers,singular=teammember,scope=Namespaced,categories={crossplane,managed,mattermost}
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:name="READY",type="string",JSONPath=".status.conditions[?(@.type=='Ready')].status"
// +kubebuilder:printcolumn:name="SYNCED",type="string",JSONPath=".status.conditions[?(@.type=='Synced')].status"
// +kubebuilder:printcolumn:name="EXTERNAL-NAME",type="string",JSONPath=".metadata.annotations.crossplane\\.io/external-name"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
type TeamMember struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   TeamMemberSpec   `json:"spec"`
	Status TeamMemberStatus `json:"status,omitempty"`
}

// TeamMemberList is a list of TeamMembers.
//
// +kubebuilder:object:root=true
type TeamMemberList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []TeamMember `json:"items"`
}

// TeamMemberSpec is what is wanted of a TeamMember.
type TeamMemberSpec struct {
	xpv2.ManagedResourceSpec `json:",inline"`

	ForProvider TeamMemberParameters `json:"forProvider"`
}

// TeamMemberParameters are a membership's properties.
//
// +kubebuilder:validation:XValidation:rule="has(self.teamId) || has(self.teamRef) || has(self.teamSelector)",message="spec.forProvider needs teamId, teamRef or teamSelector"
// +kubebuilder:validation:XValidation:rule="[has(self.userId), has(self.userRef), has(self.userSelector), has(self.botId), has(self.botRef), has(self.botSelector)].exists(x, x)",message="spec.forProvider needs a user (userId, userRef or userSelector) or a bot (botId, botRef or botSelector)"
// +kubebuilder:validation:XValidation:rule="![has(self.userId), has(self.userRef), has(self.userSelector)].exists(x, x) || ![has(self.botId), has(self.botRef), has(self.botSelector)].exists(x, x)",message="spec.forProvider has a user or a bot, not both"
type TeamMemberParameters struct {
	// TeamID is Mattermost's id of the team. Either it, teamRef or teamSelector is needed.
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

	// SchemeAdmin is whether the member is an administrator of the team. Default: false for
	// who becomes a member, and otherwise as it is.
	// +optional
	SchemeAdmin *bool `json:"schemeAdmin,omitempty"`
}

// TeamMemberStatus is what is known of a TeamMember.
type TeamMemberStatus struct {
	xpv2.ManagedResourceStatus `json:",inline"`
	DeletionStatus             `json:",inline"`

	// +optional
	AtProvider TeamMemberObservation `json:"atProvider,omitempty"`
}

// TeamMemberObservation is a membership as the server has it.
type TeamMemberObservation struct {
	// TeamID is the id of the team.
	// +optional
	TeamID string `json:"teamId,omitempty"`

	// UserID is the id of the user or bot.
	// +optional
	UserID string `json:"userId,omitempty"`

	// Roles of the member in the team.
	// +optional
	Roles string `json:"roles,omitempty"`

	// SchemeAdmin is whether the member is an administrator of the team.
	// +optional
	SchemeAdmin bool `json:"schemeAdmin,omitempty"`
}
