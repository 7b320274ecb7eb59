package packages_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"
)

func TestRoleGrantsWhatIsComposed(t *testing.T) {
	b, err := os.ReadFile("rbac.yaml")
	if err != nil {
		t.Fatal(err)
	}
	role := &rbacv1.ClusterRole{}
	if err := yaml.UnmarshalStrict(b, role); err != nil {
		t.Fatal(err)
	}
	if role.Labels["rbac.crossplane.io/aggregate-to-crossplane"] != "true" {
		t.Error("the role is not aggregated to Crossplane's")
	}
	const manage, read = "create delete get list patch update watch", "get list watch"
	want := map[string]string{
		"apps/deployments":            manage,
		"batch/jobs":                  manage,
		"networking.k8s.io/ingresses": manage,
		"/persistentvolumeclaims":     manage,
		"/services":                   manage,
		"/serviceaccounts":            manage,
		"/secrets":                    read,
	}
	got := map[string]string{}
	for _, r := range role.Rules {
		for _, resource := range r.Resources {
			verbs := slices.Sorted(slices.Values(r.Verbs))
			got[r.APIGroups[0]+"/"+resource] = strings.Join(verbs, " ")
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-composed and required, +granted:\n%s", diff)
	}
}
