package compose

import (
	"encoding/base64"
	"encoding/json"
	"reflect"

	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/util/intstr"
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
// leads to. They are read in place: by way of JSON text, or of a generic map, it
// would cost more than all decisions.
func fieldsSet(object any) (*structpb.Struct, error) {
	o := reflect.Indirect(reflect.ValueOf(object))
	if o.Kind() != reflect.Struct && o.Kind() != reflect.Map {
		return nil, errors.Errorf("cannot encode object: a %T has no fields", object)
	}
	v, err := valueSet(o, planOf(o.Type()))
	if err != nil {
		return nil, errors.Wrap(err, "cannot encode object")
	}
	if v == nil {
		return &structpb.Struct{}, nil
	}
	return v.GetStructValue(), nil
}

// valueSet is nil when nothing is set: a nil pointer, list, map or interface. Go's
// types cannot tell an absent list from a null one.
func valueSet(v reflect.Value, p *plan) (*structpb.Value, error) {
	if p.custom {
		return customValue(v)
	}
	switch v.Kind() { //nolint:exhaustive // The rest is refused.
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil, nil //nolint:nilnil // Nothing is set, and that is no error.
		}
		return valueSet(v.Elem(), p.below(v.Elem()))
	case reflect.Struct:
		s := &structpb.Struct{Fields: map[string]*structpb.Value{}}
		return structpb.NewStructValue(s), addFields(s, p, v)
	case reflect.Map:
		return mapSet(v, p)
	case reflect.Slice, reflect.Array:
		return listSet(v, p)
	case reflect.String:
		return structpb.NewStringValue(v.String()), nil
	case reflect.Bool:
		return structpb.NewBoolValue(v.Bool()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return structpb.NewNumberValue(float64(v.Int())), nil
	case reflect.Float32, reflect.Float64:
		return structpb.NewNumberValue(v.Float()), nil
	}
	return nil, errors.Errorf("a %s is not a value", v.Type())
}

// addFields of a Go struct that are set. Left out is also what Kubernetes' types
// hold by value, though nobody set it; none of that means anything when empty.
func addFields(to *structpb.Struct, p *plan, v reflect.Value) error {
	for _, f := range p.fields {
		at := v.Field(f.index)
		if f.inline {
			if err := addFields(to, f.plan(), at); err != nil {
				return err
			}
			continue
		}
		if f.omitEmpty && emptyJSON(at) {
			continue
		}
		set, err := valueSet(at, f.plan())
		if err != nil {
			return errors.Wrap(err, f.name)
		}
		if set == nil || f.heldByValue && isEmpty(set) {
			continue
		}
		to.Fields[f.name] = set
	}
	return nil
}

func mapSet(v reflect.Value, p *plan) (*structpb.Value, error) {
	if v.IsNil() {
		return nil, nil //nolint:nilnil // Nothing is set, and that is no error.
	}
	if v.Type().Key().Kind() != reflect.String {
		return nil, errors.Errorf("a %s has no names of fields", v.Type())
	}
	s := &structpb.Struct{Fields: make(map[string]*structpb.Value, v.Len())}
	if texts, ok := v.Interface().(map[string]string); ok {
		// Labels, which every object has: to iterate by reflection copies each entry.
		for k, text := range texts {
			s.Fields[k] = structpb.NewStringValue(text)
		}
		return structpb.NewStructValue(s), nil
	}
	for entries := v.MapRange(); entries.Next(); {
		set, err := valueSet(entries.Value(), p.below(entries.Value()))
		if err != nil {
			return nil, errors.Wrap(err, entries.Key().String())
		}
		if set != nil {
			s.Fields[entries.Key().String()] = set
		}
	}
	return structpb.NewStructValue(s), nil
}

// listSet leaves out nothing: what follows would have another place.
func listSet(v reflect.Value, p *plan) (*structpb.Value, error) {
	if v.Kind() == reflect.Slice && v.IsNil() {
		return nil, nil //nolint:nilnil // Nothing is set, and that is no error.
	}
	if v.Type().Elem().Kind() == reflect.Uint8 {
		return structpb.NewStringValue(base64.StdEncoding.EncodeToString(v.Bytes())), nil
	}
	l := &structpb.ListValue{Values: make([]*structpb.Value, v.Len())}
	for i := range l.Values {
		set, err := valueSet(v.Index(i), p.below(v.Index(i)))
		if err != nil {
			return nil, err
		}
		if set == nil {
			set = structpb.NewNullValue()
		}
		l.Values[i] = set
	}
	return structpb.NewListValue(l), nil
}

// customValue is that of a type which says itself how it is written, such as a
// quantity, and perhaps without a detour by way of text.
func customValue(v reflect.Value) (*structpb.Value, error) {
	switch direct := v.Interface().(type) {
	case value.UnstructuredConverter:
		if s, ok := direct.ToUnstructured().(string); ok {
			return structpb.NewStringValue(s), nil
		}
	case intstr.IntOrString:
		if direct.Type == intstr.String {
			return structpb.NewStringValue(direct.StrVal), nil
		}
		return structpb.NewNumberValue(float64(direct.IntVal)), nil
	}
	addressable := reflect.New(v.Type()) // For methods of the pointer.
	addressable.Elem().Set(v)
	b, err := json.Marshal(addressable.Interface())
	if err != nil {
		return nil, err
	}
	if string(b) == "null" {
		return nil, nil //nolint:nilnil // Nothing is set, and that is no error.
	}
	out := &structpb.Value{}
	return out, out.UnmarshalJSON(b)
}

func isEmpty(v *structpb.Value) bool {
	return v.GetStructValue() != nil && len(v.GetStructValue().GetFields()) == 0
}

// emptyJSON says what omitempty means by empty, which no struct is.
func emptyJSON(v reflect.Value) bool {
	switch v.Kind() { //nolint:exhaustive // The rest is never empty.
	case reflect.Struct:
		return false
	case reflect.Slice, reflect.Map, reflect.Array, reflect.String:
		return v.Len() == 0
	}
	return v.IsZero()
}
