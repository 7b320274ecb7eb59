package image

import "github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"

// An Operator is one of others that answers claims, and what it needs in the cluster.
type Operator struct {
	// Name of the operator.
	Name string
	// Images of the operator and of what it runs.
	Images []Image
	// Build of the operator, whose Go module has the manifest.
	Build artifact.GoBuild
	// Manifest is the file of the module that installs the operator.
	Manifest string
	// Role is the file of this repository that lets Crossplane compose its kinds.
	Role string
	// Namespace and Deployment are where the manifest runs it.
	Namespace, Deployment string
}

// Operators are those that can be made.
func Operators() ([]Operator, error) {
	server, err := CloudNativePGServer()
	if err != nil {
		return nil, err
	}
	return []Operator{{
		Name:       cloudNativePG,
		Images:     []Image{CloudNativePG(), server},
		Build:      artifact.CloudNativePG(),
		Manifest:   "releases/cnpg-" + artifact.CloudNativePGVersion + ".yaml",
		Role:       "package/rbac-cloudnative-pg.yaml",
		Namespace:  "cnpg-system",
		Deployment: "cnpg-controller-manager",
	}}, nil
}
