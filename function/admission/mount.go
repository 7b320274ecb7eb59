package admission

import (
	"fmt"
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Mounts judges the mounts of a container that is not privileged. Each must name one of the volumes.
func Mounts(at *field.Path, mounts []corev1.VolumeMount, volumes []corev1.Volume) field.ErrorList {
	known := map[string]bool{}
	for _, v := range volumes {
		known[v.Name] = true
	}
	var errs field.ErrorList
	taken := map[string]bool{}
	for _, m := range mounts {
		of, place := at.Key(m.MountPath), placeOf(m.MountPath)
		errs = append(errs, mount(of, m)...)
		if !known[m.Name] {
			errs = append(errs, field.NotFound(of.Child("name"), m.Name))
		}
		if taken[place] {
			errs = append(errs, field.Duplicate(of.Child("mountPath"), m.MountPath))
		}
		taken[place] = true
	}
	return errs
}

// placeOf says where a mount is in the container: paths are written in several ways.
func placeOf(mountPath string) string { return path.Clean("/" + mountPath) }

// Unmounted judges mounts of users at paths that a feature needs for its own volume. A second mount
// hides the first one, or a file of it.
func Unmounted(at *field.Path, mounts []corev1.VolumeMount, holds string, paths ...string) field.ErrorList {
	var errs field.ErrorList
	for _, m := range mounts {
		if slices.Contains(paths, placeOf(m.MountPath)) {
			errs = append(errs, field.Forbidden(at.Key(m.MountPath).Child("mountPath"), fmt.Sprintf("the installation mounts %s there: use another path", holds)))
		}
	}
	return errs
}

func mount(at *field.Path, m corev1.VolumeMount) field.ErrorList {
	var errs field.ErrorList
	switch {
	case m.MountPath == "":
		errs = append(errs, field.Required(at.Child("mountPath"), "use an absolute path"))
	case strings.Contains(m.MountPath, ":"):
		errs = append(errs, field.Invalid(at.Child("mountPath"), m.MountPath, "use a path without ':'"))
	}
	errs = append(errs, within(at.Child("subPath"), m.SubPath)...)
	errs = append(errs, within(at.Child("subPathExpr"), m.SubPathExpr)...)
	if m.SubPath != "" && m.SubPathExpr != "" {
		errs = append(errs, field.Forbidden(at.Child("subPathExpr"), "subPath is set, too: remove one of them"))
	}
	errs = append(errs, propagation(at.Child("mountPropagation"), m)...)
	return append(errs, recursively(at.Child("recursiveReadOnly"), m)...)
}

func propagation(at *field.Path, m corev1.VolumeMount) field.ErrorList {
	if m.MountPropagation == nil {
		return nil
	}
	switch *m.MountPropagation {
	case corev1.MountPropagationNone, corev1.MountPropagationHostToContainer:
		return nil
	case corev1.MountPropagationBidirectional:
		return field.ErrorList{field.Forbidden(at, "Bidirectional needs a privileged container: use None or HostToContainer")}
	}
	return field.ErrorList{field.NotSupported(at, *m.MountPropagation, []string{string(corev1.MountPropagationNone), string(corev1.MountPropagationHostToContainer)})}
}

func recursively(at *field.Path, m corev1.VolumeMount) field.ErrorList {
	if m.RecursiveReadOnly == nil {
		return nil
	}
	switch *m.RecursiveReadOnly {
	case corev1.RecursiveReadOnlyDisabled:
		return nil
	case corev1.RecursiveReadOnlyIfPossible, corev1.RecursiveReadOnlyEnabled:
		if !m.ReadOnly {
			return field.ErrorList{field.Forbidden(at, "set readOnly: true, too")}
		}
		if m.MountPropagation != nil && *m.MountPropagation != corev1.MountPropagationNone {
			return field.ErrorList{field.Forbidden(at, "remove mountPropagation, or set it to None")}
		}
		return nil
	}
	return field.ErrorList{field.NotSupported(at, *m.RecursiveReadOnly, []string{
		string(corev1.RecursiveReadOnlyDisabled), string(corev1.RecursiveReadOnlyEnabled), string(corev1.RecursiveReadOnlyIfPossible),
	})}
}
