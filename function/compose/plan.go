package compose

import (
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// plan of how values of a Go type are written. It is made once for each type.
type plan struct {
	// custom types say themselves how they are written.
	custom bool
	// fields of a struct, as encoding/json would write them.
	fields []plannedField
	// element is the plan of what a pointer leads to, or a list or map is of, nil for
	// any other type.
	element func() *plan
}

type plannedField struct {
	index     int
	name      string
	omitEmpty bool
	// inline fields are structs whose fields are their parent's.
	inline bool
	// heldByValue fields are {} when nobody set them.
	heldByValue bool
	// plan of the field's type.
	plan func() *plan
}

// heldByValue are the fields that Kubernetes' types hold by value.
var heldByValue = []string{"resources", "strategy", "updateStrategy", "metadata"} //nolint:gochecknoglobals // A constant in all but syntax.

//nolint:gochecknoglobals // A cache of what cannot change.
var plans sync.Map // of *plan by reflect.Type

//nolint:gochecknoglobals // Constants in all but syntax.
var (
	jsonMarshaler = reflect.TypeFor[json.Marshaler]()
	textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()
)

// laterPlanOf a type is made when it is first needed: types may contain themselves.
func laterPlanOf(t reflect.Type) func() *plan {
	return sync.OnceValue(func() *plan { return planOf(t) })
}

// below is the plan of a value that a value of this plan leads to.
func (p *plan) below(v reflect.Value) *plan {
	if p.element == nil {
		return planOf(v.Type())
	}
	return p.element()
}

func planOf(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan) //nolint:forcetypeassert // Nothing else is stored.
	}
	p := &plan{custom: t.Kind() != reflect.Pointer && t.Kind() != reflect.Interface && marshals(t)}
	switch t.Kind() { //nolint:exhaustive // Nothing is below the rest.
	case reflect.Struct:
		p.fields = planFields(t)
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Array:
		p.element = laterPlanOf(t.Elem())
	}
	plans.Store(t, p)
	return p
}

func marshals(t reflect.Type) bool {
	for _, m := range []reflect.Type{jsonMarshaler, textMarshaler} {
		if t.Implements(m) || reflect.PointerTo(t).Implements(m) {
			return true
		}
	}
	return false
}

func planFields(t reflect.Type) []plannedField {
	out := make([]plannedField, 0, t.NumField())
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" || !f.IsExported() {
			continue
		}
		field := plannedField{index: i, name: name, omitEmpty: strings.Contains(options, "omitempty"), plan: laterPlanOf(f.Type)}
		if name == "" {
			field.name = f.Name
			field.inline = f.Anonymous
		}
		field.heldByValue = slices.Contains(heldByValue, field.name)
		out = append(out, field)
	}
	return out
}
