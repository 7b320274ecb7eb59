package composetest

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"sigs.k8s.io/yaml"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

// Ready is the status of a managed resource that is there.
const Ready = "conditions: [{type: Ready, status: 'True'}, {type: Synced, status: 'True'}]"

// Test is a testing.TB, or one of rapid's.
type Test interface {
	Helper()
	Fatalf(format string, args ...any)
}

// Document in YAML as an object, or the test fails.
func Document(t Test, text string) *structpb.Struct {
	t.Helper()
	m := map[string]any{}
	if err := yaml.Unmarshal([]byte(text), &m); err != nil {
		t.Fatalf("cannot parse %s: %v", text, err)
	}
	s, err := structpb.NewStruct(m)
	if err != nil {
		t.Fatalf("cannot use %s: %v", text, err)
	}
	return s
}

// Text of an object, in YAML.
func Text(t Test, o *structpb.Struct) string {
	t.Helper()
	b, err := yaml.Marshal(o.AsMap())
	if err != nil {
		t.Fatalf("cannot write an object: %v", err)
	}
	return string(b)
}

// Secret of values, which Kubernetes encodes, in YAML.
func Secret(values map[string]string) string {
	var data []string
	for _, key := range slices.Sorted(maps.Keys(values)) {
		data = append(data, fmt.Sprintf("%q: %q", key, base64.StdEncoding.EncodeToString([]byte(values[key]))))
	}
	return "{apiVersion: v1, kind: Secret, metadata: {name: secret}, data: {" + strings.Join(data, ", ") + "}}"
}

// Applied is an object as Crossplane applied it, with the status that it has.
func Applied(o *structpb.Struct) *structpb.Struct {
	desired := proto.CloneOf(o)
	delete(desired.GetFields(), "status")
	if _, ok := desired.GetFields()["metadata"]; !ok {
		desired.Fields["metadata"] = structpb.NewStructValue(&structpb.Struct{Fields: map[string]*structpb.Value{}})
	}
	return preview.Observed(o, desired)
}
