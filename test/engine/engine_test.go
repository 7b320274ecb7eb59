// Package engine steps Crossplane's own reconciler from Go, so that what it deletes,
// and what it reports, is known and not assumed.
package engine

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
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
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

const (
	// asEngine makes the test binary run as Crossplane's render engine.
	asEngine     = "RUN_AS_RENDER_ENGINE"
	functionName = "crossplane-mattermost-function-mattermost"
	composedName = "crossplane.io/composition-resource-name"
)

func TestMain(m *testing.M) {
	if os.Getenv(asEngine) == "" {
		os.Exit(m.Run())
	}
	c := &render.Command{Timeout: timeout}
	if err := errors.Join(c.AfterApply(), c.Run(logging.NewNopLogger())); err != nil {
		_, _ = os.Stderr.WriteString(err.Error())
		os.Exit(render.ExitCodePipelineFatal)
	}
	os.Exit(0)
}

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
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	fnv1.RegisterFunctionRunnerServiceServer(server, function.New(logging.NewNopLogger()))
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)

	b, err := os.ReadFile(filepath.Join("..", "..", "package", "configuration", "composition.yaml"))
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

// reconcile once. The error is what Crossplane says of a fatal result.
func (e *engine) reconcile(ctx context.Context, t *testing.T) (*renderv1alpha1.CompositeOutput, error) {
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
	cmd := exec.CommandContext(ctx, os.Args[0]) //nolint:gosec // This test binary.
	cmd.Env = append(os.Environ(), asEngine+"=1")
	cmd.Stdin = bytes.NewReader(request)
	complaint := &bytes.Buffer{}
	cmd.Stderr = complaint
	answer, runErr := cmd.Output()
	rsp := &renderv1alpha1.RenderResponse{}
	if err := proto.Unmarshal(answer, rsp); err != nil {
		t.Fatal(err)
	}
	if runErr != nil {
		return rsp.GetComposite(), errors.New(complaint.String())
	}
	e.feedBack(rsp.GetComposite())
	return rsp.GetComposite(), nil
}

// feedBack makes what was applied what is observed next.
func (e *engine) feedBack(out *renderv1alpha1.CompositeOutput) {
	next := map[string]*structpb.Struct{}
	for _, applied := range out.GetComposedResources() {
		name := nameOf(applied)
		next[name] = preview.Observed(e.composed[name], applied)
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

// nameOf is the name that an object was composed under.
func nameOf(o *structpb.Struct) string {
	return o.GetFields()["metadata"].GetStructValue().GetFields()["annotations"].GetStructValue().GetFields()[composedName].GetStringValue()
}
