// Package database composes a MattermostDatabase: whatever the platform chose to
// answer it, with a connection in its status that does not tell which. A backend is
// one file.
package database

import (
	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

// DefaultName of a database, and of the role that owns it.
const DefaultName = "mattermost"

// gathered is everything that decisions about one database rest on.
type gathered struct {
	state           compose.State
	name, namespace string
	spec            v1alpha1.MattermostDatabaseSpec
	policy          v1beta1.Input
	// told says whether the status already has a connection of this backend.
	told bool
}

type (
	backend   = provision.Backend[gathered, v1alpha1.DatabaseConnection]
	candidate = provision.Candidate[gathered, v1alpha1.DatabaseConnection]
)

// Compose answers for one MattermostDatabase. It fails only where no answer would be
// safe.
func Compose(s compose.State, policy *v1beta1.Input) (*fnv1.RunFunctionResponse, error) {
	composite := s.Composite()
	g := gathered{state: s, name: composite.Name(), namespace: composite.String("metadata", "namespace"), policy: *policy}
	if err := composite.Decode(&g.spec, "spec"); err != nil {
		return nil, errors.Wrap(err, "cannot read spec")
	}
	b, err := chosen(policy.Database)
	if err != nil {
		return nil, err
	}
	g.told = provision.Told(s, b.Name)
	return provision.Compose(s, g, b)
}

// chosen backend of the platform.
func chosen(policy *v1beta1.DatabaseBackend) (backend, error) {
	if policy == nil {
		policy = &v1beta1.DatabaseBackend{}
	}
	return provision.Choose("database",
		candidate{Named: policy.Standalone != nil, Make: standalone},
		candidate{Named: policy.Existing != nil, Make: existing},
		candidate{Named: policy.ProviderSQL != nil, Make: providerSQL},
		candidate{Named: policy.CloudNativePG != nil, Make: cloudNativePG},
		candidate{Named: policy.RDS != nil, Make: rds},
		candidate{Named: policy.Aurora != nil, Make: aurora},
		candidate{Named: policy.CloudSQL != nil, Make: cloudSQL},
		candidate{Named: policy.Azure != nil, Make: azure},
	)
}

func databaseName(g gathered) string {
	if g.spec.DatabaseName != "" {
		return g.spec.DatabaseName
	}
	return DefaultName
}
