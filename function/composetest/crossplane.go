package composetest

import (
	"strings"

	"google.golang.org/protobuf/proto"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// mostCalls is how often Crossplane calls a function in one reconcile, at most.
const mostCalls = 6

// Asked lets a composer answer a request as Crossplane does: it is called again after
// Crossplane has looked up the names of the objects that it composes. Names are free unless
// the request contains an object for them.
func Asked(t Test, req *fnv1.RunFunctionRequest, composer func(compose.State) (*fnv1.RunFunctionResponse, error)) (*fnv1.RunFunctionResponse, error) {
	t.Helper()
	if req.GetMeta() == nil {
		req = proto.CloneOf(req)
		req.Meta = &fnv1.RequestMeta{Capabilities: []fnv1.Capability{fnv1.Capability_CAPABILITY_REQUIRED_RESOURCES}}
	}
	return Answered(t, req, func(req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
		return composer(compose.NewState(req))
	})
}

// Answered does the same for a function.
func Answered(t Test, req *fnv1.RunFunctionRequest, function func(*fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error)) (*fnv1.RunFunctionResponse, error) {
	t.Helper()
	req = proto.CloneOf(req)
	for range mostCalls {
		rsp, err := function(req)
		if err != nil || !look(req, rsp) {
			return rsp, err
		}
	}
	t.Fatalf("it requires ever more")
	return nil, nil //nolint:nilnil // The test failed.
}

// look up names, and say whether there was a new one.
func look(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) bool {
	again := false
	for name := range rsp.GetRequirements().GetResources() {
		if _, asked := req.GetRequiredResources()[name]; asked || !strings.HasPrefix(name, compose.RequirementName) {
			continue
		}
		if req.GetRequiredResources() == nil {
			req.RequiredResources = map[string]*fnv1.Resources{}
		}
		req.RequiredResources[name] = &fnv1.Resources{}
		again = true
	}
	return again
}
