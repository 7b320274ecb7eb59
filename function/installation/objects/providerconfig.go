package objects

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	// APIVersionManaged of the provider's kinds that installations compose.
	APIVersionManaged = "mattermost.m.crossplane.io/v1alpha1"
	// KindProviderConfig of the configuration by which the provider reaches a server.
	KindProviderConfig = "ProviderConfig"
)

// ProviderConfig tells managed resources of its namespace which server they are in, and
// in whose name they are managed.
type ProviderConfig struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec ProviderConfigSpec `json:"spec"`
}

// ProviderConfigSpec is how to reach a server, and as whom.
type ProviderConfigSpec struct {
	URL                string              `json:"url"`
	Credentials        ProviderCredentials `json:"credentials"`
	FirstAdministrator *FirstAdministrator `json:"firstAdministrator,omitempty"`
}

// ProviderCredentials name a Secret with a login.
type ProviderCredentials struct {
	Source    string     `json:"source"`
	SecretRef SecretName `json:"secretRef"`
}

// SecretName of a Secret.
type SecretName struct {
	Name string `json:"name"`
}

// FirstAdministrator is what an account needs besides a login.
type FirstAdministrator struct {
	Email string `json:"email"`
}

// ServerConfig leads to a server at a URL, by the login in a Secret. With an email address,
// the login is created on a server that nobody has an account of.
func ServerConfig(s Server, url, secret, email string) *ProviderConfig {
	out := &ProviderConfig{
		TypeMeta:   metav1.TypeMeta{APIVersion: APIVersionManaged, Kind: KindProviderConfig},
		ObjectMeta: objectMeta(s.Name, s.Labels),
		Spec: ProviderConfigSpec{
			URL:         url,
			Credentials: ProviderCredentials{Source: "Secret", SecretRef: SecretName{Name: secret}},
		},
	}
	if email != "" {
		out.Spec.FirstAdministrator = &FirstAdministrator{Email: email}
	}
	return out
}
