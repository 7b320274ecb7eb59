package function_test

import (
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

// FuzzRunFunction with whatever arrives on the wire.
func FuzzRunFunction(f *testing.F) {
	c := cluster(f)
	running := request(f)
	if _, err := c.Settle(f.Context(), function.New(logging.NewNopLogger())); err != nil {
		f.Fatal(err)
	}
	running.Observed.Resources = map[string]*fnv1.Resource{}
	for name, o := range c.Composed {
		running.Observed.Resources[name] = &fnv1.Resource{Resource: o}
	}
	refused := proto.CloneOf(running)
	refused.GetObserved().GetComposite().GetResource().GetFields()["spec"].GetStructValue().Fields["size"] = structpb.NewStringValue("unknown")
	composite := document(f, backupManifest)
	composite.Fields["spec"] = structpb.NewStructValue(document(f, backedUp))
	backup := &fnv1.RunFunctionRequest{Observed: &fnv1.State{Composite: &fnv1.Resource{Resource: composite}}, RequiredResources: map[string]*fnv1.Resources{"pods": {}}}
	for requirement, kind := range map[string]string{"installation": "MattermostInstallation", "bucket": "MattermostBucket"} {
		backup.RequiredResources[requirement] = &fnv1.Resources{Items: []*fnv1.Resource{{Resource: preview.CompleteObject(kind, "chat")}}}
	}
	for _, req := range []*fnv1.RunFunctionRequest{{}, request(f), running, refused, backup} {
		b, err := proto.Marshal(req)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, wire []byte) {
		req := &fnv1.RunFunctionRequest{}
		if err := proto.Unmarshal(wire, req); err != nil {
			t.Skip("it is no request")
		}
		before := proto.CloneOf(req)
		rsp := run(t, req)
		if !proto.Equal(before, req) {
			t.Error("the request was written to")
		}
		if _, err := proto.Marshal(rsp); err != nil {
			t.Errorf("the response cannot be sent: %v", err)
		}
		if !proto.Equal(rsp, run(t, before)) {
			t.Error("the same request has two answers")
		}
	})
}
