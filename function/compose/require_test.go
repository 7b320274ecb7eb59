package compose

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

func TestRequire(t *testing.T) {
	s := state(t, nil)
	a := NewAnswer(s)
	if !a.Resolved() {
		t.Error("nothing is required, and yet not resolved")
	}
	a.Require("secret/db", "v1", "Secret", "db")
	a.Require("secret/s3", "v1", "Secret", "s3")
	want := &fnv1.ResourceSelector{ApiVersion: "v1", Kind: "Secret", Namespace: proto.String("ns"), Match: &fnv1.ResourceSelector_MatchName{MatchName: "db"}}
	if diff := cmp.Diff(want, respond(t, a).GetRequirements().GetResources()["secret/db"], protocmp.Transform()); diff != "" {
		t.Errorf("-want, +got selector:\n%s", diff)
	}

	s.request.RequiredResources = map[string]*fnv1.Resources{"secret/db": {Items: []*fnv1.Resource{{Resource: read(t, `{"metadata": {"name": "db"}}`)}}}}
	if a.Resolved() {
		t.Error("Crossplane looked for one of two, and all is resolved")
	}
	s.request.RequiredResources["secret/s3"] = &fnv1.Resources{}
	if !a.Resolved() {
		t.Error("Crossplane looked for both, and not all is resolved")
	}
	if r, asked := s.Required("secret/db"); !asked || r.Name() != "db" {
		t.Errorf("found %q, asked %t", r.Name(), asked)
	}
	if r, asked := s.Required("secret/s3"); !asked || r.Exists() {
		t.Errorf("found %q where there is nothing, asked %t", r.Name(), asked)
	}
	if _, asked := s.Required("secret/other"); asked {
		t.Error("what was never required was asked for")
	}
}
