package v1alpha1

import (
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A Bot is a bot account of a server. With a connection Secret it has its own access token,
// in key token, with username and userId. To create a bot, the server must allow it
// (ServiceSettings.EnableBotAccountCreation). If a bot of the same username exists, only
// its display name and description are managed, unless takeOver is true.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=bots,singular=bot,scope=Namespaced,categories={crossplane,managed,mattermost}
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:name="READY",type="string",JSONPath=".status.conditions[?(@.type=='Ready')].status"
// +kubebuilder:printcolumn:name="SYNCED",type="string",JSONPath=".status.conditions[?(@.type=='Synced')].status"
// +kubebuilder:printcolumn:name="EXTERNAL-NAME",type="string",JSONPath=".metadata.annotations.crossplane\\.io/external-name"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
type Bot struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   BotSpec   `json:"spec"`
	Status BotStatus `json:"status,omitempty"`
}

// BotList is a list of Bots.
//
// +kubebuilder:object:root=true
type BotList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []Bot `json:"items"`
}

// BotSpec is what is wanted of a Bot.
type BotSpec struct {
	xpv2.ManagedResourceSpec `json:",inline"`

	ForProvider BotParameters `json:"forProvider"`
}

// BotParameters are a bot's properties.
type BotParameters struct {
	// Username is unique on the server.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:Pattern=`^[a-z0-9._-]+$`
	Username string `json:"username"`

	// DisplayName is what users see. Default: empty.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	DisplayName *string `json:"displayName,omitempty"`

	// Description of the bot. Default: empty.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	Description *string `json:"description,omitempty"`

	// TakeOver makes this object manage an existing bot that it did not create: the bot
	// gets the declared username and an access token in the connection Secret, it is
	// enabled, and deletion applies to it. Otherwise all of these stay as they are.
	// Default: false.
	// +optional
	TakeOver bool `json:"takeOver,omitempty"`

	// Deletion says what becomes of the bot when this object is deleted: Archive disables
	// it. Default: Archive.
	// +optional
	// +kubebuilder:default=Archive
	Deletion Deletion `json:"deletion,omitempty"`
}

// BotStatus is what is known of a Bot.
type BotStatus struct {
	xpv2.ManagedResourceStatus `json:",inline"`
	DeletionStatus             `json:",inline"`

	// +optional
	AtProvider BotObservation `json:"atProvider,omitempty"`
}

// BotObservation is a bot as the server has it.
type BotObservation struct {
	// UserID is the id of the bot's account.
	// +optional
	UserID string `json:"userId,omitempty"`

	// Created is whether the provider ever saw that this resource created the account. It
	// gives no right to the account. If the account later loses the mark of this, the
	// resource cannot be deleted before the spec says what becomes of the account.
	// +optional
	Created bool `json:"created,omitempty"`

	// Username of the bot.
	// +optional
	Username string `json:"username,omitempty"`

	// DisplayName is what users see.
	// +optional
	DisplayName string `json:"displayName,omitempty"`

	// Description of the bot.
	// +optional
	Description string `json:"description,omitempty"`

	// OwnerID is the id of the bot's owner.
	// +optional
	OwnerID string `json:"ownerId,omitempty"`

	// TokenID is the id of the access token in the connection Secret.
	// +optional
	TokenID string `json:"tokenId,omitempty"`

	// CreateAt is when it was created, in milliseconds since 1970.
	// +optional
	CreateAt int64 `json:"createAt,omitempty"`

	// UpdateAt is when it last changed, in milliseconds since 1970.
	// +optional
	UpdateAt int64 `json:"updateAt,omitempty"`

	// DeleteAt is when it was disabled, in milliseconds since 1970, or 0.
	// +optional
	DeleteAt int64 `json:"deleteAt,omitempty"`
}
