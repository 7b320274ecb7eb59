package v1alpha1

import (
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// An IncomingWebhook lets other programs post to a channel. Its URL is in the connection
// Secret, as url, and is a secret in itself.
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

	// DisplayName of the webhook. Default: empty.
	// +optional
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

	// ChannelLocked refuses messages that name another channel. Default: false.
	// +optional
	ChannelLocked *bool `json:"channelLocked,omitempty"`
}

// IncomingWebhookStatus is what is known of an IncomingWebhook.
type IncomingWebhookStatus struct {
	xpv2.ManagedResourceStatus `json:",inline"`

	// +optional
	AtProvider IncomingWebhookObservation `json:"atProvider,omitempty"`
}

// IncomingWebhookObservation is a webhook as the server has it.
type IncomingWebhookObservation struct {
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

	// DeleteAt is when it was archived, in milliseconds since 1970, or 0.
	// +optional
	DeleteAt int64 `json:"deleteAt,omitempty"`
}
