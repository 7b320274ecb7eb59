package admission

import (
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

const (
	// largestMode of a file.
	largestMode = 0o777
	// longestDriver is the length of the name of a CSI driver.
	longestDriver = 63
	// remedyPath says what a path within a volume looks like.
	remedyPath = "use a path within the volume, without '..'"
)

// volumeFields of a pod are those that a file of a volume can contain.
//
//nolint:gochecknoglobals // A table.
var volumeFields = []string{"metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"}

// Volume judges a volume of a pod with a container.
func Volume(at *field.Path, v corev1.Volume, container string) field.ErrorList {
	errs := invalid(at.Child("name"), v.Name, validation.IsDNS1123Label(v.Name))
	if set(v.Secret != nil, v.ConfigMap != nil, v.PersistentVolumeClaim != nil, v.EmptyDir != nil, v.CSI != nil, v.DownwardAPI != nil, v.Projected != nil) != 1 {
		return append(errs, field.Forbidden(at, "exactly one of configMap, secret, emptyDir, persistentVolumeClaim, projected, downwardAPI and csi must be set"))
	}
	switch {
	case v.Secret != nil:
		from := at.Child("secret")
		errs = append(errs, objectName(from.Child("secretName"), v.Secret.SecretName)...)
		errs = append(errs, mode(from.Child("defaultMode"), v.Secret.DefaultMode)...)
		errs = append(errs, items(from.Child("items"), v.Secret.Items)...)
	case v.ConfigMap != nil:
		from := at.Child("configMap")
		errs = append(errs, objectName(from.Child("name"), v.ConfigMap.Name)...)
		errs = append(errs, mode(from.Child("defaultMode"), v.ConfigMap.DefaultMode)...)
		errs = append(errs, items(from.Child("items"), v.ConfigMap.Items)...)
	case v.PersistentVolumeClaim != nil:
		errs = append(errs, objectName(at.Child("persistentVolumeClaim", "claimName"), v.PersistentVolumeClaim.ClaimName)...)
	case v.EmptyDir != nil:
		errs = append(errs, emptyDir(at.Child("emptyDir"), *v.EmptyDir)...)
	case v.CSI != nil:
		errs = append(errs, csi(at.Child("csi"), *v.CSI)...)
	case v.DownwardAPI != nil:
		from := at.Child("downwardAPI")
		errs = append(errs, mode(from.Child("defaultMode"), v.DownwardAPI.DefaultMode)...)
		errs = append(errs, podFiles(from.Child("items"), v.DownwardAPI.Items, container)...)
	case v.Projected != nil:
		errs = append(errs, projected(at.Child("projected"), *v.Projected, container)...)
	}
	return errs
}

func emptyDir(at *field.Path, v corev1.EmptyDirVolumeSource) field.ErrorList {
	if v.SizeLimit != nil && v.SizeLimit.Sign() < 0 {
		return field.ErrorList{field.Invalid(at.Child("sizeLimit"), v.SizeLimit.String(), "it must not be below zero")}
	}
	known := []string{"", string(corev1.StorageMediumMemory), string(corev1.StorageMediumHugePages)}
	medium := string(v.Medium)
	size, pages := strings.CutPrefix(medium, string(corev1.StorageMediumHugePagesPrefix))
	if _, err := resource.ParseQuantity(size); slices.Contains(known, medium) || pages && err == nil {
		return nil
	}
	return field.ErrorList{field.NotSupported(at.Child("medium"), medium, known)}
}

func csi(at *field.Path, v corev1.CSIVolumeSource) field.ErrorList {
	var errs field.ErrorList
	switch driver := at.Child("driver"); {
	case v.Driver == "":
		errs = append(errs, field.Required(driver, "name a CSI driver"))
	case len(v.Driver) > longestDriver:
		errs = append(errs, field.TooLong(driver, v.Driver, longestDriver))
	default:
		errs = append(errs, invalid(driver, v.Driver, validation.IsDNS1123Subdomain(strings.ToLower(v.Driver)))...)
	}
	if v.NodePublishSecretRef != nil {
		errs = append(errs, objectName(at.Child("nodePublishSecretRef", "name"), v.NodePublishSecretRef.Name)...)
	}
	return errs
}

// items judges files that are made of the keys of a Secret or a ConfigMap.
func items(at *field.Path, all []corev1.KeyToPath) field.ErrorList {
	var errs field.ErrorList
	for i, item := range all {
		of := at.Index(i)
		errs = append(errs, dataKey(of.Child("key"), item.Key)...)
		errs = append(errs, file(of.Child("path"), item.Path)...)
		errs = append(errs, mode(of.Child("mode"), item.Mode)...)
	}
	return errs
}

// podFiles judges files that are made of a pod's fields.
func podFiles(at *field.Path, all []corev1.DownwardAPIVolumeFile, container string) field.ErrorList {
	var errs field.ErrorList
	for i, item := range all {
		of := at.Index(i)
		errs = append(errs, file(of.Child("path"), item.Path)...)
		errs = append(errs, mode(of.Child("mode"), item.Mode)...)
		switch {
		case set(item.FieldRef != nil, item.ResourceFieldRef != nil) != 1:
			errs = append(errs, field.Forbidden(of, "exactly one of fieldRef and resourceFieldRef must be set"))
		case item.FieldRef != nil:
			errs = append(errs, podField(of.Child("fieldRef"), *item.FieldRef, volumeFields)...)
		case item.ResourceFieldRef.ContainerName == "":
			errs = append(errs, field.Required(of.Child("resourceFieldRef", "containerName"), "set it to "+container))
		default:
			errs = append(errs, containerResource(of.Child("resourceFieldRef"), *item.ResourceFieldRef, container)...)
		}
	}
	return errs
}

// file judges the path of a file within a volume.
func file(at *field.Path, name string) field.ErrorList {
	if name == "" {
		return field.ErrorList{field.Required(at, remedyPath)}
	}
	if strings.HasPrefix(name, "..") {
		return field.ErrorList{field.Invalid(at, name, remedyPath)}
	}
	return within(at, name)
}

// within judges a path that must not lead out of a volume.
func within(at *field.Path, name string) field.ErrorList {
	if path.IsAbs(name) || slices.Contains(strings.Split(name, "/"), "..") {
		return field.ErrorList{field.Invalid(at, name, remedyPath)}
	}
	return nil
}

func mode(at *field.Path, m *int32) field.ErrorList {
	if m != nil && (*m < 0 || *m > largestMode) {
		return field.ErrorList{field.Invalid(at, *m, "use a mode between 0 and 0777 (decimal 511)")}
	}
	return nil
}
