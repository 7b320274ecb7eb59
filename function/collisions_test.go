package function_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

// namespaced is a composite resource of a kind, on a platform.
type namespaced struct{ kind, policy, spec string }

// composites of every kind and backend.
func composites() []namespaced {
	out := []namespaced{
		{"MattermostInstallation", "releases: {channels: {ESR: 11.7.9}}", "version: 11.4.0\ndatabase: {claim: {}}\nfileStore: {local: {enabled: true}}\nbootstrap: {team: {name: core}}\ningress: {enabled: true, host: a.b}"},
		{"MattermostInstallation", "releases: {channels: {ESR: 11.7.9}}", "upgrade: {channel: ESR, window: {opens: 0 2 * * *, closes: 0 4 * * *}}\ndatabase: {claim: {}}\nfileStore: {claim: {}}"},
		{"MattermostBackup", "", backedUp}, {"MattermostBackup", "", backedUp + daily}, {"MattermostRestore", "", restoring + "mattermostDBPassword: x"},
	}
	for _, backend := range []string{"standalone: {}", "providerSQL: {}", "cloudNativePG: {backup: {destinationPath: 's3://b'}}", "rds: {region: eu}", "aurora: {region: eu}", "cloudSQL: {region: eu}", "azure: {region: eu, resourceGroup: g}"} {
		out = append(out, namespaced{"MattermostDatabase", "database: {" + backend + "}", "{}"})
	}
	for _, backend := range []string{"standalone: {}", "awsS3: {region: eu-central-1}", "gcs: {location: EU}", "objectBucketClaim: {storageClassName: c, deletionPolicy: Retain}", "cosi: {bucketClassName: c, bucketAccessClassName: k, deletionPolicy: Retain}", "garage: {clusterRef: {name: g}}"} {
		out = append(out, namespaced{"MattermostBucket", "bucket: {" + backend + "}", "{}"})
	}
	return out
}

// named is the composite resource under a name, among objects that exist.
func (n namespaced) named(t *testing.T, name string, existing map[string]*structpb.Struct) *preview.Cluster {
	t.Helper()
	c := &preview.Cluster{
		Composite: document(t, fmt.Sprintf("{apiVersion: mattermost.crossplane.io/v1alpha1, kind: %s, metadata: {name: %s, namespace: ns, uid: u-%s, generation: 1}}", n.kind, name, name)),
		Input:     document(t, "{apiVersion: mattermost.fn.crossplane.io/v1beta1, kind: Input, "+n.policy+"}"),
		Objects:   existing,
		Lookup:    preview.CompleteObject,
	}
	c.Composite.Fields["spec"] = structpb.NewStructValue(document(t, n.spec))
	if n.kind == "MattermostDatabase" || n.kind == "MattermostBucket" {
		c.Progress = func(o *structpb.Struct) { o.Fields["status"] = structpb.NewStructValue(document(t, settledStatus)) }
	}
	return c
}

// objects that the composite resource brings under a name: what is composed, by any of its calls,
// and what Kubernetes and operators derive from that.
func (n namespaced) objects(t *testing.T, name string) map[string]*structpb.Struct {
	t.Helper()
	out := map[string]*structpb.Struct{}
	for _, r := range settle(t, n.named(t, name, nil)) {
		for _, d := range r.Response.GetDesired().GetResources() {
			o := compose.NewResource(d.GetResource())
			if o.String("kind") == "ServiceAccount" && o.String("apiVersion") != "v1" {
				// A cloud has a kind of that name.
				continue
			}
			own := fmt.Sprintf("[{apiVersion: mattermost.crossplane.io/v1alpha1, kind: %s, name: %s, uid: u-%s, controller: true}]", n.kind, name, name)
			out[preview.Key(o.String("kind"), o.Name())] = owned(t, o.Struct(), own)
			maps.Copy(out, derived(t, o))
		}
	}
	return out
}

