package main

import (
	"encoding/json"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	v1 "github.com/crossplane/crossplane/apis/v2/apiextensions/v1"
	v2 "github.com/crossplane/crossplane/apis/v2/apiextensions/v2"
	extv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/utils/ptr"
)

// legacyGroup keeps claims apart from the composite resources of the same kind, so
// that a platform may offer both.
const legacyGroup = "claims.mattermost.crossplane.io"

// legacyDefinition is a definition in the terms of Crossplane's first version: a
// cluster-scoped composite resource, whose name begins with x as is the custom, and a
// claim of it in users' namespaces.
func legacyDefinition(xrd *v2.CompositeResourceDefinition) (*v1.CompositeResourceDefinition, error) {
	// Both versions have the same fields.
	j, err := json.Marshal(xrd)
	if err != nil {
		return nil, errors.Wrap(err, "cannot encode the definition")
	}

	legacy := &v1.CompositeResourceDefinition{}
	if err := json.Unmarshal(j, legacy); err != nil {
		return nil, errors.Wrap(err, "cannot decode the definition")
	}

	claim := legacy.Spec.Names
	// Short names of two groups would stand for either.
	short := make([]string, 0, len(claim.ShortNames))
	for _, name := range claim.ShortNames {
		short = append(short, name+"c")
	}

	claim.ShortNames = short
	legacy.APIVersion = v1.SchemeGroupVersion.String()
	legacy.Name = "x" + claim.Plural + "." + legacyGroup
	legacy.Spec.Group = legacyGroup
	legacy.Spec.Scope = ptr.To(v1.CompositeResourceScopeLegacyCluster)
	legacy.Spec.ClaimNames = &claim
	legacy.Spec.Names = extv1.CustomResourceDefinitionNames{
		Kind: "X" + claim.Kind, Plural: "x" + claim.Plural, Singular: "x" + claim.Singular, Categories: claim.Categories,
	}
	legacy.Spec.DefaultCompositionRef = &v1.CompositionReference{Name: legacy.Name}

	return legacy, nil
}
