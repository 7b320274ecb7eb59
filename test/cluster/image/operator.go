package image

import "github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"

// cloudNativePGNamespace is where the manifests of CloudNativePG and of its plugins run
// them.
const cloudNativePGNamespace = "cnpg-system"

// An Operator is one of others that answers claims, and what it needs in the cluster.
type Operator struct {
	// Name of the operator.
	Name string
	// Needs names the operator that has to run before this one, if any.
	Needs string
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

// Operators are those that can be made, each after the one that it needs.
func Operators() ([]Operator, error) {
	server, err := CloudNativePGServer()
	if err != nil {
		return nil, err
	}
	const role = "package/rbac-cloudnative-pg.yaml"
	return []Operator{{
		Name:       cloudNativePG,
		Images:     []Image{CloudNativePG(), server},
		Build:      artifact.CloudNativePG(),
		Manifest:   "releases/cnpg-" + artifact.CloudNativePGVersion + ".yaml",
		Role:       role,
		Namespace:  cloudNativePGNamespace,
		Deployment: "cnpg-controller-manager",
	}, {
		Name:       barmanCloud,
		Needs:      cloudNativePG,
		Images:     []Image{BarmanCloud()},
		Build:      artifact.BarmanCloud(),
		Manifest:   "manifest.yaml",
		Role:       role,
		Namespace:  cloudNativePGNamespace,
		Deployment: "barman-cloud",
	}}, nil
}
