// Package factstest gives tests facts about installations, from objects in YAML.
package factstest

import (
	"encoding/base64"

	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

// Given is what a test reads facts from. The installation is called chat, in namespace ns.
type Given struct {
	Spec string
	// Policy of the platform.
	Policy v1beta1.Input
	// Secrets that exist, by name, with their values.
	Secrets map[string]map[string]string
	// Composed objects by the name they are composed under.
	Composed map[string]string
	// Volume that spec.fileStore.externalVolume names.
	Volume string
	// Status of the composite.
	Status string
	// Restores, and Pods and Jobs of the one that the server is stopped for.
	Restores, Pods, Jobs []string
	// Backups that exist.
	Backups []string
	// Found are objects that are looked up, by requirement.
	Found map[string]string
	// MigrationPods are those of the migration that is composed as migration-observed.
	MigrationPods []string
}

// Facts that are given, or the test fails.
func (in Given) Facts(t composetest.Test) *facts.Facts {
	t.Helper()
	f, err := facts.Read(compose.NewState(in.request(t)), &in.Policy)
	if err != nil {
		t.Fatalf("cannot read the facts: %v", err)
	}
	return f
}

func (in Given) request(t composetest.Test) *fnv1.RunFunctionRequest {
	t.Helper()
	composite := composetest.Document(t, "apiVersion: mattermost.crossplane.io/v1alpha1\nkind: MattermostInstallation\nmetadata: {name: chat, namespace: ns, generation: 3}")
	composite.Fields["spec"] = structpb.NewStructValue(composetest.Document(t, in.Spec))
	composite.Fields["status"] = structpb.NewStructValue(composetest.Document(t, in.Status))
	req := &fnv1.RunFunctionRequest{
		Meta:              &fnv1.RequestMeta{Capabilities: []fnv1.Capability{fnv1.Capability_CAPABILITY_REQUIRED_RESOURCES}},
		Observed:          &fnv1.State{Composite: &fnv1.Resource{Resource: composite}, Resources: map[string]*fnv1.Resource{}},
		RequiredResources: map[string]*fnv1.Resources{},
	}
	for name, o := range in.Composed {
		req.Observed.Resources[name] = &fnv1.Resource{Resource: composetest.Document(t, o)}
	}
	for name, values := range in.Secrets {
		req.RequiredResources[facts.RequirementSecret+name] = &fnv1.Resources{Items: []*fnv1.Resource{{Resource: secret(t, name, values)}}}
	}
	if in.Volume != "" {
		req.RequiredResources[facts.RequirementVolume] = found(t, in.Volume)
	}
	for requirement, o := range in.Found {
		req.RequiredResources[requirement] = found(t, o)
	}
	for name, all := range map[string][]string{
		facts.RequirementRestores: in.Restores, facts.RequirementPods: in.Pods, facts.RequirementJobs: in.Jobs, facts.RequirementBackups: in.Backups,
		facts.RequirementMigrationPods + "migration-observed": in.MigrationPods,
	} {
		req.RequiredResources[name] = found(t, all...)
	}
	return req
}

func found(t composetest.Test, all ...string) *fnv1.Resources {
	t.Helper()
	out := &fnv1.Resources{}
	for _, o := range all {
		out.Items = append(out.Items, &fnv1.Resource{Resource: composetest.Document(t, o)})
	}
	return out
}

func secret(t composetest.Test, name string, values map[string]string) *structpb.Struct {
	t.Helper()
	data := map[string]any{}
	for k, v := range values {
		data[k] = base64.StdEncoding.EncodeToString([]byte(v))
	}
	s, err := structpb.NewStruct(map[string]any{"metadata": map[string]any{"name": name}, "data": data})
	if err != nil {
		t.Fatalf("cannot make a Secret: %v", err)
	}
	return s
}
