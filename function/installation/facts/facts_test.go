package facts_test

import (
	"testing"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

func TestFacts(t *testing.T) {
	f := factstest.Given{Spec: "size: 100users"}.Facts(t)
	if f.Name != "chat" || f.Namespace != "ns" || f.Spec.Size != "100users" {
		t.Errorf("read %q in %q, size %q", f.Name, f.Namespace, f.Spec.Size)
	}
}

func TestFactsFailOnOtherTypes(t *testing.T) {
	for reason, composite := range map[string]string{
		"spec":           "{spec: {replicas: many}}",
		"status.served":  "{status: {served: {claims: many}}}",
		"status.upgrade": "{status: {upgrade: {attempts: many}}}",
		"status.restore": "{status: {restore: {name: [a]}}}",
	} {
		req := &fnv1.RunFunctionRequest{Observed: &fnv1.State{Composite: &fnv1.Resource{Resource: composetest.Document(t, composite)}}}
		if _, err := facts.Read(compose.NewState(req), &v1beta1.Input{}); err == nil {
			t.Errorf("%s of other types was read", reason)
		}
	}
}
