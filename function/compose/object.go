package compose

import (
	"reflect"
	"slices"

	"google.golang.org/protobuf/types/known/structpb"
	"sigs.k8s.io/structured-merge-diff/v6/value"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// Struct turns a typed object into what is sent to Crossplane, without status. What
// the typed object does not set is not in the result, and what it sets to an empty
// object (emptyDir: {}) is: Crossplane applies the result server-side and would own,
// or lose, the difference.
func Struct(object any) (*structpb.Struct, error) {
	s, err := fieldsSet(object)
	delete(s.GetFields(), "status")
	return s, err
}

// fieldsSet are the fields that are set in a struct or map, or in what a pointer
// leads to. They are read in place, as the API server reads Go types to apply them:
// by way of JSON text it would cost more than all decisions.
func fieldsSet(object any) (*structpb.Struct, error) {
	o := reflect.Indirect(reflect.ValueOf(object))
	if o.Kind() != reflect.Struct && o.Kind() != reflect.Map {
		return nil, errors.Errorf("cannot encode object: a %T has no fields", object)
	}
	if !o.CanAddr() {
		copied := reflect.New(o.Type()).Elem()
		copied.Set(o)
		o = copied
	}
	v, err := value.NewValueReflect(o.Addr().Interface())
	if err != nil || v.IsNull() {
		return &structpb.Struct{}, errors.Wrap(err, "cannot encode object")
	}
	return mapSet(v.AsMap()), nil
}

// mapSet leaves out what Kubernetes' Go types hold though nobody set it: they hold
// some fields by value, and an absent list as null, which cannot be told from empty.
// None of them means anything when empty.
func mapSet(m value.Map) *structpb.Struct {
	out := &structpb.Struct{Fields: map[string]*structpb.Value{}}
	m.Iterate(func(field string, v value.Value) bool {
		set := valueSet(v)
		if set == nil || slices.Contains(heldByValue, field) && isEmpty(set) {
			return true
		}
		out.Fields[field] = set
		return true
	})
	return out
}

// valueSet is nil when nothing is set.
func valueSet(v value.Value) *structpb.Value {
	switch {
	case v.IsMap():
		return structpb.NewStructValue(mapSet(v.AsMap()))
	case v.IsList():
		return structpb.NewListValue(listSet(v.AsList()))
	case v.IsString():
		return structpb.NewStringValue(v.AsString())
	case v.IsInt():
		return structpb.NewNumberValue(float64(v.AsInt()))
	case v.IsFloat():
		return structpb.NewNumberValue(v.AsFloat())
	case v.IsBool():
		return structpb.NewBoolValue(v.AsBool())
	}
	return nil
}

// listSet leaves out nothing: what follows would have another place.
func listSet(l value.List) *structpb.ListValue {
	out := &structpb.ListValue{Values: make([]*structpb.Value, 0, l.Length())}
	for items := l.Range(); items.Next(); {
		_, item := items.Item()
		set := valueSet(item)
		if set == nil {
			set = structpb.NewNullValue()
		}
		out.Values = append(out.Values, set)
	}
	return out
}

// heldByValue are the fields that are {} when nobody set them.
var heldByValue = []string{"resources", "strategy", "updateStrategy", "metadata"} //nolint:gochecknoglobals // A constant in all but syntax.

func isEmpty(v *structpb.Value) bool {
	return v.GetStructValue() != nil && len(v.GetStructValue().GetFields()) == 0
}
