package compose

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/structpb"
)

// read an object from JSON.
func read(t testing.TB, encoded string) *structpb.Struct {
	t.Helper()
	s := &structpb.Struct{}
	if err := s.UnmarshalJSON([]byte(encoded)); err != nil {
		t.Fatal(err)
	}
	return s
}

// managed gives an object the managed fields of one manager who applied it.
func managed(t *testing.T, object, fields string) *structpb.Struct {
	t.Helper()
	o := read(t, object)
	entry := read(t, `{"manager": "apiextensions.crossplane.io/composed/1f", "operation": "Apply", "fieldsV1": `+fields+`}`)
	o.GetFields()["metadata"].GetStructValue().Fields["managedFields"] = structpb.NewListValue(&structpb.ListValue{
		Values: []*structpb.Value{structpb.NewStructValue(entry)},
	})
	return o
}

func TestOwned(t *testing.T) {
	cases := map[string]struct {
		reason string
		object string
		fields string
		want   string
	}{
		"DefaultsAndOthersAreLeftOut": {
			reason: "What the API server or another manager set is not ours.",
			object: `{"apiVersion": "v1", "kind": "K", "metadata": {"name": "n", "uid": "1", "labels": {"ours": "1", "theirs": "2"}}, "spec": {"ours": 1, "theirs": 2, "defaulted": 3}, "status": {"ready": true}}`,
			fields: `{"f:metadata": {"f:labels": {"f:ours": {}}}, "f:spec": {"f:ours": {}}}`,
			want:   `{"apiVersion": "v1", "kind": "K", "metadata": {"name": "n", "labels": {"ours": "1"}}, "spec": {"ours": 1}}`,
		},
		"MarkersAreNoFields": {
			reason: "A dot says that the object itself is owned, and names no field.",
			object: `{"metadata": {"name": "n"}, "spec": {"a": {"b": 1, "c": 2}}}`,
			fields: `{"f:spec": {".": {}, "f:a": {".": {}, "f:b": {}}}}`,
			want:   `{"metadata": {"name": "n"}, "spec": {"a": {"b": 1}}}`,
		},
		"ItemsByKeys": {
			reason: "An item is found by all of its keys, and keeps its place.",
			object: `{"metadata": {"name": "n"}, "spec": {"ports": [{"port": 80, "protocol": "TCP", "name": "theirs"}, {"port": 53, "protocol": "UDP", "name": "b"}, {"port": 53, "protocol": "TCP", "name": "a", "nodePort": 1}]}}`,
			fields: `{"f:spec": {"f:ports": {"k:{\"port\":53,\"protocol\":\"TCP\"}": {".": {}, "f:port": {}, "f:protocol": {}, "f:name": {}}, "k:{\"port\":53,\"protocol\":\"UDP\"}": {".": {}, "f:name": {}}}}}`,
			want:   `{"metadata": {"name": "n"}, "spec": {"ports": [{"name": "b"}, {"port": 53, "protocol": "TCP", "name": "a"}]}}`,
		},
		"ItemsByValue": {
			reason: "A set's member is found by its value.",
			object: `{"metadata": {"name": "n", "finalizers": ["theirs", "ours"]}}`,
			fields: `{"f:metadata": {"f:finalizers": {"v:\"ours\"": {}}}}`,
			want:   `{"metadata": {"name": "n", "finalizers": ["ours"]}}`,
		},
		"MembersThatAreObjects": {
			reason: "A set may hold objects, which are compared whole.",
			object: `{"metadata": {"name": "n"}, "spec": {"set": [{"a": [1]}, {"a": [2]}]}}`,
			fields: `{"f:spec": {"f:set": {"v:{\"a\":[2]}": {}}}}`,
			want:   `{"metadata": {"name": "n"}, "spec": {"set": [{"a": [2]}]}}`,
		},
		"AtomicListsAndEmptyObjects": {
			reason: "What has nothing named below it is owned as a whole.",
			object: `{"metadata": {"name": "n"}, "spec": {"args": ["db", "migrate"], "emptyDir": {}}}`,
			fields: `{"f:spec": {"f:args": {}, "f:emptyDir": {}}}`,
			want:   `{"metadata": {"name": "n"}, "spec": {"args": ["db", "migrate"], "emptyDir": {}}}`,
		},
		"OwnersAreCrossplanes": {
			reason: "Crossplane adds the owner itself.",
			object: `{"metadata": {"name": "n", "annotations": {"a": "b"}, "ownerReferences": [{"uid": "1"}]}}`,
			fields: `{"f:metadata": {"f:annotations": {"f:a": {}}, "f:ownerReferences": {"k:{\"uid\":\"1\"}": {}}}}`,
			want:   `{"metadata": {"name": "n", "annotations": {"a": "b"}}}`,
		},
		"GoneSince": {
			reason: "A field that somebody removed cannot be kept.",
			object: `{"metadata": {"name": "n"}, "spec": {}}`,
			fields: `{"f:spec": {"f:replicas": {}}}`,
			want:   `{"metadata": {"name": "n"}, "spec": {}}`,
		},
		"Nonsense": {
			reason: "Selectors that cannot be read select nothing.",
			object: `{"metadata": {"name": "n"}, "spec": {"list": [1]}}`,
			fields: `{"f:spec": {"f:list": {"v:{": {}, "k:[": {}, "k:{\"a\":1}": {}, "i:0": {}}}}`,
			want:   `{"metadata": {"name": "n"}, "spec": {"list": []}}`,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			object := managed(t, tc.object, tc.fields)
			before := proto.CloneOf(object)
			got, err := Owned(NewResource(object))
			if err != nil {
				t.Fatal(err)
			}
			// Absent identity is as good as none here.
			for _, f := range []string{"apiVersion", "kind"} {
				if got.GetFields()[f] == nil {
					delete(got.GetFields(), f)
				}
			}
			if diff := cmp.Diff(read(t, tc.want), got, protocmp.Transform()); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(before, object, protocmp.Transform()); diff != "" {
				t.Errorf("what is observed was written to, -before, +after:\n%s", diff)
			}
		})
	}
}

func TestOwnedNeedsManagedFields(t *testing.T) {
	cases := map[string]struct {
		reason  string
		managed string
	}{
		"None":         {reason: "Somebody stripped the managed fields.", managed: `[]`},
		"OtherManager": {reason: "Another manager's fields say nothing of ours.", managed: `[{"manager": "kubectl", "operation": "Apply", "fieldsV1": {"f:spec": {}}}]`},
		"Update":       {reason: "Crossplane applies, and updates nothing.", managed: `[{"manager": "apiextensions.crossplane.io/composed/1f", "operation": "Update", "fieldsV1": {"f:spec": {}}}]`},
		"Subresource":  {reason: "Who writes a subresource applied no object.", managed: `[{"manager": "apiextensions.crossplane.io/composed/1f", "operation": "Apply", "subresource": "status", "fieldsV1": {"f:spec": {}}}]`},
		"Unlike":       {reason: "Managed fields may be anything at all.", managed: `["x", {"manager": "apiextensions.crossplane.io/composed/1f", "operation": "Apply", "fieldsV1": 7}]`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			object := read(t, `{"kind": "Deployment", "metadata": {"name": "chat", "managedFields": `+tc.managed+`}, "spec": {}}`)
			_, err := Owned(NewResource(object))
			want := `cannot keep Deployment "chat" as it is: its managed fields do not say what Crossplane applied`
			if err == nil || err.Error() != want {
				t.Errorf("%s\n-want error %q, got %v", tc.reason, want, err)
			}
		})
	}
}
