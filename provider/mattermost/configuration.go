package mattermost

import (
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
)

// configuration identifies a provider configuration. A ClusterProviderConfig has no
// namespace.
type configuration struct {
	kind string
	name types.NamespacedName
}

// configurationOf returns the configuration that mg uses.
func configurationOf(mg resource.ModernManaged) configuration {
	ref := mg.GetProviderConfigReference()
	cfg := configuration{kind: ref.Kind, name: types.NamespacedName{Name: ref.Name}}

	if cfg.kind == v1alpha1.ProviderConfigKind {
		cfg.name.Namespace = mg.GetNamespace()
	}

	return cfg
}

// object to read the configuration into, with pointers to its spec and status.
func (c configuration) object() (client.Object, *v1alpha1.ProviderConfigSpec, *v1alpha1.ProviderConfigStatus, error) {
	switch c.kind {
	case v1alpha1.ProviderConfigKind:
		o := &v1alpha1.ProviderConfig{}
		return o, &o.Spec, &o.Status, nil
	case v1alpha1.ClusterProviderConfigKind:
		o := &v1alpha1.ClusterProviderConfig{}
		return o, &o.Spec, &o.Status, nil
	default:
		return nil, nil, nil, errors.Errorf("spec.providerConfigRef.kind must be %s or %s",
			v1alpha1.ProviderConfigKind, v1alpha1.ClusterProviderConfigKind)
	}
}
