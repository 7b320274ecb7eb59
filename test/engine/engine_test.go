// Package engine steps Crossplane's own reconciler from Go, so that what it deletes,
// and what it reports, is known and not assumed.
package engine

import (
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"sigs.k8s.io/yaml"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	"github.com/crossplane/crossplane/v2/cmd/crossplane/render"
	renderv1alpha1 "github.com/crossplane/crossplane/v2/proto/render/v1alpha1"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

const (
	functionName = "crossplane-mattermost-function-mattermost"
	composedName = "crossplane.io/composition-resource-name"
)

// engine is an installation under Crossplane's reconciler.
type engine struct {
	address     string
	composition *structpb.Struct
	composite   *structpb.Struct
	composed    map[string]*structpb.Struct
	secrets     map[string]*structpb.Struct
	// progress changes an object after each reconcile, as controllers would.
	progress func(*structpb.Struct)
}

// start serves the function, and takes the packaged Composition.
func start(t *testing.T, composite map[string]any) *engine {
	t.Helper()
	return startWith(t, "composition.yaml", composite)
}

// startWith another of the packaged Compositions.
func startWith(t *testing.T, file string, composite map[string]any) *engine {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	fnv1.RegisterFunctionRunnerServiceServer(server, function.New(logging.NewNopLogger()))
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)

	b, err := os.ReadFile(filepath.Join("..", "..", "package", "configuration", file)) //nolint:gosec // A file of this repository.
	if err != nil {
		t.Fatal(err)
	}
	composition := map[string]any{}
	if err := yaml.Unmarshal(b, &composition); err != nil {
		t.Fatal(err)
	}
	return &engine{
		address:     listener.Addr().String(),
		composition: structOf(t, composition),
		composite:   structOf(t, composite),
		composed:    map[string]*structpb.Struct{},
		secrets:     map[string]*structpb.Struct{},
		progress:    preview.Succeed,
	}
}

func structOf(t *testing.T, m map[string]any) *structpb.Struct {
	t.Helper()
	s, err := structpb.NewStruct(m)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// reconcile once, and once more if only the conditions were left to the next call, as
// Crossplane does when its own write wakes it. Objects that come or go in that call count as
// those of the next step. The error is what Crossplane says of a fatal result.
func (e *engine) reconcile(t *testing.T) (*renderv1alpha1.CompositeOutput, error) {
	t.Helper()
	before := *e
	out, err := e.reconcileOnce(t)
	if err != nil || proto.Equal(before.composite.GetFields()["status"], e.composite.GetFields()["status"]) {
		return out, err
	}
	once := *e
	then, err := e.reconcileOnce(t)
	if err != nil || !slices.Equal(conditions(before), conditions(once)) || slices.Equal(conditions(once), conditions(*e)) {
		*e = once
		return out, nil
	}
	then.Events = append(out.GetEvents(), then.GetEvents()...)
	then.DeletedResources = append(out.GetDeletedResources(), then.GetDeletedResources()...)
	if !slices.Equal(slices.Sorted(maps.Keys(once.composed)), slices.Sorted(maps.Keys(e.composed))) {
		e.composed = once.composed
		out.Events = then.GetEvents()
		return out, nil
	}
	return then, nil
}

// conditions of the composite, without their times.
func conditions(e engine) (out []string) {
	composite := compose.NewResource(e.composite)
	for _, c := range composite.List("status", "conditions") {
		kind := c.String("type")
		out = append(out, kind+fmt.Sprint(composite.Condition(kind)))
	}
	return out
}

func (e *engine) reconcileOnce(t *testing.T) (*renderv1alpha1.CompositeOutput, error) {
	t.Helper()
	in := &renderv1alpha1.CompositeInput{
		CompositeResource: e.composite,
		Composition:       e.composition,
		Functions:         []*renderv1alpha1.FunctionInput{{Name: functionName, Address: e.address}},
	}
	for _, o := range e.composed {
		in.ObservedResources = append(in.ObservedResources, o)
	}
	for _, s := range e.secrets {
		in.RequiredResources = append(in.RequiredResources, s)
	}
	request, err := proto.Marshal(&renderv1alpha1.RenderRequest{Input: &renderv1alpha1.RenderRequest_Composite{Composite: in}})
	if err != nil {
		t.Fatal(err)
	}
	answer, runErr := rendered(t, request)
	rsp := &renderv1alpha1.RenderResponse{}
	if err := proto.Unmarshal(answer, rsp); err != nil {
		t.Fatal(err)
	}
	if runErr != nil {
		return rsp.GetComposite(), runErr
	}
	e.feedBack(rsp.GetComposite())
	return rsp.GetComposite(), nil
}

// rendered by Crossplane's own command, which reads a request from standard input and
// answers on standard output: here, from and to files.
func rendered(t *testing.T, request []byte) ([]byte, error) {
	t.Helper()
	in, out := temporary(t), temporary(t)
	defer func() { _ = errors.Join(in.Close(), out.Close()) }()
	if _, err := in.Write(request); err != nil {
		t.Fatal(err)
	}
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	stdin, stdout := os.Stdin, os.Stdout
	os.Stdin, os.Stdout = in, out
	c := &render.Command{Timeout: timeout}
	prepareErr := c.AfterApply()
	os.Stdin, os.Stdout = stdin, stdout
	runErr := errors.Join(prepareErr, c.Run(logging.NewNopLogger()))
	if _, err := out.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(out)
	if err != nil {
		t.Fatal(err)
	}
	return answer, runErr
}

// temporary file that has no name any more.
func temporary(t *testing.T) *os.File {
	t.Helper()
	f, err := os.CreateTemp("", "render")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(f.Name()); err != nil {
		t.Fatal(err)
	}
	return f
}

// feedBack makes what was applied what is observed next.
func (e *engine) feedBack(out *renderv1alpha1.CompositeOutput) {
	next := map[string]*structpb.Struct{}
	for _, applied := range out.GetComposedResources() {
		name := nameOf(applied)
		next[name] = preview.Observed(e.composed[name], applied)
		keepUID(next[name], e.composed[name])
		e.progress(next[name])
	}
	e.composed = next
	status := out.GetCompositeResource().GetFields()["status"]
	e.composite = proto.CloneOf(e.composite)
	e.composite.Fields["status"] = status
	refs := out.GetCompositeResource().GetFields()["spec"].GetStructValue().GetFields()["crossplane"]
	if refs != nil {
		e.composite.GetFields()["spec"].GetStructValue().Fields["crossplane"] = refs
	}
}

// keepUID of an object that existed before.
func keepUID(now, before *structpb.Struct) {
	if uid, ok := before.GetFields()["metadata"].GetStructValue().GetFields()["uid"]; ok {
		now.GetFields()["metadata"].GetStructValue().Fields["uid"] = uid
	}
}

// nameOf is the name that an object was composed under.
func nameOf(o *structpb.Struct) string {
	return o.GetFields()["metadata"].GetStructValue().GetFields()["annotations"].GetStructValue().GetFields()[composedName].GetStringValue()
}
