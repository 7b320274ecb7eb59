package compose

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
	"sync"
)

// plan of how values of a Go type are written. It is made once for each type.
type plan struct {
	// custom types say themselves how they are written.
	custom bool
	// fields of a struct, as encoding/json would write them.
	fields []plannedField
}

type plannedField struct {
	index     int
	name      string
	omitEmpty bool
	// inline fields are structs whose fields are their parent's.
	inline bool
}

//nolint:gochecknoglobals // A cache of what cannot change.
var plans sync.Map // of *plan by reflect.Type

//nolint:gochecknoglobals // Constants in all but syntax.
var (
	jsonMarshaler = reflect.TypeFor[json.Marshaler]()
	textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()
)

func planOf(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan) //nolint:forcetypeassert // Nothing else is stored.
	}
	p := &plan{custom: t.Kind() != reflect.Pointer && t.Kind() != reflect.Interface && marshals(t)}
	if t.Kind() == reflect.Struct && !p.custom {
		p.fields = planFields(t)
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
		field := plannedField{index: i, name: name, omitEmpty: strings.Contains(options, "omitempty")}
		if name == "" {
			field.name = f.Name
			field.inline = f.Anonymous
		}
		out = append(out, field)
	}
	return out
}
