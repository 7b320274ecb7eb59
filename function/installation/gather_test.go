package installation

import (
	"encoding/base64"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

// given is what a test gathers from.
type given struct {
	spec string
	// policy of the platform.
	policy v1beta1.Input
	// secrets that exist, by name, with their values.
	secrets map[string]map[string]string
	// composed objects by the name they are composed under.
	composed map[string]string
	// claim that spec.fileStore.externalVolume names.
	claim string
	// status of the composite.
	status string
	// restores, and pods and Jobs of the one that the server is stopped for.
	restores, pods, jobs []string
}

func (in given) gather(t testing.TB) gathered {
	t.Helper()
	composite := composetest.Document(t, "apiVersion: mattermost.crossplane.io/v1alpha1\nkind: MattermostInstallation\nmetadata: {name: chat, namespace: ns, generation: 3}")
	composite.Fields["spec"] = structpb.NewStructValue(composetest.Document(t, in.spec))
	composite.Fields["status"] = structpb.NewStructValue(composetest.Document(t, in.status))
	req := &fnv1.RunFunctionRequest{
		Observed:          &fnv1.State{Composite: &fnv1.Resource{Resource: composite}, Resources: map[string]*fnv1.Resource{}},
		RequiredResources: map[string]*fnv1.Resources{},
	}
	for name, o := range in.composed {
		req.Observed.Resources[name] = &fnv1.Resource{Resource: composetest.Document(t, o)}
	}
	for name, values := range in.secrets {
		data := map[string]any{}
		for k, v := range values {
			data[k] = base64.StdEncoding.EncodeToString([]byte(v))
		}
		s, err := structpb.NewStruct(map[string]any{"metadata": map[string]any{"name": name}, "data": data})
		if err != nil {
			t.Fatal(err)
		}
		req.RequiredResources[requirementSecret+name] = &fnv1.Resources{Items: []*fnv1.Resource{{Resource: s}}}
	}
	if in.claim != "" {
		req.RequiredResources[requirementClaim] = &fnv1.Resources{Items: []*fnv1.Resource{{Resource: composetest.Document(t, in.claim)}}}
	}
	for name, all := range map[string][]string{requirementRestores: in.restores, requirementPods: in.pods, requirementJobs: in.jobs} {
		req.RequiredResources[name] = &fnv1.Resources{}
		for _, o := range all {
			req.RequiredResources[name].Items = append(req.RequiredResources[name].Items, &fnv1.Resource{Resource: composetest.Document(t, o)})
		}
	}
	g, err := gather(compose.NewState(req), &in.policy)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestGather(t *testing.T) {
	g := given{spec: "size: 100users"}.gather(t)
	if g.name != "chat" || g.namespace != "ns" || g.spec.Size != "100users" {
		t.Errorf("gathered %q in %q, size %q", g.name, g.namespace, g.spec.Size)
	}
}

func TestGatherFailsOnAnotherSpec(t *testing.T) {
	req := &fnv1.RunFunctionRequest{Observed: &fnv1.State{Composite: &fnv1.Resource{Resource: composetest.Document(t, "spec: {replicas: many}")}}}
	if _, err := gather(compose.NewState(req), &v1beta1.Input{}); err == nil {
		t.Error("a spec of other types was read")
	}
}

func TestSecretNames(t *testing.T) {
	fromSecret := func(name string, optional *bool) *corev1.EnvVarSource {
		return &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{LocalObjectReference: corev1.LocalObjectReference{Name: name}, Key: "k", Optional: optional}}
	}
	g := gathered{spec: v1alpha1.MattermostInstallationSpec{
		Database:      &v1alpha1.Database{External: &v1alpha1.ExternalDatabase{Secret: "shared"}},
		FileStore:     &v1alpha1.FileStore{External: &v1alpha1.ExternalFileStore{Secret: "files"}},
		ElasticSearch: &v1alpha1.ElasticSearch{Secret: "search"},
		LicenseSecret: "shared",
		MattermostEnv: []v1alpha1.EnvVar{
			{Name: "A", ValueFrom: fromSecret("env", nil)},
			{Name: "B", ValueFrom: fromSecret("must", ptr.To(false))},
			{Name: "C", ValueFrom: fromSecret("may", ptr.To(true))},
			{Name: "D", Value: "v"},
			{Name: "E", ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: "metadata.name"}}},
		},
	}}
	if diff := cmp.Diff([]string{"env", "files", "must", "search", "shared"}, secretNames(g)); diff != "" {
		t.Errorf("each Secret that a pod cannot start without, once, -want, +got:\n%s", diff)
	}
	if got := secretNames(gathered{}); len(got) > 0 {
		t.Errorf("an empty spec names %v", got)
	}
}
