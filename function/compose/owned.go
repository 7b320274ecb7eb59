package compose

import (
	"encoding/json"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// managerPrefix begins the name that Crossplane applies composed resources
// under.
const managerPrefix = "apiextensions.crossplane.io/composed"

// Owned is the part of an observed object that Crossplane applied: desiring it
// changes nothing, whatever the spec says meanwhile. It fails when the object's
// managed fields do not tell.
func Owned(r Resource) (*structpb.Struct, error) {
	var fields *structpb.Struct
	for _, m := range r.List("metadata", "managedFields") {
		if m.String("operation") == "Apply" && strings.HasPrefix(m.String("manager"), managerPrefix) && m.String("subresource") == "" {
			fields = m.At("fieldsV1").Struct()
		}
	}
	if fields == nil {
		return nil, errors.Errorf("cannot keep %s %q as it is: its managed fields do not say what Crossplane applied", r.String("kind"), r.Name())
	}
	out := ownedFields(r.Struct(), fields)
	for _, f := range []string{"apiVersion", "kind"} {
		out.Fields[f] = r.Value(f)
	}
	// A copy: what is observed is only read.
	metadata := map[string]*structpb.Value{"name": r.Value("metadata", "name")}
	for f, v := range out.GetFields()["metadata"].GetStructValue().GetFields() {
		// Crossplane sets the owner itself, and refuses no other.
		if f != "ownerReferences" {
			metadata[f] = v
		}
	}
	out.Fields["metadata"] = structpb.NewStructValue(&structpb.Struct{Fields: metadata})
	return out, nil
}

// ownedFields keeps of an object the fields that are named.
func ownedFields(object, fields *structpb.Struct) *structpb.Struct {
	out := &structpb.Struct{Fields: make(map[string]*structpb.Value, len(fields.GetFields()))}
	for key, below := range fields.GetFields() {
		name, ok := strings.CutPrefix(key, "f:")
		if !ok {
			continue
		}
		if v, exists := object.GetFields()[name]; exists {
			out.Fields[name] = ownedValue(v, below.GetStructValue())
		}
	}
	return out
}

// ownedValue keeps of a value what is named below it. A value with nothing named
// below is owned as a whole.
func ownedValue(v *structpb.Value, below *structpb.Struct) *structpb.Value {
	if len(below.GetFields()) == 0 {
		return v
	}
	switch {
	case v.GetStructValue() != nil:
		return structpb.NewStructValue(ownedFields(v.GetStructValue(), below))
	case v.GetListValue() != nil:
		return structpb.NewListValue(&structpb.ListValue{Values: ownedItems(v.GetListValue().GetValues(), below)})
	}
	return v
}

// ownedItems keeps of a list the items that are named, by their keys ("k:") or as
// a whole ("v:"), in the list's order.
func ownedItems(items []*structpb.Value, below *structpb.Struct) []*structpb.Value {
	var out []*structpb.Value
	for _, item := range items {
		for selector, fields := range below.GetFields() {
			kind, encoded, _ := strings.Cut(selector, ":")
			switch {
			case kind == "v" && sameJSON(item, encoded):
				out = append(out, item)
			case kind == "k" && hasKeys(item, encoded):
				out = append(out, ownedValue(item, fields.GetStructValue()))
			}
		}
	}
	return out
}

func sameJSON(v *structpb.Value, encoded string) bool {
	want := &structpb.Value{}
	if err := want.UnmarshalJSON([]byte(encoded)); err != nil {
		return false
	}
	return equal(v, want)
}

func hasKeys(item *structpb.Value, encoded string) bool {
	keys, err := listKeys(encoded)
	if err != nil {
		return false
	}
	for k, want := range keys {
		if !equal(item.GetStructValue().GetFields()[k], want) {
			return false
		}
	}
	return true
}

func listKeys(encoded string) (map[string]*structpb.Value, error) {
	raw := map[string]any{}
	if err := json.Unmarshal([]byte(encoded), &raw); err != nil {
		return nil, errors.Wrap(err, "cannot decode list keys")
	}
	s, err := structpb.NewStruct(raw)
	return s.GetFields(), errors.Wrap(err, "cannot convert list keys")
}

func equal(a, b *structpb.Value) bool { return proto.Equal(a, b) }
