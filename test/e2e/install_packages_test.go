package e2e

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

// ourPackages is where the manifests say that this project's packages are.
const ourPackages = "ghcr.io/crossplane-mattermost/"

// TestInstallPackages proves that the Configuration's dependencies are met, and that each
// package is there once. A cluster that comes up has nothing but the provider and the
// Configuration installed by hand.
func TestInstallPackages(t *testing.T) {
	revisions := packagesOf(t, "ConfigurationRevision", "spec", "image")
	active := slices.DeleteFunc(revisions, func(r unstructured.Unstructured) bool {
		state, _, _ := unstructured.NestedString(r.Object, "spec", "desiredState")
		return state != "Active"
	})
	if len(active) != 1 {
		t.Fatalf("%d revisions of our Configuration are active, want 1", len(active))
	}
	resolved := map[string]int64{}
	for _, field := range []string{"foundDependencies", "installedDependencies", "invalidDependencies"} {
		if n, _, _ := unstructured.NestedInt64(active[0].Object, "status", field); n != 0 {
			resolved[field] = n
		}
	}
	if diff := cmp.Diff(map[string]int64{"foundDependencies": 2, "installedDependencies": 2}, resolved); diff != "" {
		t.Errorf("dependencies of the Configuration: -want, +got:\n%s", diff)
	}
	installed := map[string]string{}
	for _, kind := range []string{"Configuration", "Function", "Provider"} {
		for _, p := range packagesOf(t, kind, "spec", "package") {
			installed[p.GetName()] = kind
		}
	}
	// Crossplane names what it installs by itself after the repository.
	want := map[string]string{
		"crossplane-mattermost-configuration-mattermost": "Configuration",
		"crossplane-mattermost-function-mattermost":      "Function",
		"crossplane-mattermost-provider-mattermost":      "Provider",
	}
	if diff := cmp.Diff(want, installed); diff != "" {
		t.Errorf("packages of ours: -want, +got:\n%s", diff)
	}
}

// TestInstallActivates proves that Crossplane takes the Configuration's policy of what is
// served of the provider.
func TestInstallActivates(t *testing.T) {
	policy := &unstructured.Unstructured{}
	policy.SetGroupVersionKind(schema.GroupVersionKind{Group: "apiextensions.crossplane.io", Version: "v1alpha1", Kind: "ManagedResourceActivationPolicy"})
	policy.SetName("configuration-mattermost")
	want := []string{"channels.mattermost.m.crossplane.io", "servers.mattermost.m.crossplane.io", "teams.mattermost.m.crossplane.io"}
	if err := kube.Until(t.Context(), changeLimit, func(ctx context.Context) error {
		if err := cluster.Get(ctx, client.ObjectKeyFromObject(policy), policy); err != nil {
			return err
		}
		if status, reason, message := kube.Condition(policy, "Healthy"); status != "True" {
			return errors.Errorf("the policy is not Healthy: %s: %s", reason, message)
		}
		activated, _, err := unstructured.NestedStringSlice(policy.Object, "status", "activated")
		if diff := cmp.Diff(want, activated); diff != "" {
			return errors.Errorf("activated: -want, +got:\n%s", diff)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
}

// packagesOf a kind that come from our repositories, as the field at path says.
func packagesOf(t *testing.T, kind string, path ...string) []unstructured.Unstructured {
	t.Helper()
	list := &unstructured.UnstructuredList{}
	list.SetGroupVersionKind(schema.GroupVersionKind{Group: "pkg.crossplane.io", Version: "v1", Kind: kind + "List"})
	if err := cluster.List(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(list.Items, func(p unstructured.Unstructured) bool {
		source, _, _ := unstructured.NestedString(p.Object, path...)
		return !strings.HasPrefix(source, ourPackages)
	})
}
