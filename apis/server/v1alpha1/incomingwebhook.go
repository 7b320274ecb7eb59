package v1alpha1

import (
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// An IncomingWebhook lets other programs post to a channel. A webhook of the same channel
// and display name that exists is taken over. Its URL, at the provider configuration's
// address of the server, is in the connection Secret, as url. Whoever knows it can post,
// and Mattermost's id of the webhook is a part of it: the external name is the channel's id
// and the display name instead, with a slash between.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=incomingwebhooks,singular=incomingwebhook,scope=Namespaced,categories={crossplane,managed,mattermost}
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:name="READY",type="string",JSONPath=".status.conditions[?(@.type=='Ready')].status"
// +kubebuilder:printcolumn:name="SYNCED",type="string",JSONPath=".status.conditions[?(@.type=='Synced')].status"
// +kubebuilder:printcolumn:name="EXTERNAL-NAME",type="string",JSONPath=".metadata.annotations.crossplane\\.io/external-name"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
type IncomingWebhook struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   IncomingWebhookSpec   `json:"spec"`
	Status IncomingWebhookStatus `json:"status,omitempty"`
}

// IncomingWebhookList is a list of IncomingWebhooks.
//
// +kubebuilder:object:root=true
type IncomingWebhookList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []IncomingWebhook `json:"items"`
}

// IncomingWebhookSpec is what is wanted of an IncomingWebhook.
//
// +kubebuilder:validation:XValidation:rule="!('*' in self.managementPolicies || 'Create' in self.managementPolicies) || has(self.writeConnectionSecretToRef)",message="spec.writeConnectionSecretToRef must be set: nobody would know the webhook's URL"
type IncomingWebhookSpec struct {
	xpv2.ManagedResourceSpec `json:",inline"`

	ForProvider IncomingWebhookParameters `json:"forProvider"`
}

// IncomingWebhookParameters are a webhook's properties.
//
// +kubebuilder:validation:XValidation:rule="has(self.channelId) || has(self.channelRef) || has(self.channelSelector)",message="spec.forProvider needs channelId, channelRef or channelSelector"
type IncomingWebhookParameters struct {
	// ChannelID is Mattermost's id of the channel that is posted to. Either it, channelRef or channelSelector is needed.
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

	// DisplayName of the webhook, by which it is known in its channel. Default: the name of
	// this object.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	DisplayName *string `json:"displayName,omitempty"`

	// Description of the webhook. Default: empty.
	// +optional
	// +kubebuilder:validation:MaxLength=500
	Description *string `json:"description,omitempty"`

	// Username that messages are shown under. The server must allow it
	// (ServiceSettings.EnablePostUsernameOverride). Default: that of the webhook's creator.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	Username *string `json:"username,omitempty"`

	// IconURL of a picture to show messages with. The server must allow it
	// (ServiceSettings.EnablePostIconOverride). Default: that of the webhook's creator.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	IconURL *string `json:"iconUrl,omitempty"`

	// ChannelLocked refuses messages that name another channel. Default: false.
	// +optional
	ChannelLocked *bool `json:"channelLocked,omitempty"`
}

// IncomingWebhookStatus is what is known of an IncomingWebhook.
type IncomingWebhookStatus struct {
	xpv2.ManagedResourceStatus `json:",inline"`
	DeletionStatus             `json:",inline"`

	// +optional
	AtProvider IncomingWebhookObservation `json:"atProvider,omitempty"`
}

// IncomingWebhookObservation is a webhook as the server has it.
type IncomingWebhookObservation struct {
	// ChannelID is the id of the channel that is posted to.
	// +optional
	ChannelID string `json:"channelId,omitempty"`

	// DisplayName of the webhook.
	// +optional
	DisplayName string `json:"displayName,omitempty"`

	// Description of the webhook.
	// +optional
	Description string `json:"description,omitempty"`

	// Username that messages are shown under.
	// +optional
	Username string `json:"username,omitempty"`

	// IconURL of a picture to show messages with.
	// +optional
	IconURL string `json:"iconUrl,omitempty"`

	// ChannelLocked is whether messages that name another channel are refused.
	// +optional
	ChannelLocked bool `json:"channelLocked,omitempty"`

	// TeamID is the id of the team that the webhook's channel is in.
	// +optional
	TeamID string `json:"teamId,omitempty"`

	// UserID is the id of the user who created the webhook.
	// +optional
	UserID string `json:"userId,omitempty"`

	// CreateAt is when it was created, in milliseconds since 1970.
	// +optional
	CreateAt int64 `json:"createAt,omitempty"`

	// UpdateAt is when it last changed, in milliseconds since 1970.
	// +optional
	UpdateAt int64 `json:"updateAt,omitempty"`
}
