package compose

import (
	"strings"

	"google.golang.org/protobuf/types/known/structpb"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// Resource is a read-only view of a Kubernetes object as Crossplane sent it.
// It is read in place: decoding every observed object would cost more than all
// decisions about it. The zero value is an object without fields.
type Resource struct {
	fields *structpb.Struct
}

// NewResource views a struct.
func NewResource(s *structpb.Struct) Resource { return Resource{fields: s} }

// Exists says whether there is an object at all.
func (r Resource) Exists() bool { return r.fields != nil }

// Struct is the object viewed.
func (r Resource) Struct() *structpb.Struct { return r.fields }

// Value at a path of field names, nil when there is none.
func (r Resource) Value(path ...string) *structpb.Value {
	if len(path) == 0 {
		return structpb.NewStructValue(r.fields)
	}
	v := r.fields.GetFields()[path[0]]
	for _, p := range path[1:] {
		v = v.GetStructValue().GetFields()[p]
	}
	return v
}

// String at a path, empty when there is none.
func (r Resource) String(path ...string) string { return r.Value(path...).GetStringValue() }

// Int at a path, zero when there is none.
func (r Resource) Int(path ...string) int64 { return int64(r.Value(path...).GetNumberValue()) }

// Has says whether a path exists.
func (r Resource) Has(path ...string) bool { return r.Value(path...) != nil }

// At views the object at a path.
func (r Resource) At(path ...string) Resource {
	return Resource{fields: r.Value(path...).GetStructValue()}
}

// List views the objects of a list of objects.
func (r Resource) List(path ...string) []Resource {
	values := r.Value(path...).GetListValue().GetValues()
	out := make([]Resource, 0, len(values))
	for _, v := range values {
		out = append(out, Resource{fields: v.GetStructValue()})
	}
	return out
}

// Name of the object.
func (r Resource) Name() string { return r.String("metadata", "name") }

// Condition of the object by type. Its status is empty when the object has no
// such condition.
func (r Resource) Condition(kind string) Condition {
	// In place, not by List: conditions are asked for often.
	for _, v := range r.Value("status", "conditions").GetListValue().GetValues() {
		if c := NewResource(v.GetStructValue()); c.String("type") == kind {
			return Condition{
				Type:    kind,
				Status:  Status(c.String("status")),
				Reason:  c.String("reason"),
				Message: c.String("message"),
			}
		}
	}
	return Condition{Type: kind}
}

// DecodeStrictly the whole object into a typed struct. It fails on fields that the struct
// does not have.
func (r Resource) DecodeStrictly(into any) error {
	return errors.Wrap(runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(r.fields.AsMap(), into, true), "cannot decode fields")
}

// Decode the object at a path into a typed struct. An absent path leaves it as it is.
func (r Resource) Decode(into any, path ...string) error {
	v := r.Value(path...)
	if v == nil {
		return nil
	}
	o := v.GetStructValue()
	if o == nil {
		return errors.Errorf("cannot decode fields: %s is no object", strings.Join(path, "."))
	}
	return errors.Wrap(runtime.DefaultUnstructuredConverter.FromUnstructured(o.AsMap(), into), "cannot decode fields")
}
