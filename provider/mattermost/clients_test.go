package mattermost

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
)

// TestClientsOfDeletedConfigurationsAreForgotten creates and deletes a configuration again
// and again, each of another name. Nothing of a deleted one is used any more.
func TestClientsOfDeletedConfigurationsAreForgotten(t *testing.T) {
	objects := cluster{"*v1.Secret ns/login": secret(map[string]string{"token": "t"})}
	c := objects.connector()

	for i := range 20 {
		mg := team("ns", v1alpha1.ProviderConfigKind)
		mg.Spec.ProviderConfigReference.Name = fmt.Sprintf("chat-%d", i)
		name := "*v1alpha1.ProviderConfig ns/" + mg.Spec.ProviderConfigReference.Name
		objects[name] = &v1alpha1.ProviderConfig{Spec: spec()}

		if _, err := c.Connect(t.Context(), mg); err != nil {
			t.Fatal(err)
		}

		delete(objects, name)
	}

	if diff := cmp.Diff(1, len(c.clients)); diff != "" {
		t.Errorf("clients: -want, +got:\n%s", diff)
	}
}
