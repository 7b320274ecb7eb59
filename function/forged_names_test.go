package function_test

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

// foreignNames asserts that existing objects are never taken over: they are refused and
// stay as they are, whatever is composed already.
func foreignNames(t *testing.T, c *preview.Cluster) {
	t.Helper()
	honest := reconciled(t, copied(c)).GetDesired().GetResources()
	for composed, r := range honest {
		if _, there := c.Composed[composed]; there {
			continue
		}
		o := compose.NewResource(r.GetResource())
		for sort, metadata := range map[string]string{
			"unowned":    "{name: x}",
			"of another": "{name: x, labels: {crossplane.io/composite: " + victim + "}}",
			"controlled": "{name: x, labels: {crossplane.io/composite: " + compose.NewResource(c.Composite).Name() + "}, ownerReferences: [{apiVersion: a/v1, kind: A, name: a, uid: a, controller: true}]}",
		} {
			taken := copied(c)
			foreign := proto.CloneOf(r.GetResource())
			foreign.Fields["metadata"] = structpb.NewStructValue(document(t, strings.Replace(metadata, "x", o.Name(), 1)))
			taken.Objects[preview.Key(o.String("kind"), o.Name())] = foreign
			rsp := reconciled(t, taken)
			if said := composetest.Said(rsp, "Accepted"); !strings.HasPrefix(said, "False NameTaken") || !strings.Contains(said, fmt.Sprintf("%s %q", o.String("kind"), o.Name())) {
				// The Secret of the administrator's login may be the user's own.
				if composed == "administrator" && rsp.GetDesired().GetResources()[composed] == nil {
					continue
				}
				t.Errorf("%s is %s, and it says %s", composed, sort, said)
			}
			for other := range rsp.GetDesired().GetResources() {
				// The installation's Usage is composed while the installation is refused,
				// too.
				if c.Composed[other] == nil && other != "protection" {
					t.Errorf("%s is %s, and %s is composed", composed, sort, other)
				}
			}
			for other, was := range c.Composed {
				kept := rsp.GetDesired().GetResources()[other].GetResource()
				if kept == nil && compose.NewResource(was).String("kind") != "Job" {
					t.Errorf("%s is %s, and %s is deleted", composed, sort, other)
				}
			}
		}
	}
}
