package compose_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields/managedfieldstest"
	"k8s.io/client-go/applyconfigurations"
	"k8s.io/client-go/kubernetes/scheme"
	"pgregory.net/rapid"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

var converter = applyconfigurations.NewTypeConverter(scheme.Scheme)

func TestOwnedIsWhatServerSideApplyApplied(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		applied := drawDeployment(t)
		cluster := managedfieldstest.NewTestFieldManager(converter, schema.GroupVersionKind{Group: "apps", Version: "v1", Kind: "Deployment"})
		apply := func(manager string, o *unstructured.Unstructured) {
			if err := cluster.Apply(o.DeepCopy(), manager, true); err != nil {
				t.Fatal(err)
			}
		}
		apply("apiextensions.crossplane.io/composed/1f", applied)
		apply("somebody-else", drawForeign(t))
		live := cluster.Live().(*unstructured.Unstructured).DeepCopy() //nolint:forcetypeassert // It is what was applied.
		defaulted(t, live)
		if err := cluster.Update(live, "kube-controller-manager"); err != nil {
			t.Fatal(err)
		}

		got, err := compose.Owned(compose.NewResource(structOf(t, cluster.Live())))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(structOf(t, applied), got, protocmp.Transform()); diff != "" {
			t.Errorf("-applied, +owned:\n%s", diff)
		}
	})
}

// drawDeployment as a composer could desire it.
func drawDeployment(t *rapid.T) *unstructured.Unstructured {
	pod := map[string]any{
		"automountServiceAccountToken": rapid.Bool().Draw(t, "automount"),
		"containers": []any{map[string]any{
			"name":    "mattermost",
			"image":   rapid.StringMatching(`[a-z]{1,9}:[0-9]{1,2}`).Draw(t, "image"),
			"command": drawStrings(t, "command"),
			"env":     drawEnv(t),
			"ports": []any{
				map[string]any{"name": "app", "containerPort": int64(8065), "protocol": "TCP"},
				map[string]any{"name": "gossip", "containerPort": int64(8074), "protocol": "UDP"},
				map[string]any{"name": "gossip-tcp", "containerPort": int64(8074), "protocol": "TCP"},
			},
			"resources":       map[string]any{"limits": drawMap(t, "limits")},
			"securityContext": map[string]any{"capabilities": map[string]any{"drop": []any{"ALL"}}},
			"volumeMounts":    []any{map[string]any{"name": "volume-0", "mountPath": "/data", "readOnly": true}},
		}},
		"volumes": drawVolumes(t),
	}
	if rapid.Bool().Draw(t, "tolerates") {
		pod["tolerations"] = []any{map[string]any{"key": "a", "operator": "Exists"}, map[string]any{"key": "a", "operator": "Exists"}}
	}
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "apps/v1", "kind": "Deployment",
		"metadata": map[string]any{"name": "chat", "labels": drawMap(t, "labels"), "annotations": drawMap(t, "annotations")},
		"spec": map[string]any{
			"replicas": rapid.Int64Range(0, 9).Draw(t, "replicas"),
			"selector": map[string]any{"matchLabels": drawMap(t, "selector")},
			"strategy": map[string]any{"rollingUpdate": map[string]any{"maxSurge": int64(1), "maxUnavailable": "25%"}},
			"template": map[string]any{"metadata": map[string]any{"labels": drawMap(t, "pod labels")}, "spec": pod},
		},
	}}
}

func drawMap(t *rapid.T, label string) map[string]any {
	out := map[string]any{}
	for k, v := range rapid.MapOfN(rapid.StringMatching(`[a-z]{1,5}(\.io/[a-z]{1,5})?`), rapid.StringMatching(`[0-9]{1,3}`), 1, 4).Draw(t, label) {
		out[k] = v
	}
	return out
}

func drawStrings(t *rapid.T, label string) []any {
	var out []any
	for _, s := range rapid.SliceOfN(rapid.String(), 1, 4).Draw(t, label) {
		out = append(out, s)
	}
	return out
}

