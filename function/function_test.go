package function_test

import (
	"encoding/base64"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

func TestFatal(t *testing.T) {
	input := func(text string) *fnv1.RunFunctionRequest {
		req := request(t)
		req.Input = document(t, text)
		return req
	}
	cases := map[string]struct {
		reason string
		req    *fnv1.RunFunctionRequest
		want   string
	}{
		"Nil":   {reason: "No request at all.", want: `cannot compose kind "" of ""`},
		"Empty": {reason: "A request of nothing.", req: &fnv1.RunFunctionRequest{}, want: `cannot compose kind "" of ""`},
		"UnknownKind": {
			reason: "Another kind is left to another function.",
			req:    &fnv1.RunFunctionRequest{Observed: &fnv1.State{Composite: &fnv1.Resource{Resource: document(t, "kind: Other")}}},
			want:   `cannot compose kind "Other" of "": this function composes MattermostBackup, MattermostBucket, MattermostDatabase, MattermostInstallation, MattermostRestore of mattermost.crossplane.io/v1alpha1`,
		},
		"UnknownGroup": {
			reason: "A kind of the same name is another API.",
			req: func() *fnv1.RunFunctionRequest {
				req := request(t)
				req.GetObserved().GetComposite().GetResource().Fields["apiVersion"] = structpb.NewStringValue("example.org/v1")
				return req
			}(),
			want: `cannot compose kind "MattermostInstallation" of "example.org/v1"`,
		},
		"UnknownPolicy": {
			reason: "A policy with a typing error is not half obeyed.",
			req:    input("{apiVersion: mattermost.fn.crossplane.io/v1beta1, kind: Input, sizess: []}"),
			want:   "cannot read the function's input in the Composition",
		},
		"AnotherSpec": {
			reason: "A spec of other types.",
			req: func() *fnv1.RunFunctionRequest {
				req := request(t)
				req.GetObserved().GetComposite().GetResource().Fields["spec"] = structpb.NewStructValue(document(t, "replicas: many"))
				return req
			}(),
			want: "cannot read spec",
		},
		"NoLookup": {
			reason: "A Crossplane that cannot look Secrets up.",
			req:    &fnv1.RunFunctionRequest{Observed: &fnv1.State{Composite: &fnv1.Resource{Resource: document(t, manifest)}}},
			want:   "cannot look up Secrets: this Crossplane does not support required resources; use Crossplane 2.4 or later",
		},
		"NothingToKeepBy": {
			reason: "What was applied before is not known any more.",
			req: func() *fnv1.RunFunctionRequest {
				req := request(t)
				delete(req.GetRequiredResources(), "secret/db")
				req.Observed.Resources = map[string]*fnv1.Resource{"service": {Resource: document(t, "{apiVersion: v1, kind: Service, metadata: {name: chat}}")}}
				return req
			}(),
			want: `cannot compose "service": cannot keep Service "chat" as it is`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if tc.req != nil {
				tc.req.Desired = &fnv1.State{Resources: map[string]*fnv1.Resource{"of another step": {}}}
			}
			rsp := run(t, tc.req)
			if len(rsp.GetResults()) != 1 || rsp.GetResults()[0].GetSeverity() != fnv1.Severity_SEVERITY_FATAL {
				t.Fatalf("%s\nresults are %v, want one that is fatal", tc.reason, rsp.GetResults())
			}
			if got := rsp.GetResults()[0].GetMessage(); !strings.Contains(got, tc.want) {
				t.Errorf("%s\nthe message does not say %q: %s", tc.reason, tc.want, got)
			}
			if diff := cmp.Diff(tc.req.GetDesired(), rsp.GetDesired(), protocmp.Transform()); diff != "" {
				t.Errorf("%s\ndesired is not as it came, -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestFirstCallOnlyRequires(t *testing.T) {
	req := request(t)
	req.RequiredResources = nil
	rsp := run(t, req)
	want := []string{"restores", "secret/db", "secret/env", "secret/files", "secret/license", "secret/search"}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(rsp.GetRequirements().GetResources()))); diff != "" {
		t.Errorf("-want, +got required:\n%s", diff)
	}
	if len(rsp.GetDesired().GetResources()) > 0 || len(rsp.GetResults()) > 0 || len(rsp.GetConditions()) > 0 {
		t.Errorf("before anything was looked up, the function says %v", rsp)
	}
}

func TestRequirementsAreStable(t *testing.T) {
	req := request(t)
	second := run(t, req).GetRequirements()
	// Names are looked up last, when it is known what is composed.
	maps.DeleteFunc(second.GetResources(), func(name string, _ *fnv1.ResourceSelector) bool {
		return strings.HasPrefix(name, compose.RequirementName)
	})
	req.RequiredResources = nil
	first := run(t, req).GetRequirements()
	if diff := cmp.Diff(first, second, protocmp.Transform()); diff != "" {
		t.Errorf("Crossplane asks until requirements stay the same, -first, +second:\n%s", diff)
	}
}

func TestRequestsAreOnlyRead(t *testing.T) {
	c := cluster(t)
	settle(t, c)
	req := request(t)
	req.Observed.Resources = map[string]*fnv1.Resource{}
	for name, o := range c.Composed {
		req.Observed.Resources[name] = &fnv1.Resource{Resource: o}
	}
	for _, size := range []string{"5000users", "unknown"} {
		req.GetObserved().GetComposite().GetResource().GetFields()["spec"].GetStructValue().Fields["size"] = structpb.NewStringValue(size)
		before := proto.CloneOf(req)
		first := run(t, req)
		if diff := cmp.Diff(before, req, protocmp.Transform()); diff != "" {
			t.Errorf("size %s: the request was written to, -before, +after:\n%s", size, diff)
		}
		if diff := cmp.Diff(first, run(t, before), protocmp.Transform()); diff != "" {
			t.Errorf("size %s: the same request has two answers:\n%s", size, diff)
		}
	}
}

func TestSecretsStaySecret(t *testing.T) {
	forms := []string{canary}
	for skipped := range 3 {
		// What stands before a value shifts its base64 form.
		encoded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", skipped) + canary))
		forms = append(forms, encoded[4:len(encoded)-4])
	}
	show := func(what string, rsp *fnv1.RunFunctionResponse) {
		b, err := protojson.Marshal(rsp)
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range forms {
			if strings.Contains(string(b), form) {
				t.Errorf("%s shows a secret value", what)
			}
		}
	}
	c := cluster(t)
	for _, r := range settle(t, c) {
		show("an installation", r.Response)
	}
	for name := range c.Objects {
		c := cluster(t)
		settle(t, c)
		was := c.Objects[name]
		delete(c.Objects, name)
		c.Objects["Secret/unrelated"] = was
		for _, r := range settle(t, c) {
			show("a refusal without "+name, r.Response)
		}
	}
}

func TestRefusedFirstInstallationIsNotReady(t *testing.T) {
	c := cluster(t)
	delete(c.Objects, "Secret/db")
	history := settle(t, c)
	desired := history[len(history)-1].Response.GetDesired()
	if len(desired.GetResources()) > 0 {
		t.Errorf("%v is composed of a spec that is refused", slices.Sorted(maps.Keys(desired.GetResources())))
	}
	if got := desired.GetComposite().GetReady(); got != fnv1.Ready_READY_FALSE {
		t.Errorf("nothing runs, and the installation's readiness is %s", got)
	}
}

func TestRefusedInstallationStaysReady(t *testing.T) {
	c := cluster(t)
	settle(t, c)
	delete(c.Objects, "Secret/db")
	history := settle(t, c)
	desired := history[len(history)-1].Response.GetDesired()
	if got := desired.GetComposite().GetReady(); got != fnv1.Ready_READY_UNSPECIFIED {
		t.Errorf("the server runs on, and the installation's readiness is overruled: %s", got)
	}
	for name, r := range desired.GetResources() {
		if r.GetReady() != fnv1.Ready_READY_TRUE {
			t.Errorf("%s is not ready any more", name)
		}
	}
}

func TestSizeChangesReplicasAndResourcesOnly(t *testing.T) {
	c := cluster(t)
	settle(t, c)
	before := c.Composed
	c.Composite = proto.CloneOf(c.Composite)
	c.Composite.GetFields()["spec"].GetStructValue().Fields["size"] = structpb.NewStringValue("50000users")
	settle(t, c)

	deployment := compose.NewResource(c.Composed["deployment"])
	if got := deployment.Int("spec", "replicas"); got != 5 {
		t.Errorf("the server has %d replicas, want 5", got)
	}
	container := deployment.List("spec", "template", "spec", "containers")[0]
	if got := container.String("resources", "requests", "cpu"); got != "8" {
		t.Errorf("the server requests %s CPUs, want 8", got)
	}
	if diff := cmp.Diff(sizeless(before), sizeless(c.Composed), protocmp.Transform()); diff != "" {
		t.Errorf("more changed, -before, +after:\n%s", diff)
	}
}

// sizeless objects are what they are whatever the size.
func sizeless(composed map[string]*structpb.Struct) map[string]*structpb.Struct {
	out := map[string]*structpb.Struct{}
	for name, o := range composed {
		o = proto.CloneOf(o)
		delete(o.Fields, "status")
		r := compose.NewResource(o)
		delete(r.At("metadata").Struct().GetFields(), "generation")
		for _, of := range []string{"template", "sizing"} {
			delete(r.At("metadata", "annotations").Struct().GetFields(), "mattermost.crossplane.io/"+of)
		}
		if name == "deployment" {
			delete(r.At("spec").Struct().GetFields(), "replicas")
			for _, c := range r.List("spec", "template", "spec", "containers") {
				delete(c.Struct().GetFields(), "resources")
			}
			// They name the resources.
			delete(r.At("metadata").Struct().GetFields(), "managedFields")
		}
		out[name] = o
	}
	return out
}

// TestLegacyClaims places everything in the claim's namespace, under the claim's name.
func TestLegacyClaims(t *testing.T) {
	c := cluster(t)
	c.Composite.Fields["apiVersion"] = structpb.NewStringValue("claims.mattermost.crossplane.io/v1alpha1")
	c.Composite.Fields["kind"] = structpb.NewStringValue("XMattermostInstallation")
	c.Composite.Fields["metadata"] = structpb.NewStructValue(document(t, "{name: chat-x7k2p, generation: 1}"))
	c.Composite.GetFields()["spec"].GetStructValue().Fields["claimRef"] = structpb.NewStructValue(document(t,
		"{apiVersion: claims.mattermost.crossplane.io/v1alpha1, kind: MattermostInstallation, namespace: users, name: chat}"))
	for _, r := range settle(t, c) {
		for name, d := range r.Response.GetDesired().GetResources() {
			if got := compose.NewResource(d.GetResource()).String("metadata", "namespace"); got != "users" {
				t.Errorf("%s is in namespace %q", name, got)
			}
		}
		for name, s := range r.Response.GetRequirements().GetResources() {
			if s.GetNamespace() != "users" {
				t.Errorf("%s is looked for in namespace %q", name, s.GetNamespace())
			}
		}
	}
	if got := compose.NewResource(c.Composed["deployment"]).Name(); got != "chat" {
		t.Errorf("the Deployment's name is %q", got)
	}
	of := compose.NewResource(c.Composed["protection"]).At("spec", "of")
	if of.String("kind") != "MattermostInstallation" || of.String("apiVersion") != "claims.mattermost.crossplane.io/v1alpha1" || of.String("resourceRef", "name") != "chat" {
		t.Errorf("protected is %v, want the claim", of.Struct())
	}
}

// TestLicensedGuideManifestRunsTwo asserts that the user guide's manifest, which names a
// license, gets two replicas.
func TestLicensedGuideManifestRunsTwo(t *testing.T) {
	guide, err := os.ReadFile("../examples/helm-migration.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c := &preview.Cluster{Composite: document(t, string(guide)), Lookup: preview.CompleteObject}
	settle(t, c)
	if got := compose.NewResource(c.Composed["deployment"]).Int("spec", "replicas"); got != 2 {
		t.Errorf("the guide's licensed manifest gives %d replicas, want 2", got)
	}
}
