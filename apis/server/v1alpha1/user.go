package v1alpha1

import (
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A User is an account of a server that logs in with a password. The connection Secret
// contains username and password. If an account of the same username exists, only fields
// that give no access to it are managed, unless takeOver is true.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=users,singular=user,scope=Namespaced,categories={crossplane,managed,mattermost}
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:name="READY",type="string",JSONPath=".status.conditions[?(@.type=='Ready')].status"
// +kubebuilder:printcolumn:name="SYNCED",type="string",JSONPath=".status.conditions[?(@.type=='Synced')].status"
// +kubebuilder:printcolumn:name="EXTERNAL-NAME",type="string",JSONPath=".metadata.annotations.crossplane\\.io/external-name"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
type User struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   UserSpec   `json:"spec"`
	Status UserStatus `json:"status,omitempty"`
}

// UserList is a list of Users.
//
// +kubebuilder:object:root=true
type UserList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []User `json:"items"`
}

// UserSpec is what is wanted of a User.
//
// +kubebuilder:validation:XValidation:rule="!('*' in self.managementPolicies || 'Create' in self.managementPolicies) || has(self.forProvider.email)",message="spec.forProvider.email must be set: Mattermost creates no user without one"
type UserSpec struct {
	xpv2.ManagedResourceSpec `json:",inline"`

	ForProvider UserParameters `json:"forProvider"`
}

// UserParameters are a user's properties.
type UserParameters struct {
	// Username is unique on the server.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:Pattern=`^[a-z0-9._-]+$`
	// +kubebuilder:validation:XValidation:rule="!(self in ['all', 'channel', 'matterbot', 'system', 'here'])",message="spec.forProvider.username is reserved by Mattermost"
	Username string `json:"username"`

	// Email is unique on the server. Required unless the user is only observed.
	// +optional
	// +kubebuilder:validation:MaxLength=128
	// +kubebuilder:validation:Pattern=`^[^\s@A-Z]+@[^\s@A-Z]+$`
	Email *string `json:"email,omitempty"`

	// PasswordSecretRef names a key of a Secret of this namespace that holds the password.
	// When the Secret changes, so does the password. Default: a password is generated once
	// for a new account, and an existing one keeps its own.
	// +optional
	PasswordSecretRef *xpv2.LocalSecretKeySelector `json:"passwordSecretRef,omitempty"`

	// Nickname of the user. Default: empty.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	Nickname *string `json:"nickname,omitempty"`

	// FirstName of the user. Default: empty.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	FirstName *string `json:"firstName,omitempty"`

	// LastName of the user. Default: empty.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	LastName *string `json:"lastName,omitempty"`

	// Position of the user, such as a job title. Default: empty.
	// +optional
	// +kubebuilder:validation:MaxLength=128
	Position *string `json:"position,omitempty"`

	// Locale of the user's language, such as en. Default: the server's.
	// +optional
	// +kubebuilder:validation:MaxLength=5
	Locale *string `json:"locale,omitempty"`

	// Roles of the user on the server, such as system_user and system_admin. Default: the
	// server's, which is system_user.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:Pattern=`^[a-z0-9_]+$`
	// +kubebuilder:validation:items:MaxLength=64
	Roles []string `json:"roles,omitempty"`

	// EmailVerified marks the email address as verified, without writing to it, when the
	// account is created or its address is changed from here. The server does not tell, so
	// that it is not compared. Default: what the server makes of it.
	// +optional
	EmailVerified *bool `json:"emailVerified,omitempty"`

	// TakeOver makes this object manage an existing account that it did not create: the
	// account gets the declared username, email, roles and password, it is activated, and
	// deletion applies to it. Otherwise all of these stay as they are. The account that the
	// provider itself uses always keeps its username, email, password and roles, and stays
	// active. Default: false.
	// +optional
	TakeOver bool `json:"takeOver,omitempty"`

	// Deletion says what becomes of the account when this object is deleted: Archive
	// deactivates it. Default: Archive.
	// +optional
	// +kubebuilder:default=Archive
	Deletion Deletion `json:"deletion,omitempty"`
}

// UserStatus is what is known of a User.
type UserStatus struct {
	xpv2.ManagedResourceStatus `json:",inline"`
	DeletionStatus             `json:",inline"`

	// +optional
	AtProvider UserObservation `json:"atProvider,omitempty"`
}

// UserObservation is a user as the server has it.
type UserObservation struct {
	// ID of the user.
	// +optional
	ID string `json:"id,omitempty"`

	// Created is whether the provider ever saw that this resource created the account. It
	// gives no right to the account. If the account later loses the mark of this, the
	// resource cannot be deleted before the spec says what becomes of the account.
	// +optional
	Created bool `json:"created,omitempty"`

	// Username of the user.
	// +optional
	Username string `json:"username,omitempty"`

	// Email of the user.
	// +optional
	Email string `json:"email,omitempty"`

	// Nickname of the user.
	// +optional
	Nickname string `json:"nickname,omitempty"`

	// FirstName of the user.
	// +optional
	FirstName string `json:"firstName,omitempty"`

	// LastName of the user.
	// +optional
	LastName string `json:"lastName,omitempty"`

	// Position of the user.
	// +optional
	Position string `json:"position,omitempty"`

	// Locale of the user's language.
	// +optional
	Locale string `json:"locale,omitempty"`

	// Roles of the user on the server, in order.
	// +optional
	Roles []string `json:"roles,omitempty"`

	// PasswordSecretVersion is the version of the Secret in passwordSecretRef that the
	// password was last set from.
	// +optional
	PasswordSecretVersion string `json:"passwordSecretVersion,omitempty"`

	// AuthService that the user logs in with. Empty for a password.
	// +optional
	AuthService string `json:"authService,omitempty"`

	// MFAActive is whether the user logs in with a second factor.
	// +optional
	MFAActive bool `json:"mfaActive,omitempty"`

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
