package provision

import (
	"cmp"
	"maps"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

const (
	// AnnotationExternalName of a managed resource is the name of what it stands for.
	AnnotationExternalName = "crossplane.io/external-name"

	providerConfigName = "default"
	providerConfigKind = "ClusterProviderConfig"
)

// Managed resource of a Crossplane provider.
type Managed struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec ManagedSpec `json:"spec"`
}

// ManagedSpec is what providers have in common of what they are asked for.
type ManagedSpec struct {
	// ForProvider says how what it stands for has to be.
	ForProvider any `json:"forProvider"`
	// ManagementPolicies are what the provider may do.
	ManagementPolicies []string `json:"managementPolicies"`
	// ProviderConfigRef says in whose name.
	ProviderConfigRef v1beta1.ProviderConfigReference `json:"providerConfigRef"`
	// WriteConnectionSecretToRef is where the provider writes credentials.
	WriteConnectionSecretToRef *Reference `json:"writeConnectionSecretToRef,omitempty"`
}

// Reference to an object of the same namespace.
type Reference struct {
	Name string `json:"name"`
}

// Manage something with a provider's configuration, which is the cluster's default one
// where it is left out. Whatever it stands for stays until Retain says otherwise.
func Manage(apiVersion, kind, name string, labels map[string]string, of v1beta1.ProviderConfigReference, forProvider any) *Managed {
	out := &Managed{
		TypeMeta:   metav1.TypeMeta{APIVersion: apiVersion, Kind: kind},
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: maps.Clone(labels)},
		Spec: ManagedSpec{
			ForProvider: forProvider,
			ProviderConfigRef: v1beta1.ProviderConfigReference{
				Name: cmp.Or(of.Name, providerConfigName),
				Kind: cmp.Or(of.Kind, providerConfigKind),
			},
		},
	}
	return out.Retain(true)
}

// Beside an object that is observed, it has that one's provider's configuration: in
// another account, the provider would find nothing and make something new.
func (m *Managed) Beside(was compose.Resource) *Managed {
	ref := was.At("spec", "providerConfigRef")
	m.Spec.ProviderConfigRef.Name = cmp.Or(ref.String("name"), m.Spec.ProviderConfigRef.Name)
	m.Spec.ProviderConfigRef.Kind = cmp.Or(ref.String("kind"), m.Spec.ProviderConfigRef.Kind)
	return m
}

// Called names what it stands for.
func (m *Managed) Called(external string) *Managed {
	m.Annotations = map[string]string{AnnotationExternalName: external}
	return m
}

// Retain what it stands for when it is deleted, or do not.
func (m *Managed) Retain(retained bool) *Managed {
	m.Spec.ManagementPolicies = managementPolicies(retained)
	return m
}

// Writing has the provider write credentials to a Secret.
func (m *Managed) Writing(secret string) *Managed {
	m.Spec.WriteConnectionSecretToRef = &Reference{Name: secret}
	return m
}

// HoldingData marks it as what data is in, as HoldsData does.
func (m *Managed) HoldingData(version string) *Managed {
	maps.Copy(m.Labels, HoldsData(version))
	return m
}

// Retained says whether data stays when the object that asked for it is deleted, which
// is so unless its user says otherwise.
func Retained(policy v1alpha1.DeletionPolicy) bool { return policy != v1alpha1.DeletionDelete }

// managementPolicies are what a managed resource lets its provider do: everything, or
// everything but to delete what it stands for.
func managementPolicies(retained bool) []string {
	if retained {
		return []string{"Observe", "Create", "Update", "LateInitialize"}
	}
	return []string{"*"}
}
