package admission

import (
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// AnnotationKeys judges the keys of annotations. Their values may be any text.
func AnnotationKeys[V any](at *field.Path, annotations map[string]V) field.ErrorList {
	var errs field.ErrorList
	for _, key := range slices.Sorted(maps.Keys(annotations)) {
		errs = append(errs, invalid(at, key, validation.IsQualifiedName(strings.ToLower(key)))...)
	}
	return errs
}
