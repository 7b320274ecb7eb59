package admission

import (
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Fields of a pod, and resources of a container, that a variable can take its value from.
//
//nolint:gochecknoglobals // Tables.
var (
	variableFields = []string{
		"metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName",
		"status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs",
	}
	containerResources = []string{
		"limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory",
	}
	divisorsOfCPU    = []string{"0", "1", "1m"}
	divisorsOfOthers = []string{"0", "1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"}
)

// Variable judges an environment variable of a container. No value is shown.
func Variable(path *field.Path, e corev1.EnvVar, container string) field.ErrorList {
	from := e.ValueFrom
	if from == nil {
		return nil
	}
	at := path.Child("valueFrom")
	if e.Value != "" {
		return field.ErrorList{field.Forbidden(at, "value is set, too: remove one of them")}
	}
	if from.FileKeyRef != nil {
		return field.ErrorList{field.Forbidden(at.Child("fileKeyRef"), "not every cluster offers it: use secretKeyRef or configMapKeyRef")}
	}
	if set(from.FieldRef != nil, from.ResourceFieldRef != nil, from.ConfigMapKeyRef != nil, from.SecretKeyRef != nil) != 1 {
		return field.ErrorList{field.Forbidden(at, "exactly one of fieldRef, resourceFieldRef, configMapKeyRef and secretKeyRef must be set")}
	}
	switch {
	case from.FieldRef != nil:
		return podField(at.Child("fieldRef"), *from.FieldRef, variableFields)
	case from.ResourceFieldRef != nil:
		return containerResource(at.Child("resourceFieldRef"), *from.ResourceFieldRef, container)
	case from.ConfigMapKeyRef != nil:
		return reference(at.Child("configMapKeyRef"), from.ConfigMapKeyRef.Name, from.ConfigMapKeyRef.Key)
	}
	return reference(at.Child("secretKeyRef"), from.SecretKeyRef.Name, from.SecretKeyRef.Key)
}

// set counts what is set.
func set(of ...bool) int {
	return len(slices.DeleteFunc(of, func(is bool) bool { return !is }))
}

// reference judges a key of a Secret or a ConfigMap.
func reference(path *field.Path, name, key string) field.ErrorList {
	return append(objectName(path.Child("name"), name), dataKey(path.Child("key"), key)...)
}

// dataKey judges a key of a Secret or a ConfigMap.
func dataKey(path *field.Path, key string) field.ErrorList {
	if key == "" {
		return field.ErrorList{field.Required(path, "name a key")}
	}
	return invalid(path, key, validation.IsConfigMapKey(key))
}

// podField judges a field of a pod, of which some are known, and of annotations and labels one key.
func podField(path *field.Path, ref corev1.ObjectFieldSelector, known []string) field.ErrorList {
	at := path.Child("fieldPath")
	if ref.APIVersion != "" && ref.APIVersion != "v1" {
		return field.ErrorList{field.NotSupported(path.Child("apiVersion"), ref.APIVersion, []string{"v1"})}
	}
	if ref.FieldPath == "" {
		return field.ErrorList{field.Required(at, "name a field of the pod, such as metadata.name")}
	}
	of, key, subscripted := subscript(ref.FieldPath)
	switch {
	case subscripted && of == "metadata.annotations":
		return invalid(at, ref.FieldPath, validation.IsQualifiedName(strings.ToLower(key)))
	case subscripted && of == "metadata.labels":
		return invalid(at, ref.FieldPath, validation.IsQualifiedName(key))
	case subscripted:
		return field.ErrorList{field.Invalid(at, ref.FieldPath, "only metadata.annotations and metadata.labels have keys")}
	case !slices.Contains(known, ref.FieldPath):
		return field.ErrorList{field.NotSupported(at, ref.FieldPath, known)}
	}
	return nil
}

// subscript splits metadata.labels['app'] into the path and the key.
func subscript(path string) (of, key string, ok bool) {
	inner, ok := strings.CutSuffix(path, "']")
	if !ok {
		return path, "", false
	}
	of, key, ok = strings.Cut(inner, "['")
	return of, key, ok && of != ""
}

// containerResource judges a resource of a container.
func containerResource(path *field.Path, ref corev1.ResourceFieldSelector, container string) field.ErrorList {
	if ref.ContainerName != "" && ref.ContainerName != container {
		return field.ErrorList{field.NotSupported(path.Child("containerName"), ref.ContainerName, []string{container})}
	}
	hugePages := strings.HasPrefix(ref.Resource, "limits."+corev1.ResourceHugePagesPrefix) || strings.HasPrefix(ref.Resource, "requests."+corev1.ResourceHugePagesPrefix)
	if !hugePages && !slices.Contains(containerResources, ref.Resource) {
		return field.ErrorList{field.NotSupported(path.Child("resource"), ref.Resource, containerResources)}
	}
	divisors := divisorsOfOthers
	if strings.HasSuffix(ref.Resource, ".cpu") {
		divisors = divisorsOfCPU
	}
	if divisor := ref.Divisor.String(); !slices.Contains(divisors, divisor) {
		return field.ErrorList{field.NotSupported(path.Child("divisor"), divisor, divisors[1:])}
	}
	return nil
}

// objectName judges the name of an object such as a Secret.
func objectName(path *field.Path, name string) field.ErrorList {
	if name == "" {
		return field.ErrorList{field.Required(path, "name an object")}
	}
	return invalid(path, name, validation.IsDNS1123Subdomain(name))
}
