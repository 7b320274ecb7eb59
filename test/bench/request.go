package main

import (
	"context"
	_ "embed"
	"maps"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"sigs.k8s.io/yaml"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

//go:embed installation.yaml
var installationYAML []byte

//go:embed input.yaml
var inputYAML []byte

//go:embed live.yaml
var liveYAML []byte

// steadyRequest is what Crossplane sends, again and again, for an installation that
// runs. What is observed is not written down but
// arrived at: the function itself installs.
func steadyRequest(ctx context.Context) (*fnv1.RunFunctionRequest, error) {
	composite, err := parse(installationYAML)
	if err != nil {
		return nil, err
	}
	input, err := parse(inputYAML)
	if err != nil {
		return nil, err
	}
	live, err := parse(liveYAML)
	if err != nil {
		return nil, err
	}
	cluster := &preview.Cluster{Composite: composite, Input: input, Lookup: preview.CompleteObject}
	last := &recorder{next: function.New(logging.NewNopLogger())}
	if _, err := cluster.Settle(ctx, last); err != nil {
		return nil, errors.Wrap(err, "cannot install")
	}
	req := proto.CloneOf(last.request)
	bringToLife(req, live)
	return req, steady(ctx, req)
}

// bringToLife adds to every object of a request what a real cluster adds to it.
func bringToLife(req *fnv1.RunFunctionRequest, live *structpb.Struct) {
	added := func(to string) *structpb.Struct { return live.GetFields()[to].GetStructValue() }
	complete(req.GetObserved().GetComposite().GetResource(), added("Condition"), live.GetFields()["Conditions"].GetListValue())
	for _, composed := range req.GetObserved().GetResources() {
		layOver(composed.GetResource(), added("Composed"))
		layOver(composed.GetResource(), added(composed.GetResource().GetFields()["kind"].GetStringValue()))
	}
	for _, required := range req.GetRequiredResources() {
		for _, item := range required.GetItems() {
			layOver(item.GetResource(), added(item.GetResource().GetFields()["kind"].GetStringValue()))
		}
	}
}

// complete the conditions of a composite: each of the function's with what Crossplane
// adds to it, and all of them with Crossplane's own.
func complete(composite, each *structpb.Struct, more *structpb.ListValue) {
	conditions := composite.GetFields()["status"].GetStructValue().GetFields()["conditions"].GetListValue()
	for _, c := range conditions.GetValues() {
		layOver(c.GetStructValue(), each)
	}
	conditions.Values = append(conditions.GetValues(), more.GetValues()...)
}

// steady fails unless everything that can be composed is there, ready, and nothing
// about it is news.
func steady(ctx context.Context, req *fnv1.RunFunctionRequest) error {
	rsp, err := function.New(logging.NewNopLogger()).RunFunction(ctx, req)
	if err != nil {
		return errors.Wrap(err, "cannot run the function")
	}
	if news := rsp.GetResults(); len(news) > 0 {
		return errors.Errorf("cannot measure a steady state: the function announces %q", news[0].GetMessage())
	}
	want := []string{"claim", "deployment", "ingress", "metrics-service", "pod-disruption-budget", "protection", "service", "service-account"}
	observed := slices.Sorted(maps.Keys(req.GetObserved().GetResources()))
	desired := slices.Sorted(maps.Keys(rsp.GetDesired().GetResources()))
	if !slices.Equal(want, observed) || !slices.Equal(want, desired) {
		return errors.Errorf("cannot measure a steady state: observed are %s, and desired %s", strings.Join(observed, ", "), strings.Join(desired, ", "))
	}
	for name, r := range rsp.GetDesired().GetResources() {
		if r.GetReady() != fnv1.Ready_READY_TRUE {
			return errors.Errorf("cannot measure a steady state: %s is not ready", name)
		}
	}
	return nil
}

// recorder remembers the last request.
type recorder struct {
	fnv1.UnimplementedFunctionRunnerServiceServer

	next    fnv1.FunctionRunnerServiceServer
	request *fnv1.RunFunctionRequest
}

// RunFunction passes a request on.
func (r *recorder) RunFunction(ctx context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
	r.request = req
	return r.next.RunFunction(ctx, req)
}

func parse(document []byte) (*structpb.Struct, error) {
	m := map[string]any{}
	if err := yaml.Unmarshal(document, &m); err != nil {
		return nil, errors.Wrap(err, "cannot parse the request's parts")
	}
	s, err := structpb.NewStruct(m)
	return s, errors.Wrap(err, "cannot convert the request's parts")
}

// layOver an object what others add to it.
func layOver(object, added *structpb.Struct) {
	for k, v := range added.GetFields() {
		object.Fields[k] = laidOver(object.GetFields()[k], v)
	}
}

// laidOver is a value with what others add to it: objects field by field, lists
// item by item.
func laidOver(was, added *structpb.Value) *structpb.Value {
	switch {
	case was.GetStructValue() != nil && added.GetStructValue() != nil:
		if was.GetStructValue().Fields == nil {
			was.GetStructValue().Fields = map[string]*structpb.Value{}
		}
		layOver(was.GetStructValue(), added.GetStructValue())
		return was
	case was.GetListValue() != nil && added.GetListValue() != nil:
		items := was.GetListValue()
		for i, item := range added.GetListValue().GetValues() {
			if i == len(items.GetValues()) {
				items.Values = append(items.Values, &structpb.Value{})
			}
			items.Values[i] = laidOver(items.GetValues()[i], item)
		}
		return was
	}
	return proto.CloneOf(added)
}
