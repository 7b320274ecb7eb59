package function_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

// TestRoleGrantsWhatTheFunctionAsksFor compares the role that users apply with what
// installations of every sort really compose and look up.
func TestRoleGrantsWhatTheFunctionAsksFor(t *testing.T) {
	const manage, read = "create delete get list patch update watch", "get list watch"
	want := map[string]string{}
	var composed []*preview.Cluster
	for _, spec := range []string{
		exposed + "}",
		onVolume,
		stored + "{externalVolume: {volumeClaimName: v}}",
		inBucket + following("0 2 * * 6", "0 6 * * 6", ""),
		claimed("{}", "{}"),
	} {
		c := &preview.Cluster{Composite: document(t, manifest), Lookup: preview.CompleteObject, Input: document(t, platform)}
		c.Composite.Fields["spec"] = structpb.NewStructValue(document(t, spec))
		composed = append(composed, c)
	}
	for kind, backend := range map[string]string{"MattermostDatabase": "database", "MattermostBucket": "bucket"} {
		composed = append(composed, &preview.Cluster{Composite: document(t, "{apiVersion: mattermost.crossplane.io/v1alpha1, kind: "+kind+", metadata: {name: chat, namespace: ns}, spec: {}}"),
			Input: document(t, "{apiVersion: mattermost.fn.crossplane.io/v1beta1, kind: Input, "+backend+": {standalone: {}}}")})
	}
	for _, c := range composed {
		for _, r := range settle(t, c) {
			for _, s := range r.Response.GetRequirements().GetResources() {
				resource := resourceOf(s.GetApiVersion(), s.GetKind())
				if want[resource] == "" {
					want[resource] = read
				}
			}
			for _, d := range r.Response.GetDesired().GetResources() {
				o := compose.NewResource(d.GetResource())
				want[resourceOf(o.String("apiVersion"), o.String("kind"))] = manage
			}
		}
	}

	b, err := os.ReadFile(filepath.Join("..", "package", "rbac.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	role := &rbacv1.ClusterRole{}
	if err := yaml.UnmarshalStrict(b, role); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, rule := range role.Rules {
		for _, group := range rule.APIGroups {
			for _, resource := range rule.Resources {
				got[group+"/"+resource] = strings.Join(slices.Sorted(slices.Values(rule.Verbs)), " ")
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-composed or looked up, +granted (of %v):\n%s", slices.Sorted(maps.Keys(got)), diff)
	}
}

// resourceOf a kind, as roles name it.
func resourceOf(apiVersion, kind string) string {
	group, _, found := strings.Cut(apiVersion, "/")
	if !found {
		group = ""
	}
	plural := strings.ToLower(kind) + "s"
	if strings.HasSuffix(kind, "s") {
		plural = strings.ToLower(kind) + "es"
	}
	return group + "/" + plural
}
