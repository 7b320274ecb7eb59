// Package preview plays reconciles of a composite resource against an imagined
// cluster in which everything succeeds: what the function desires is there in the
// next reconcile, Jobs complete, Deployments roll out, volumes bind.
package preview

import (
	"context"
	"maps"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// maxLookups is how often Crossplane asks a function again, in one reconcile, for
// what it requires.
const maxLookups = 6

// Cluster is the imagined cluster. Its zero value is an empty one.
type Cluster struct {
	// Composite is the composite resource, with status and conditions.
	Composite *structpb.Struct
	// Input of the function, nil for none.
	Input *structpb.Struct
	// Objects that exist and are not composed, by kind and name.
	Objects map[string]*structpb.Struct
	// Lookup simulates a required object that is not among Objects. If it is nil or returns
	// nil, there is none. Names of composed objects are free.
	Lookup func(kind, name string) *structpb.Struct
	// Composed objects, by the name they are composed under.
	Composed map[string]*structpb.Struct
	// Progress changes an object after each reconcile, as controllers would; nil is
	// Succeed.
	Progress func(object *structpb.Struct)
}

// Reconciled is what one reconcile did.
type Reconciled struct {
	// Response of the function.
	Response *fnv1.RunFunctionResponse
	// Came and Went are the names of objects that were composed, or deleted, sorted.
	Came, Went []string
	// Changed says whether any object that was there is different now.
	Changed bool
}

// Key of an object among Objects.
func Key(kind, name string) string { return kind + "/" + name }

// Reconcile once with a function. It fails when the function's result is fatal, and
// then, like Crossplane, changes nothing.
func (c *Cluster) Reconcile(ctx context.Context, f fnv1.FunctionRunnerServiceServer) (Reconciled, error) {
	req := c.request()
	var rsp *fnv1.RunFunctionResponse
	for range maxLookups {
		var err error
		if rsp, err = f.RunFunction(ctx, req); err != nil {
			return Reconciled{}, errors.Wrap(err, "cannot run the function")
		}
		for _, r := range rsp.GetResults() {
			if r.GetSeverity() == fnv1.Severity_SEVERITY_FATAL {
				return Reconciled{Response: rsp}, errors.New(r.GetMessage())
			}
		}
		if !c.lookUp(req, rsp) {
			break
		}
	}
	return c.apply(rsp), nil
}

func (c *Cluster) request() *fnv1.RunFunctionRequest {
	req := &fnv1.RunFunctionRequest{
		Meta: &fnv1.RequestMeta{Tag: "preview", Capabilities: []fnv1.Capability{
			fnv1.Capability_CAPABILITY_CAPABILITIES,
			fnv1.Capability_CAPABILITY_REQUIRED_RESOURCES,
			fnv1.Capability_CAPABILITY_CONDITIONS,
		}},
		Input:             c.Input,
		Observed:          &fnv1.State{Composite: &fnv1.Resource{Resource: c.Composite}, Resources: map[string]*fnv1.Resource{}},
		RequiredResources: map[string]*fnv1.Resources{},
	}
	for name, o := range c.Composed {
		req.Observed.Resources[name] = &fnv1.Resource{Resource: o}
	}
	return req
}

// lookUp what the function requires, and say whether it must be asked again.
func (c *Cluster) lookUp(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) bool {
	again := false
	for name, selector := range rsp.GetRequirements().GetResources() {
		if _, asked := req.GetRequiredResources()[name]; asked {
			continue
		}
		again = true
		req.RequiredResources[name] = c.find(selector, !strings.HasPrefix(name, compose.RequirementName))
	}
	return again
}

// find the objects that a selector matches: one by name, which may be simulated, or all
// with some labels.
func (c *Cluster) find(selector *fnv1.ResourceSelector, imagined bool) *fnv1.Resources {
	found := &fnv1.Resources{}
	if selector.GetMatchLabels() != nil {
		for _, key := range slices.Sorted(maps.Keys(c.Objects)) {
			if strings.HasPrefix(key, Key(selector.GetKind(), "")) && labelled(c.Objects[key], selector.GetMatchLabels().GetLabels()) {
				found.Items = append(found.Items, &fnv1.Resource{Resource: c.Objects[key]})
			}
		}
		return found
	}
	object := c.Objects[Key(selector.GetKind(), selector.GetMatchName())]
	if object == nil && imagined && c.Lookup != nil {
		object = c.Lookup(selector.GetKind(), selector.GetMatchName())
	}
	if object != nil {
		found.Items = []*fnv1.Resource{{Resource: object}}
	}
	return found
}

func labelled(object *structpb.Struct, labels map[string]string) bool {
	has := object.GetFields()["metadata"].GetStructValue().GetFields()["labels"].GetStructValue().GetFields()
	for k, v := range labels {
		if has[k].GetStringValue() != v {
			return false
		}
	}
	return true
}

// apply what is desired, delete what is not, and let time pass.
func (c *Cluster) apply(rsp *fnv1.RunFunctionResponse) Reconciled {
	out := Reconciled{Response: rsp}
	desired := rsp.GetDesired().GetResources()
	next := map[string]*structpb.Struct{}
	for _, name := range slices.Sorted(maps.Keys(desired)) {
		was, existed := c.Composed[name]
		if !existed {
			out.Came = append(out.Came, name)
		}
		next[name] = Observed(was, desired[name].GetResource())
		c.progress(next[name])
		out.Changed = out.Changed || existed && !proto.Equal(was, next[name])
	}
	for _, name := range slices.Sorted(maps.Keys(c.Composed)) {
		if _, kept := next[name]; !kept {
			out.Went = append(out.Went, name)
		}
	}
	c.Composed = next
	c.report(rsp)
	return out
}

func (c *Cluster) progress(object *structpb.Struct) {
	if c.Progress != nil {
		c.Progress(object)
		return
	}
	Succeed(object)
}

// report status and conditions on the composite, as Crossplane does.
func (c *Cluster) report(rsp *fnv1.RunFunctionResponse) {
	composite := proto.CloneOf(c.Composite)
	status := rsp.GetDesired().GetComposite().GetResource().GetFields()["status"].GetStructValue()
	if status == nil {
		status = &structpb.Struct{}
	}
	status = proto.CloneOf(status)
	if status.Fields == nil {
		status.Fields = map[string]*structpb.Value{}
	}
	var conditions []*structpb.Value
	for _, k := range rsp.GetConditions() {
		conditions = append(conditions, object(map[string]*structpb.Value{
			"type":    structpb.NewStringValue(k.GetType()),
			"status":  structpb.NewStringValue(map[fnv1.Status]string{fnv1.Status_STATUS_CONDITION_TRUE: "True", fnv1.Status_STATUS_CONDITION_FALSE: "False"}[k.GetStatus()]),
			"reason":  structpb.NewStringValue(k.GetReason()),
			"message": structpb.NewStringValue(k.GetMessage()),
		}))
	}
	status.Fields["conditions"] = structpb.NewListValue(&structpb.ListValue{Values: conditions})
	composite.Fields["status"] = structpb.NewStructValue(status)
	c.Composite = composite
}

func object(fields map[string]*structpb.Value) *structpb.Value {
	return structpb.NewStructValue(&structpb.Struct{Fields: fields})
}

// Settle reconciles until nothing comes, goes, changes or is announced, and returns
// what each reconcile did.
func (c *Cluster) Settle(ctx context.Context, f fnv1.FunctionRunnerServiceServer) ([]Reconciled, error) {
	const enough = 20
	var out []Reconciled
	for range enough {
		r, err := c.Reconcile(ctx, f)
		if err != nil {
			return out, err
		}
		out = append(out, r)
		if len(r.Came) == 0 && len(r.Went) == 0 && !r.Changed && len(r.Response.GetResults()) == 0 {
			return out, nil
		}
	}
	return out, errors.Errorf("cannot settle: things still change after %d reconciles", enough)
}