func drawEnv(t *rapid.T) []any {
	var out []any
	for _, name := range rapid.SliceOfNDistinct(rapid.StringMatching(`MM_[A-Z]{1,4}`), 1, 5, rapid.ID[string]).Draw(t, "env") {
		e := map[string]any{"name": name, "value": rapid.String().Draw(t, "value")}
		if rapid.Bool().Draw(t, "from a Secret") {
			e = map[string]any{"name": name, "valueFrom": map[string]any{"secretKeyRef": map[string]any{"name": "s", "key": "k"}}}
		}
		out = append(out, e)
	}
	return out
}

func drawVolumes(t *rapid.T) []any {
	sources := []map[string]any{
		{"emptyDir": map[string]any{}},
		{"secret": map[string]any{"secretName": "s", "items": []any{map[string]any{"key": "k", "path": "p"}}}},
		{"projected": map[string]any{"sources": []any{map[string]any{"configMap": map[string]any{"name": "c"}}}}},
	}
	var out []any
	for i := range rapid.IntRange(1, 4).Draw(t, "volumes") {
		v := map[string]any{"name": fmt.Sprintf("volume-%d", i)}
		for k, source := range rapid.SampledFrom(sources).Draw(t, "source") {
			v[k] = source
		}
		out = append(out, v)
	}
	return out
}

// drawForeign is what a mesh, an autoscaler or a person adds.
func drawForeign(t *rapid.T) *unstructured.Unstructured {
	server := map[string]any{"name": "mattermost", "env": []any{map[string]any{"name": "INJECTED", "value": "x"}}, "tty": true}
	containers := []any{server}
	if rapid.Bool().Draw(t, "sidecar") {
		containers = slices.Insert(containers, rapid.IntRange(0, 1).Draw(t, "at"), any(map[string]any{"name": "sidecar", "image": "mesh"}))
	}
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "apps/v1", "kind": "Deployment",
		"metadata": map[string]any{"name": "chat", "labels": map[string]any{"Foreign": "1"}, "annotations": map[string]any{"Foreign": "1"}},
		"spec": map[string]any{
			"paused": true,
			"template": map[string]any{
				"metadata": map[string]any{"annotations": map[string]any{"kubectl.kubernetes.io/restartedAt": "then"}},
				"spec":     map[string]any{"containers": containers, "volumes": []any{map[string]any{"name": "injected", "emptyDir": map[string]any{}}}},
			},
		},
	}}
}

// defaulted gives an object what the API server and controllers give it.
func defaulted(t *rapid.T, o *unstructured.Unstructured) {
	set := func(value any, path ...string) {
		if err := unstructured.SetNestedField(o.Object, value, path...); err != nil {
			t.Fatal(err)
		}
	}
	set("4", "metadata", "annotations", "deployment.kubernetes.io/revision")
	set(int64(600), "spec", "progressDeadlineSeconds")
	set("RollingUpdate", "spec", "strategy", "type")
	set("Always", "spec", "template", "spec", "restartPolicy")
	for _, path := range [][]string{{"spec", "template", "spec", "containers"}, {"spec", "template", "spec", "volumes"}} {
		items, _, err := unstructured.NestedSlice(o.Object, path...)
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range items {
			fields := item.(map[string]any) //nolint:forcetypeassert // Containers and volumes are objects.
			if secret, ok := fields["secret"].(map[string]any); ok {
				secret["defaultMode"] = int64(420)
			}
			if path[3] == "containers" {
				fields["terminationMessagePath"] = "/dev/termination-log"
			}
		}
		set(items, path...)
	}
}

func structOf(t *rapid.T, o any) *structpb.Struct {
	b, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	out := &structpb.Struct{}
	if err := out.UnmarshalJSON(b); err != nil {
		t.Fatal(err)
	}
	return out
}
