package function_test

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"

	"github.com/crossplane-mattermost/crossplane-mattermost/function"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

// disguised is an object of a kind that a tenant may create, which spec.crossplane.resourceRefs
// of a composite resource and its own annotation give out as a composed one.
const disguised = `{apiVersion: mattermost.m.crossplane.io/v1alpha1, kind: KIND, metadata: {name: NAME, namespace: ns, annotations: {crossplane.io/external-name: tenant-b-victim}},
	spec: {forProvider: {displayName: X}, providerConfigRef: {kind: ClusterProviderConfig, name: tenant-b-victim}}}`

// TestDisguisedObjectsGiveNothing puts an object that somebody else made in the place of each
// composed one: of another kind, and of the same kind under another name.
func TestDisguisedObjectsGiveNothing(t *testing.T) {
	for tenant, c := range tenants(t) {
		t.Run(tenant, func(t *testing.T) {
			all := stages(t, c)
			composed := all["settled"].Composed
			if len(composed) == 0 && !strings.HasSuffix(tenant, " Existing") {
				t.Fatal("nothing is composed")
			}
			for stage, of := range all {
				for name, o := range composed {
					refusesInstead(t, of, stage, name, disguisedAs(t, o))
				}
				for name, o := range of.Composed {
					other := proto.CloneOf(o)
					other.GetFields()["metadata"].GetStructValue().Fields["name"] = structpb.NewStringValue(victim)
					leavesAlone(t, of, stage, name, other)
				}
			}
		})
	}
}

// disguisedAs a composed object, of another kind.
func disguisedAs(t *testing.T, o *structpb.Struct) *structpb.Struct {
	t.Helper()
	was := compose.NewResource(o)
	kind := "Team"
	if was.String("kind") == kind {
		kind = "User"
	}
	return document(t, strings.NewReplacer("KIND", kind, "NAME", was.Name()).Replace(disguised))
}

// refusesInstead fails unless nothing at all is composed while another object is observed
// under a name, and the error says where to look.
func refusesInstead(t *testing.T, c *preview.Cluster, stage, name string, other *structpb.Struct) {
	t.Helper()
	if _, err := instead(t, c, name, other); err == nil || !strings.Contains(err.Error(), "spec.crossplane.resourceRefs") {
		t.Errorf("%s: %s, which is observed as %q, is taken for what is composed: error %v", stage, named(other), name, err)
	}
}

// leavesAlone fails if anything is composed of another object that is observed under a
// name, but that object as it is.
func leavesAlone(t *testing.T, c *preview.Cluster, stage, name string, other *structpb.Struct) {
	t.Helper()
	r, err := instead(t, c, name, other)
	if err != nil {
		return
	}
	for composed, o := range r.Response.GetDesired().GetResources() {
		same := composed == name && named(o.GetResource()) == named(other)
		if !same && strings.Contains(o.GetResource().String(), victim) {
			t.Errorf("%s: %s, which is observed as %q, is in what is composed as %q", stage, named(other), name, composed)
		}
	}
}

func instead(t *testing.T, c *preview.Cluster, name string, other *structpb.Struct) (preview.Reconciled, error) {
	t.Helper()
	forged := copied(c)
	if forged.Composed == nil {
		forged.Composed = map[string]*structpb.Struct{}
	}
	forged.Composed[name] = other
	return forged.Reconcile(t.Context(), function.New(logging.NewNopLogger()))
}