// derived objects of a composed one.
func derived(t *testing.T, o compose.Resource) map[string]*structpb.Struct {
	t.Helper()
	out := map[string]*structpb.Struct{}
	add := func(kind, name, owners string) {
		out[preview.Key(kind, name)] = owned(t, document(t, fmt.Sprintf("{apiVersion: v1, kind: %s, metadata: {name: %s}}", kind, name)), owners)
	}
	switch o.String("kind") {
	case "StatefulSet":
		add("PersistentVolumeClaim", "data-"+o.Name()+"-0", "[]")
	case "Cluster":
		if !strings.HasPrefix(o.String("apiVersion"), "postgresql.cnpg.io/") {
			break
		}
		owner := fmt.Sprintf("[{apiVersion: postgresql.cnpg.io/v1, kind: Cluster, name: %s, uid: u, controller: true}]", o.Name())
		add("ServiceAccount", o.Name(), owner)
		add("PersistentVolumeClaim", o.Name()+"-1", owner)
		for _, suffix := range []string{"-rw", "-ro", "-r"} {
			add("Service", o.Name()+suffix, owner)
		}
	}
	return out
}

func owned(t *testing.T, o *structpb.Struct, owners string) *structpb.Struct {
	t.Helper()
	out := proto.CloneOf(o)
	list := document(t, "{owners: "+owners+"}").GetFields()["owners"]
	out.GetFields()["metadata"].GetStructValue().Fields["ownerReferences"] = list
	return out
}

// TestNamesThatAreDerivedAreRefused: two composite resources of different names may need an object of
// the same name, such as Service chat-metrics. The second one is refused, and the message has that name.
func TestNamesThatAreDerivedAreRefused(t *testing.T) {
	nameable := regexp.MustCompile(`^[a-z]([-a-z0-9]{0,43}[a-z0-9])?$`)
	all, collisions := composites(), 0
	known := map[string]map[string]*structpb.Struct{}
	objects := func(i int, name string) map[string]*structpb.Struct {
		key := fmt.Sprint(i, name)
		if _, done := known[key]; !done {
			known[key] = all[i].objects(t, name)
		}
		return known[key]
	}
	for i, first := range all {
		existing := objects(i, "chat")
		for _, name := range derivedNames(existing) {
			if !nameable.MatchString(name) {
				continue
			}
			for j, second := range all {
				shared := sharedKeys(existing, objects(j, name))
				if len(shared) == 0 {
					continue
				}
				collisions++
				assertTaken(t, first, second, name, existing, shared)
				assertTaken(t, second, first, "chat", objects(j, name), shared)
			}
		}
	}
	if collisions == 0 {
		t.Error("no names collide: nothing is proved")
	}
	t.Logf("%d collisions", collisions)
}

// derivedNames are the names of objects that another composite resource may have.
func derivedNames(objects map[string]*structpb.Struct) []string {
	var out []string
	for key := range objects {
		if _, name, _ := strings.Cut(key, "/"); name != "chat" && !strings.Contains(name, ".") {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func sharedKeys(a, b map[string]*structpb.Struct) []string {
	var out []string
	for key := range a {
		if _, both := b[key]; both {
			out = append(out, key)
		}
	}
	return out
}

// assertTaken asserts that the second composite resource is refused by the name of what the first one
// has.
func assertTaken(t *testing.T, first, second namespaced, name string, existing map[string]*structpb.Struct, shared []string) {
	t.Helper()
	c := second.named(t, name, existing)
	settle(t, c)
	accepted := compose.NewResource(c.Composite).Condition("Accepted")
	named := slices.ContainsFunc(shared, func(key string) bool {
		_, object, _ := strings.Cut(key, "/")
		return strings.Contains(accepted.Message, `"`+object+`"`)
	})
	if accepted.Status != compose.False || accepted.Reason != compose.ReasonNameTaken || !named {
		t.Errorf("%s %q {%s} beside %s {%s} needs %v, and Accepted is %s %s: %s",
			second.kind, name, second.policy, first.kind, first.policy, shared, accepted.Status, accepted.Reason, accepted.Message)
	}
}
