package v1alpha1

import (
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// An OutgoingWebhook posts messages of a channel to other programs. A webhook of the same
// team and display name that exists is taken over. Its token, by which they know the
// server, is in the connection Secret, as token.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=outgoingwebhooks,singular=outgoingwebhook,scope=Namespaced,categories={crossplane,managed,mattermost}
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:name="READY",type="string",JSONPath=".status.conditions[?(@.type=='Ready')].status"
// +kubebuilder:printcolumn:name="SYNCED",type="string",JSONPath=".status.conditions[?(@.type=='Synced')].status"
// +kubebuilder:printcolumn:name="EXTERNAL-NAME",type="string",JSONPath=".metadata.annotations.crossplane\\.io/external-name"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
type OutgoingWebhook struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   OutgoingWebhookSpec   `json:"spec"`
	Status OutgoingWebhookStatus `json:"status,omitempty"`
}

// OutgoingWebhookList is a list of OutgoingWebhooks.
//
// +kubebuilder:object:root=true
type OutgoingWebhookList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []OutgoingWebhook `json:"items"`
}

// OutgoingWebhookSpec is what is wanted of an OutgoingWebhook.
type OutgoingWebhookSpec struct {
	xpv2.ManagedResourceSpec `json:",inline"`

	ForProvider OutgoingWebhookParameters `json:"forProvider"`
}

// OutgoingWebhookParameters are a webhook's properties.
//
// +kubebuilder:validation:XValidation:rule="has(self.teamId) || has(self.teamRef) || has(self.teamSelector)",message="spec.forProvider needs teamId, teamRef or teamSelector"
// +kubebuilder:validation:XValidation:rule="(has(self.triggerWords) && size(self.triggerWords) > 0) || has(self.channelId) || has(self.channelRef) || has(self.channelSelector)",message="spec.forProvider needs triggerWords, or a channel, or both"
type OutgoingWebhookParameters struct {
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

	// ChannelID is Mattermost's id of the channel whose messages are posted. Default:
	// every public channel of the team, for messages that begin with a trigger word.
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

	// CallbackURLs that messages are posted to.
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	// +kubebuilder:validation:items:MaxLength=1024
	CallbackURLs []string `json:"callbackUrls"`

	// TriggerWords that a message must begin with. Default: none, any message of the channel.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=32
	// +kubebuilder:validation:items:MaxLength=64
	TriggerWords []string `json:"triggerWords,omitempty"`

	// TriggerWhen is 0 when a message's first word must be a trigger word, and 1 when it
	// must begin with one. Default: 0.
	// +optional
	// +kubebuilder:validation:Enum=0;1
	TriggerWhen *int32 `json:"triggerWhen,omitempty"`

	// ContentType of what is posted. Default: application/x-www-form-urlencoded.
	// +optional
	// +kubebuilder:validation:Enum=application/json;application/x-www-form-urlencoded
	ContentType *string `json:"contentType,omitempty"`

	// DisplayName of the webhook, by which it is known in its team. Default: the name of
	// this object.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	DisplayName *string `json:"displayName,omitempty"`

	// Description of the webhook. Default: empty.
	// +optional
	// +kubebuilder:validation:MaxLength=500
	Description *string `json:"description,omitempty"`

	// Username that messages are shown under. Default: that of the webhook's creator.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	Username *string `json:"username,omitempty"`

	// IconURL of a picture to show messages with. Default: that of the webhook's creator.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	IconURL *string `json:"iconUrl,omitempty"`
}

// OutgoingWebhookStatus is what is known of an OutgoingWebhook.
type OutgoingWebhookStatus struct {
	xpv2.ManagedResourceStatus `json:",inline"`
	DeletionStatus             `json:",inline"`

	// +optional
	AtProvider OutgoingWebhookObservation `json:"atProvider,omitempty"`
}

// OutgoingWebhookObservation is a webhook as the server has it.
type OutgoingWebhookObservation struct {
	// ID of the webhook.
	// +optional
	ID string `json:"id,omitempty"`

	// TeamID is the id of the webhook's team.
	// +optional
	TeamID string `json:"teamId,omitempty"`

	// ChannelID is the id of the channel whose messages are posted. Empty for every public
	// channel of the team.
	// +optional
	ChannelID string `json:"channelId,omitempty"`

	// DisplayName of the webhook.
	// +optional
	DisplayName string `json:"displayName,omitempty"`

	// TriggerWords that a message must begin with.
	// +optional
	TriggerWords []string `json:"triggerWords,omitempty"`

	// CreatorID is the id of the user who created the webhook.
	// +optional
	CreatorID string `json:"creatorId,omitempty"`

	// CreateAt is when it was created, in milliseconds since 1970.
	// +optional
	CreateAt int64 `json:"createAt,omitempty"`

	// UpdateAt is when it last changed, in milliseconds since 1970.
	// +optional
	UpdateAt int64 `json:"updateAt,omitempty"`
}
