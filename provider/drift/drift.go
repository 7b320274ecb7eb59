// Package drift compares what is declared with what a server has. A field that is not
// declared is not managed, and never differs.
package drift

import (
	"slices"
	"strings"
)

// A Drift is the names of fields that differ. Values are left out: they may be secret.
// The zero value is no drift.
type Drift []string

// Field adds name if value is declared and the server has another.
func Field[T comparable](d *Drift, name string, declared *T, server T) {
	if declared != nil && *declared != server {
		*d = append(*d, name)
	}
}

// Optional adds name if value is declared and the server has another, where the server
// need not have one, which is the same as having the zero value.
func Optional[T comparable](d *Drift, name string, declared, server *T) {
	var none T
	if server == nil {
		server = &none
	}

	Field(d, name, declared, *server)
}

// Set adds name if values are declared, and the server has others, in whatever order.
func Set(d *Drift, name string, declared, server []string) {
	if declared != nil && !slices.Equal(slices.Sorted(slices.Values(declared)), slices.Sorted(slices.Values(server))) {
		*d = append(*d, name)
	}
}

// Without returns the differing fields other than names.
func (d Drift) Without(names ...string) Drift {
	return slices.DeleteFunc(slices.Clone(d), func(name string) bool { return slices.Contains(names, name) })
}

// Only returns those of names that differ.
func (d Drift) Only(names ...string) Drift {
	return slices.DeleteFunc(slices.Clone(d), func(name string) bool { return !slices.Contains(names, name) })
}

// Has says whether any of names differs.
func (d Drift) Has(names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return slices.Contains(d, name) })
}

// None says whether nothing differs.
func (d Drift) None() bool { return len(d) == 0 }

// String lists what differs, to be logged.
func (d Drift) String() string { return strings.Join(d, ", ") }
