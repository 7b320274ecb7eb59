package v1alpha1

import (
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A Command is a slash command of a team that asks another program. A command of the same
// team and trigger that exists is taken over. Its token, by which that program knows the
// server, is in the connection Secret, as token.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=commands,singular=command,scope=Namespaced,categories={crossplane,managed,mattermost}
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:name="READY",type="string",JSONPath=".status.conditions[?(@.type=='Ready')].status"
// +kubebuilder:printcolumn:name="SYNCED",type="string",JSONPath=".status.conditions[?(@.type=='Synced')].status"
// +kubebuilder:printcolumn:name="EXTERNAL-NAME",type="string",JSONPath=".metadata.annotations.crossplane\\.io/external-name"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
type Command struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   CommandSpec   `json:"spec"`
	Status CommandStatus `json:"status,omitempty"`
}

// CommandList is a list of Commands.
//
// +kubebuilder:object:root=true
type CommandList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []Command `json:"items"`
}

// CommandSpec is what is wanted of a Command.
type CommandSpec struct {
	xpv2.ManagedResourceSpec `json:",inline"`

	ForProvider CommandParameters `json:"forProvider"`
}

// CommandParameters are a command's properties.
//
// +kubebuilder:validation:XValidation:rule="has(self.teamId) || has(self.teamRef) || has(self.teamSelector)",message="spec.forProvider needs teamId, teamRef or teamSelector"
type CommandParameters struct {
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

	// Trigger is the word after the slash, unique in the team.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=128
	// +kubebuilder:validation:Pattern=`^[^/\sA-Z][^\sA-Z]*$`
	Trigger string `json:"trigger"`

	// URL that is asked.
	// +kubebuilder:validation:MaxLength=1024
	// +kubebuilder:validation:Pattern=`^https?://`
	URL string `json:"url"`

	// Method of the request: P for POST, G for GET. Default: P.
	// +optional
	// +kubebuilder:validation:Enum=P;G
	Method *string `json:"method,omitempty"`

	// Username that answers are shown under. Default: that of who gave the command.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	Username *string `json:"username,omitempty"`

	// IconURL of a picture to show answers with. Default: that of who gave the command.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	IconURL *string `json:"iconUrl,omitempty"`

	// AutoComplete offers the command while a user types. Default: false.
	// +optional
	AutoComplete *bool `json:"autoComplete,omitempty"`

	// AutoCompleteDesc is shown where the command is offered. Default: empty.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	AutoCompleteDesc *string `json:"autoCompleteDesc,omitempty"`

	// AutoCompleteHint is what to type after the command. Default: empty.
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	AutoCompleteHint *string `json:"autoCompleteHint,omitempty"`

	// DisplayName of the command. Default: empty.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	DisplayName *string `json:"displayName,omitempty"`

	// Description of the command. Default: empty.
	// +optional
	// +kubebuilder:validation:MaxLength=128
	Description *string `json:"description,omitempty"`
}

// CommandStatus is what is known of a Command.
type CommandStatus struct {
	xpv2.ManagedResourceStatus `json:",inline"`
	DeletionStatus             `json:",inline"`

	// +optional
	AtProvider CommandObservation `json:"atProvider,omitempty"`
}

// CommandObservation is a command as the server has it.
type CommandObservation struct {
	// ID of the command.
	// +optional
	ID string `json:"id,omitempty"`

	// TeamID is the id of the command's team.
	// +optional
	TeamID string `json:"teamId,omitempty"`

	// Trigger is the word after the slash.
	// +optional
	Trigger string `json:"trigger,omitempty"`

	// DisplayName of the command.
	// +optional
	DisplayName string `json:"displayName,omitempty"`

	// CreatorID is the id of the user who created the command.
	// +optional
	CreatorID string `json:"creatorId,omitempty"`

	// CreateAt is when it was created, in milliseconds since 1970.
	// +optional
	CreateAt int64 `json:"createAt,omitempty"`

	// UpdateAt is when it last changed, in milliseconds since 1970.
	// +optional
	UpdateAt int64 `json:"updateAt,omitempty"`
}
