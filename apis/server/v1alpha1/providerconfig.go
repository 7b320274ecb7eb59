package v1alpha1

import (
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// A ProviderConfig tells managed resources of its namespace which server they are in.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:scope=Namespaced,categories={crossplane,provider,mattermost}
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:name="URL",type="string",JSONPath=".spec.url"
// +kubebuilder:printcolumn:name="USERS",type="integer",JSONPath=".status.users"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
// +kubebuilder:printcolumn:name="SECRET-NAME",type="string",JSONPath=".spec.credentials.secretRef.name",priority=1
// +kubebuilder:validation:XValidation:rule="!has(self.spec.credentials.secretRef.__namespace__)",message="spec.credentials.secretRef.namespace must be left out: a ProviderConfig reads Secrets of its own namespace"
// +kubebuilder:validation:XValidation:rule="!has(self.spec.tls) || !has(self.spec.tls.caSecretRef) || !has(self.spec.tls.caSecretRef.__namespace__)",message="spec.tls.caSecretRef.namespace must be left out: a ProviderConfig reads Secrets of its own namespace"
type ProviderConfig struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   ProviderConfigSpec   `json:"spec"`
	Status ProviderConfigStatus `json:"status,omitempty"`
}

// ProviderConfigList is a list of ProviderConfigs.
//
// +kubebuilder:object:root=true
type ProviderConfigList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []ProviderConfig `json:"items"`
}

// A ClusterProviderConfig tells managed resources of any namespace which server they
// are in.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:scope=Cluster,categories={crossplane,provider,mattermost}
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:name="URL",type="string",JSONPath=".spec.url"
// +kubebuilder:printcolumn:name="USERS",type="integer",JSONPath=".status.users"
// +kubebuilder:printcolumn:name="AGE",type="date",JSONPath=".metadata.creationTimestamp"
// +kubebuilder:printcolumn:name="SECRET-NAME",type="string",JSONPath=".spec.credentials.secretRef.name",priority=1
// +kubebuilder:validation:XValidation:rule="has(self.spec.credentials.secretRef.__namespace__)",message="spec.credentials.secretRef.namespace must be set: a ClusterProviderConfig has no namespace of its own"
// +kubebuilder:validation:XValidation:rule="!has(self.spec.tls) || !has(self.spec.tls.caSecretRef) || has(self.spec.tls.caSecretRef.__namespace__)",message="spec.tls.caSecretRef.namespace must be set: a ClusterProviderConfig has no namespace of its own"
type ClusterProviderConfig struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec   ProviderConfigSpec   `json:"spec"`
	Status ProviderConfigStatus `json:"status,omitempty"`
}

// ClusterProviderConfigList is a list of ClusterProviderConfigs.
//
// +kubebuilder:object:root=true
type ClusterProviderConfigList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []ClusterProviderConfig `json:"items"`
}

// ProviderConfigSpec is how to reach a server, and as whom.
type ProviderConfigSpec struct {
	// URL of the server, such as https://chat.example.org, with its subpath if it has one,
	// and without a query, a fragment and a login.
	// +kubebuilder:validation:MaxLength=512
	// +kubebuilder:validation:XValidation:rule="isURL(self) && url(self).getScheme() in ['http', 'https'] && url(self).getHost() != ''",message="spec.url must be an http or https URL with a host, such as https://chat.example.org"
	// +kubebuilder:validation:XValidation:rule="!self.contains('?') && !self.contains('#') && !self.matches('^[A-Za-z]+://[^/]*@')",message="spec.url must have no query, no fragment and no login, such as https://chat.example.org"
	URL string `json:"url"`

	// Credentials of an account that may do what the managed resources need. Most need a
	// system administrator.
	Credentials ProviderCredentials `json:"credentials"`

	// FirstAdministrator says that the login in the credentials is to be created when the
	// server has no account at all. The first account of a server becomes its system
	// administrator. Default: nothing is created.
	// +optional
	FirstAdministrator *FirstAdministrator `json:"firstAdministrator,omitempty"`

	// TLS of the connection. Default: the server's certificate must be signed by an
	// authority that the provider's image knows.
	// +optional
	TLS *TLS `json:"tls,omitempty"`

	// RateLimit of requests to the server. Default: 10 a second, 20 at once.
	// +optional
	RateLimit *RateLimit `json:"rateLimit,omitempty"`
}

