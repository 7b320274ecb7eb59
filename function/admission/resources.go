package admission

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// nativeDomain is that of Kubernetes' own resources.
const nativeDomain = "kubernetes.io/"

// Resources judges what a container requests, and its limits.
func Resources(at *field.Path, requests, limits corev1.ResourceList) field.ErrorList {
	errs := append(quantities(at.Child("limits"), limits), quantities(at.Child("requests"), requests)...)
	for _, name := range slices.Sorted(maps.Keys(requests)) {
		errs = append(errs, withinLimit(at.Child("requests").Key(string(name)), name, requests[name], limits)...)
	}
	if hugePagesAlone(requests, limits) {
		errs = append(errs, field.Forbidden(at, "huge pages need cpu or memory: add one of them"))
	}
	return errs
}

// quantities judges names and amounts.
func quantities(at *field.Path, list corev1.ResourceList) field.ErrorList {
	var errs field.ErrorList
	for _, name := range slices.Sorted(maps.Keys(list)) {
		of, q := at.Key(string(name)), list[name]
		errs = append(errs, resourceName(of, name)...)
		switch {
		case q.Sign() < 0:
			errs = append(errs, field.Invalid(of, q.String(), "it must not be below zero"))
		case extended(name) && q.MilliValue()%1000 != 0:
			errs = append(errs, field.Invalid(of, q.String(), "it must be an integer"))
		case hugePages(name):
			errs = append(errs, wholePages(of, name, q)...)
		}
	}
	return errs
}

// resourceName judges a name: one that containers have, or one with a domain.
func resourceName(at *field.Path, name corev1.ResourceName) field.ErrorList {
	if problems := validation.IsQualifiedName(string(name)); len(problems) > 0 {
		return invalid(at, string(name), problems)
	}
	switch {
	case extended(name):
		return extendedName(at, name)
	case strings.Contains(string(name), "/"), hugePages(name):
		return nil
	case name == corev1.ResourceCPU, name == corev1.ResourceMemory, name == corev1.ResourceEphemeralStorage:
		return nil
	}
	return field.ErrorList{field.Invalid(at, string(name), "use cpu, memory, ephemeral-storage, hugepages-<size>, or the name of an extended resource such as example.com/gpu")}
}

// extendedName judges the name of an extended resource. A quota has it behind a prefix.
func extendedName(at *field.Path, name corev1.ResourceName) field.ErrorList {
	if strings.HasPrefix(string(name), corev1.DefaultResourceRequestsPrefix) {
		return field.ErrorList{field.Invalid(at, string(name), "a quota has such a name: leave out "+corev1.DefaultResourceRequestsPrefix)}
	}
	return invalid(at, string(name), validation.IsQualifiedName(corev1.DefaultResourceRequestsPrefix+string(name)))
}

// withinLimit judges a request by the limit of the same resource.
func withinLimit(at *field.Path, name corev1.ResourceName, request resource.Quantity, limits corev1.ResourceList) field.ErrorList {
	limit, limited := limits[name]
	switch {
	case limited && request.Cmp(limit) > 0:
		return field.ErrorList{field.Invalid(at, request.String(), fmt.Sprintf("the limit is %s: request no more, or raise the limit", limit.String()))}
	case limited && whole(name) && request.Cmp(limit) != 0:
		return field.ErrorList{field.Invalid(at, request.String(), fmt.Sprintf("it must equal the limit, %s", limit.String()))}
	case !limited && whole(name):
		return field.ErrorList{field.Required(at, "set the same limit: this resource cannot be shared")}
	}
	return nil
}

// whole says whether a resource cannot be shared, so that its request is its limit.
func whole(name corev1.ResourceName) bool { return extended(name) || hugePages(name) }

func extended(name corev1.ResourceName) bool {
	return strings.Contains(string(name), "/") && !strings.Contains(string(name), nativeDomain)
}

func hugePages(name corev1.ResourceName) bool {
	return strings.HasPrefix(string(name), corev1.ResourceHugePagesPrefix)
}

// wholePages judges an amount of huge pages by their size, which is in the name.
func wholePages(at *field.Path, name corev1.ResourceName, q resource.Quantity) field.ErrorList {
	size, err := resource.ParseQuantity(strings.TrimPrefix(string(name), corev1.ResourceHugePagesPrefix))
	switch {
	case err != nil || size.Sign() <= 0 || size.MilliValue()%1000 != 0:
		return field.ErrorList{field.Invalid(at, string(name), "it must end with the size of a page, such as hugepages-2Mi")}
	case q.Value()%size.Value() != 0:
		return field.ErrorList{field.Invalid(at, q.String(), "it must be a multiple of the size of a page, "+size.String())}
	}
	return nil
}

// hugePagesAlone says whether a container asks for huge pages and for neither cpu nor memory.
func hugePagesAlone(lists ...corev1.ResourceList) bool {
	found := false
	for _, list := range lists {
		for name := range list {
			if name == corev1.ResourceCPU || name == corev1.ResourceMemory {
				return false
			}
			found = found || hugePages(name)
		}
	}
	return found
}
