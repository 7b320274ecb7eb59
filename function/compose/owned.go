package compose

import (
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

// Removable says whether a field of an observed object is removed when Crossplane applies the object
// without it: if there is none, or if Crossplane alone owns it. A field that nobody owns stays.
func Removable(r Resource, path ...string) bool {
	if !r.Has(path...) {
		return true
	}
	owned := []string{"fieldsV1"}
	for _, name := range path {
		owned = append(owned, "f:"+name)
	}
	ours := false
	for _, m := range r.List("metadata", "managedFields") {
		switch {
		case !m.Has(owned...):
		case strings.HasPrefix(m.String("manager"), managerPrefix):
			ours = true
		default:
			return false
		}
	}
	return ours
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
	selectors := make([]itemSelector, 0, len(below.GetFields()))
	for text, fields := range below.GetFields() {
		if s, ok := readSelector(text, fields); ok {
			selectors = append(selectors, s)
		}
	}
	var out []*structpb.Value
	for _, item := range items {
		for _, s := range selectors {
			if s.selects(item) {
				out = append(out, ownedValue(item, s.fields))
			}
		}
	}
	return out
}

// itemSelector names an item of a list.
type itemSelector struct {
	// value is the item, where it is named as a whole.
	value *structpb.Value
	// keys are fields that tell the item from others.
	keys map[string]*structpb.Value
	// fields of the item that are owned, none for all.
	fields *structpb.Struct
}

// readSelector of managed fields. What cannot be read selects nothing.
func readSelector(text string, fields *structpb.Value) (s itemSelector, ok bool) {
	kind, encoded, _ := strings.Cut(text, ":")
	decoded := &structpb.Value{}
	if err := decoded.UnmarshalJSON([]byte(encoded)); err != nil {
		return s, false
	}
	switch kind {
	case "v":
		return itemSelector{value: decoded}, true
	case "k":
		s = itemSelector{keys: decoded.GetStructValue().GetFields(), fields: fields.GetStructValue()}
	}
	return s, len(s.keys) > 0
}

func (s itemSelector) selects(item *structpb.Value) bool {
	if s.value != nil {
		return proto.Equal(item, s.value)
	}
	for k, want := range s.keys {
		if !proto.Equal(item.GetStructValue().GetFields()[k], want) {
			return false
		}
	}
	return true
}
