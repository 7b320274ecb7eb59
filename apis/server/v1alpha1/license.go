package v1alpha1

import (
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A License is the license of a server. A server has one at most: a License replaces any
// other, and takes over its own where that is there already. Its external name is the
// license's id.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=licenses,singular=license,scope=Namespaced,categories={crossplane,managed,mattermost}
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:name="READY",type="string",JSONPath=".status.conditions[?(@.type=='Ready')].status"
// +kubebuilder:printcolumn:name="SYNCED",type="string",JSONPath=".status.conditions[?(@.type=='Synced')].status"
// +kubebuilder:printcolumn:name="EXTERNAL-NAME",type="string",JSONPath=".metadata.annotations.crossplane\\.io/external-name"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
type License struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   LicenseSpec   `json:"spec"`
	Status LicenseStatus `json:"status,omitempty"`
}

// LicenseList is a list of Licenses.
//
// +kubebuilder:object:root=true
type LicenseList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []License `json:"items"`
}

// LicenseSpec is what is wanted of a License.
type LicenseSpec struct {
	xpv2.ManagedResourceSpec `json:",inline"`

	ForProvider LicenseParameters `json:"forProvider"`
}

// LicenseParameters say which license a server is to have.
type LicenseParameters struct {
	// LicenseSecretRef names a key of a Secret of this namespace that holds the license
	// file's text.
	LicenseSecretRef xpv2.LocalSecretKeySelector `json:"licenseSecretRef"`

	// Deletion says what becomes of the license when this object is deleted: Keep leaves it
	// on the server, Remove does not. Default: Keep.
	// +optional
	// +kubebuilder:default=Keep
	Deletion LicenseDeletion `json:"deletion,omitempty"`
}

// LicenseDeletion says what becomes of a license when its managed resource is deleted.
// +kubebuilder:validation:Enum=Keep;Remove
type LicenseDeletion string

// What the deletion of a License may do.
const (
	// LicenseKeep leaves the license where it is.
	LicenseKeep LicenseDeletion = "Keep"

	// LicenseRemove removes the license from the server. If the server has another one by
	// now, that stays.
	LicenseRemove LicenseDeletion = "Remove"
)

// LicenseStatus is what is known of a License.
type LicenseStatus struct {
	xpv2.ManagedResourceStatus `json:",inline"`
	DeletionStatus             `json:",inline"`

	// +optional
	AtProvider LicenseObservation `json:"atProvider,omitempty"`
}

// LicenseObservation is a license as the server has it.
type LicenseObservation struct {
	// ID of the license.
	// +optional
	ID string `json:"id,omitempty"`

	// SKUName of the license, such as Enterprise.
	// +optional
	SKUName string `json:"skuName,omitempty"`

	// SKUShortName of the license, such as enterprise.
	// +optional
	SKUShortName string `json:"skuShortName,omitempty"`

	// IssuedAt is when the license was issued, in milliseconds since 1970.
	// +optional
	IssuedAt int64 `json:"issuedAt,omitempty"`

	// StartsAt is when the license begins, in milliseconds since 1970.
	// +optional
	StartsAt int64 `json:"startsAt,omitempty"`

	// ExpiresAt is when the license ends, in milliseconds since 1970.
	// +optional
	ExpiresAt int64 `json:"expiresAt,omitempty"`

	// Users that the license is for.
	// +optional
	Users int64 `json:"users,omitempty"`

	// LicenseSecretVersion is the version of the Secret in licenseSecretRef that was last
	// uploaded. It is compared where a license does not tell its id.
	// +optional
	LicenseSecretVersion string `json:"licenseSecretVersion,omitempty"`
}