// ProviderCredentials say where credentials are found.
type ProviderCredentials struct {
	// Source of the credentials. Secret is the only one.
	// +optional
	// +kubebuilder:default=Secret
	// +kubebuilder:validation:Enum=Secret
	Source xpv2.CredentialsSource `json:"source,omitempty"`

	// SecretRef names a Secret that holds either the key token, an access token, or the
	// keys username and password, a login. A token wins. A login is a username or an email
	// address.
	SecretRef SecretReference `json:"secretRef"`
}

// SecretReference names a Secret.
type SecretReference struct {
	// Name of the Secret.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name"`

	// Namespace of the Secret. Required in a ClusterProviderConfig, and left out in a
	// ProviderConfig.
	// +optional
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Namespace string `json:"namespace,omitempty"`
}

// FirstAdministrator is what an account needs besides username and password.
type FirstAdministrator struct {
	// Email of the account. Mattermost does not write to it unless it is configured to send
	// email.
	// +kubebuilder:validation:MaxLength=128
	// +kubebuilder:validation:Pattern=`^[^\s@A-Z]+@[^\s@A-Z]+$`
	Email string `json:"email"`
}

// TLS of a connection.
type TLS struct {
	// CABundle is certificates of authorities to trust instead of the well-known ones, in
	// PEM.
	// +optional
	// +kubebuilder:validation:MaxLength=65536
	CABundle string `json:"caBundle,omitempty"`

	// CASecretRef names a Secret with certificates of authorities, in PEM. They are trusted
	// besides those of caBundle.
	// +optional
	CASecretRef *SecretKeyReference `json:"caSecretRef,omitempty"`
}

// SecretKeyReference names a key of a Secret.
type SecretKeyReference struct {
	SecretReference `json:",inline"`

	// Key of the Secret. Default: ca.crt.
	// +optional
	// +kubebuilder:default="ca.crt"
	Key string `json:"key,omitempty"`
}

// RateLimit of requests.
type RateLimit struct {
	// RequestsPerSecond that all managed resources of this configuration make together.
	// +optional
	// +kubebuilder:default=10
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000
	RequestsPerSecond int32 `json:"requestsPerSecond,omitempty"`

	// Burst is how many requests may be made at once after a pause.
	// +optional
	// +kubebuilder:default=20
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000
	Burst int32 `json:"burst,omitempty"`
}

// RetryLoginAnnotation of a ProviderConfig or ClusterProviderConfig makes the provider try
// a login again that the server refused twice. Every new value does so.
const RetryLoginAnnotation = "mattermost.m.crossplane.io/retry-login"

// ProviderConfigStatus is the number of managed resources that use a configuration, and the
// login that the server refused.
type ProviderConfigStatus struct {
	xpv2.ProviderConfigStatus `json:",inline"`

	// RefusedLogin is the last login that the server refused. A login that was refused
	// twice is not tried again, because a server locks an account after some refused
	// logins, ten by default. The provider tries again at once when the credentials, the
	// URL, the certificate authorities, the first administrator or annotation
	// mattermost.m.crossplane.io/retry-login change. Absent when the server accepted the
	// last login.
	// +optional
	RefusedLogin *RefusedLogin `json:"refusedLogin,omitempty"`
}

// LoginRefusal is why a server refused a login.
// +kubebuilder:validation:Enum=Credentials;SecondFactor;Deactivated
type LoginRefusal string

// Reasons why a server refuses a login.
const (
	// RefusedCredentials means that there is no such account, or that its password is
	// another one.
	RefusedCredentials LoginRefusal = "Credentials"

	// RefusedSecondFactor means that the account needs a second factor.
	RefusedSecondFactor LoginRefusal = "SecondFactor"

	// RefusedDeactivated means that the account is deactivated.
	RefusedDeactivated LoginRefusal = "Deactivated"
)

// RefusedLogin is a login that a server refused.
type RefusedLogin struct {
	// Digest identifies the login. It is derived from the credentials and the place where
	// they are used, slowly and keyed by the configuration's UID, so that it reveals
	// nothing about them.
	Digest string `json:"digest"`

	// Attempts that the server refused. There are at most two.
	Attempts int32 `json:"attempts"`

	// LastAttempt is when the server refused last.
	LastAttempt metav1.Time `json:"lastAttempt"`

	// Reason why the server refused.
	Reason LoginRefusal `json:"reason"`

	// Message says what to do.
	Message string `json:"message"`
}
