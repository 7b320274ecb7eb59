package v1alpha1

import (
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A Server is the Mattermost server that its provider configuration points to. It is only
// observed: the server itself is installed by other means. Ready means that the server
// says it is healthy, with its database and its file store. There is at least one
// request for it every 30 seconds.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=servers,singular=server,scope=Namespaced,categories={crossplane,managed,mattermost}
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:name="READY",type="string",JSONPath=".status.conditions[?(@.type=='Ready')].status"
// +kubebuilder:printcolumn:name="SYNCED",type="string",JSONPath=".status.conditions[?(@.type=='Synced')].status"
// +kubebuilder:printcolumn:name="EXTERNAL-NAME",type="string",JSONPath=".metadata.annotations.crossplane\\.io/external-name"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
type Server struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   ServerSpec   `json:"spec"`
	Status ServerStatus `json:"status,omitempty"`
}

// ServerList is a list of Servers.
//
// +kubebuilder:object:root=true
type ServerList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []Server `json:"items"`
}

// ServerSpec is what is wanted of a Server.
type ServerSpec struct {
	xpv2.ManagedResourceSpec `json:",inline"`

	ForProvider ServerParameters `json:"forProvider"`
}

// ServerParameters are empty: a server is only observed.
type ServerParameters struct{}

// ServerStatus is what is known of a Server.
type ServerStatus struct {
	xpv2.ManagedResourceStatus `json:",inline"`

	// +optional
	AtProvider ServerObservation `json:"atProvider,omitempty"`
}

// ServerObservation is what a server says of itself.
type ServerObservation struct {
	// Version of the server, such as 11.4.0.
	// +optional
	Version string `json:"version,omitempty"`

	// BuildNumber of the server.
	// +optional
	BuildNumber string `json:"buildNumber,omitempty"`

	// Status of the server: OK or unhealthy.
	// +optional
	Status string `json:"status,omitempty"`

	// DatabaseStatus is whether the server can write to its database: OK or UNHEALTHY.
	// +optional
	DatabaseStatus string `json:"databaseStatus,omitempty"`

	// FilestoreStatus is whether the server can reach its file store: OK or UNHEALTHY.
	// +optional
	FilestoreStatus string `json:"filestoreStatus,omitempty"`

	// Edition of the server: Enterprise, which may have a license, or Team.
	// +optional
	Edition string `json:"edition,omitempty"`

	// License of the server, where it has one.
	// +optional
	License *ServerLicense `json:"license,omitempty"`

	// ConfigHash changes with the part of the configuration and the license that clients
	// know.
	// +optional
	ConfigHash string `json:"configHash,omitempty"`
}

// ServerLicense is what a server says of its license.
type ServerLicense struct {
	// ID of the license.
	// +optional
	ID string `json:"id,omitempty"`

	// SKUShortName of the license, such as enterprise.
	// +optional
	SKUShortName string `json:"skuShortName,omitempty"`

	// Users that the license is for.
	// +optional
	Users int64 `json:"users,omitempty"`

	// ExpiresAt is when the license ends, in milliseconds since 1970.
	// +optional
	ExpiresAt int64 `json:"expiresAt,omitempty"`

	// HighAvailability says whether the license allows replicas to form a cluster. It is
	// absent if the server does not report it.
	// +optional
	HighAvailability *bool `json:"highAvailability,omitempty"`
}
