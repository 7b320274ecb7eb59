package composetest

import (
	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// UID of every composite resource.
const UID = "0a1b2c3d-0000-4000-8000-000000000000"

// Request of Crossplane, whose objects are in YAML.
type Request struct {
	// Kind and Name of the composite resource. Its namespace is ns, its generation 3.
	Kind, Name string
	// Spec and Status of the composite resource.
	Spec, Status string
	// Observed objects by the name they are composed under. They are as they were applied.
	Observed map[string]string
	// Required objects by requirement: none that was looked for and is not there. Without
	// the map Crossplane has not looked yet.
	Required map[string][]string
}

// Encode the request, or the test fails.
func (r Request) Encode(t Test) *fnv1.RunFunctionRequest {
	t.Helper()
	composite := Document(t, "apiVersion: mattermost.crossplane.io/v1alpha1\nkind: "+r.Kind+"\nmetadata: {name: "+r.Name+", namespace: ns, generation: 3, uid: "+UID+"}")
	composite.Fields["spec"] = structpb.NewStructValue(Document(t, r.Spec))
	composite.Fields["status"] = structpb.NewStructValue(Document(t, r.Status))
	req := &fnv1.RunFunctionRequest{
		Meta:     &fnv1.RequestMeta{Capabilities: []fnv1.Capability{fnv1.Capability_CAPABILITY_REQUIRED_RESOURCES}},
		Observed: &fnv1.State{Composite: &fnv1.Resource{Resource: composite}, Resources: map[string]*fnv1.Resource{}},
	}
	for name, text := range r.Observed {
		req.Observed.Resources[name] = &fnv1.Resource{Resource: Applied(Document(t, text))}
	}
	if r.Required == nil {
		return req
	}
	req.RequiredResources = map[string]*fnv1.Resources{}
	for name, texts := range r.Required {
		found := &fnv1.Resources{}
		for _, text := range texts {
			found.Items = append(found.Items, &fnv1.Resource{Resource: Document(t, text)})
		}
		req.RequiredResources[name] = found
	}
	return req
}

// Looked is what Crossplane found of requirements: one object of some, and nothing of
// others.
func Looked(found map[string]string, requirements ...string) map[string][]string {
	out := map[string][]string{}
	for _, name := range requirements {
		out[name] = nil
	}
	for name, text := range found {
		out[name] = []string{text}
	}
	return out
}
