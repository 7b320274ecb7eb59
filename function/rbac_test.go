package function_test

import (
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
	var of []*preview.Cluster
	for _, spec := range []string{
		exposed + "}\nreplicas: 2",
		onVolume,
		stored + "{externalVolume: {volumeClaimName: v}}",
		inBucket + following("0 2 * * 6", "0 6 * * 6", ""),
		claimed("{}", "{}"),
		bootstrapped + "channels: [{name: alerts}]}",
	} {
		c := &preview.Cluster{Composite: document(t, manifest), Lookup: preview.CompleteObject, Input: document(t, platform)}
		c.Composite.Fields["spec"] = structpb.NewStructValue(document(t, spec))
		of = append(of, c)
	}
	for kind, backend := range map[string]string{"MattermostDatabase": "database", "MattermostBucket": "bucket"} {
		of = append(of, answering(t, kind, "{"+backend+": {standalone: {}}}"))
	}
	of = append(of, backing(t, backedUp), backing(t, backedUp+daily), wishing(t), restoreCluster(t, restoring, "{}"), restoreCluster(t, restoreFrom+"}", "{}"))
	if diff := cmp.Diff(asked(t, of...), granted(t, "rbac.yaml")); diff != "" {
		t.Errorf("-composed or looked up, +granted:\n%s", diff)
	}
}

// TestRoleGrantsWhatBackendsAskFor compares the role that users of an operator apply
// besides with what its backend really composes and looks up.
func TestRoleGrantsWhatBackendsAskFor(t *testing.T) {
	for file, backend := range map[string]string{
		"rbac-cloudnative-pg.yaml": "{database: {cloudNativePG: {backup: {destinationPath: 's3://backups'}}}}",
	} {
		t.Run(file, func(t *testing.T) {
			native := "installation: chat\nmethod: Native\n"
			besides := asked(t, answering(t, "MattermostDatabase", backend), backing(t, native), backing(t, native+daily),
				restoreCluster(t, restoreDatabase+"}", "{}"), restoreCluster(t, restoreArchive+"}}", "{}"), recoveringNative(t))
			for resource := range granted(t, "rbac.yaml") {
				delete(besides, resource)
			}
			if diff := cmp.Diff(besides, granted(t, file)); diff != "" {
				t.Errorf("-composed or looked up, +granted:\n%s", diff)
			}
		})
	}
}

// recoveringNative restores a backup that the database's operator made.
func recoveringNative(t *testing.T) *preview.Cluster {
	t.Helper()
	c := restoreCluster(t, restoreFrom+"}", "{}")
	lookup := c.Lookup
	c.Lookup = func(kind, name string) *structpb.Struct {
		o := lookup(kind, name)
		if kind == "MattermostBackup" {
			o.Fields["spec"] = structpb.NewStructValue(document(t, "{installation: chat, method: Native}"))
		}
		return o
	}
	return c
}

// backing an installation up.
func backing(t *testing.T, spec string) *preview.Cluster {
	t.Helper()
	c := &preview.Cluster{Composite: document(t, backupManifest), Lookup: preview.CompleteObject, Input: document(t, platform)}
	c.Composite.Fields["spec"] = structpb.NewStructValue(document(t, spec))
	return c
}

// wishing for another version, which needs a backup.
func wishing(t *testing.T) *preview.Cluster {
	t.Helper()
	c := &preview.Cluster{Composite: document(t, manifest), Lookup: preview.CompleteObject, Input: document(t, platform)}
	spec := document(t, inBucket+"version: 11.4.0\nupgrade: {backup: Required}")
	c.Composite.Fields["spec"] = structpb.NewStructValue(spec)
	settle(t, c)
	spec.Fields["version"] = structpb.NewStringValue("11.5.0")
	c.Composite.Fields["spec"] = structpb.NewStructValue(spec)
	return c
}

// answering a claim of a kind by a backend.
func answering(t *testing.T, kind, backend string) *preview.Cluster {
	t.Helper()
	input := document(t, backend)
	input.Fields["apiVersion"] = structpb.NewStringValue("mattermost.fn.crossplane.io/v1beta1")
	input.Fields["kind"] = structpb.NewStringValue("Input")
	return &preview.Cluster{
		Composite: document(t, "{apiVersion: mattermost.crossplane.io/v1alpha1, kind: "+kind+", metadata: {name: chat, namespace: ns}, spec: {}}"),
		Input:     input,
	}
}

// asked of the API server: the verbs for each resource that is composed or looked up.
func asked(t *testing.T, of ...*preview.Cluster) map[string]string {
	t.Helper()
	const manage, read = "create delete get list patch update watch", "get list watch"
	out := map[string]string{}
	for _, c := range of {
		for _, r := range settle(t, c) {
			for _, s := range r.Response.GetRequirements().GetResources() {
				resource := resourceOf(s.GetApiVersion(), s.GetKind())
				if out[resource] == "" {
					out[resource] = read
				}
			}
			for _, d := range r.Response.GetDesired().GetResources() {
				o := compose.NewResource(d.GetResource())
				out[resourceOf(o.String("apiVersion"), o.String("kind"))] = manage
			}
		}
	}
	return out
}

// granted by the role in a file of the packages: the verbs for each resource.
func granted(t *testing.T, file string) map[string]string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "package", file)) //nolint:gosec // A file of this repository.
	if err != nil {
		t.Fatal(err)
	}
	role := &rbacv1.ClusterRole{}
	if err := yaml.UnmarshalStrict(b, role); err != nil {
		t.Fatal(err)
	}
	if role.Labels["rbac.crossplane.io/aggregate-to-crossplane"] != "true" {
		t.Errorf("Crossplane does not take in the role of %s", file)
	}
	out := map[string]string{}
	for _, rule := range role.Rules {
		for _, group := range rule.APIGroups {
			for _, resource := range rule.Resources {
				out[group+"/"+resource] = strings.Join(slices.Sorted(slices.Values(rule.Verbs)), " ")
			}
		}
	}
	return out
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
