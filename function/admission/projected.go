package admission

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

const (
	// shortestToken and longestToken are how long a token of a ServiceAccount can last, in seconds.
	shortestToken = 600
	longestToken  = 1 << 32
)

// projected judges a volume that puts several sources in one folder.
func projected(at *field.Path, v corev1.ProjectedVolumeSource, container string) field.ErrorList {
	errs := mode(at.Child("defaultMode"), v.DefaultMode)
	taken := map[string]bool{}
	for i, source := range v.Sources {
		of := at.Child("sources").Index(i)
		errs = append(errs, projection(of, source, container)...)
		for _, name := range paths(source) {
			if taken[name] {
				errs = append(errs, field.Duplicate(of, name))
			}
			// A path that is missing is an error already.
			taken[name] = name != ""
		}
	}
	return errs
}

// projection judges one source of a projected volume.
func projection(at *field.Path, v corev1.VolumeProjection, container string) field.ErrorList {
	if v.ClusterTrustBundle != nil || v.PodCertificate != nil {
		return field.ErrorList{field.Forbidden(at, "not every cluster offers clusterTrustBundle and podCertificate: use secret, configMap, downwardAPI or serviceAccountToken")}
	}
	if set(v.Secret != nil, v.ConfigMap != nil, v.DownwardAPI != nil, v.ServiceAccountToken != nil) != 1 {
		return field.ErrorList{field.Forbidden(at, "exactly one of secret, configMap, downwardAPI and serviceAccountToken must be set")}
	}
	switch {
	case v.Secret != nil:
		return append(objectName(at.Child("secret", "name"), v.Secret.Name), items(at.Child("secret", "items"), v.Secret.Items)...)
	case v.ConfigMap != nil:
		return append(objectName(at.Child("configMap", "name"), v.ConfigMap.Name), items(at.Child("configMap", "items"), v.ConfigMap.Items)...)
	case v.DownwardAPI != nil:
		return podFiles(at.Child("downwardAPI", "items"), v.DownwardAPI.Items, container)
	}
	return token(at.Child("serviceAccountToken"), *v.ServiceAccountToken)
}

func token(at *field.Path, v corev1.ServiceAccountTokenProjection) field.ErrorList {
	errs := file(at.Child("path"), v.Path)
	if s := v.ExpirationSeconds; s != nil && (*s < shortestToken || *s > longestToken) {
		errs = append(errs, field.Invalid(at.Child("expirationSeconds"), *s, "use at least 600 (ten minutes) and at most 4294967296"))
	}
	return errs
}

// paths are the files that a source makes, as far as the spec names them.
func paths(v corev1.VolumeProjection) []string {
	var out []string
	if v.Secret != nil {
		out = append(out, pathsOf(v.Secret.Items)...)
	}
	if v.ConfigMap != nil {
		out = append(out, pathsOf(v.ConfigMap.Items)...)
	}
	if v.DownwardAPI != nil {
		for _, item := range v.DownwardAPI.Items {
			out = append(out, item.Path)
		}
	}
	if v.ServiceAccountToken != nil {
		out = append(out, v.ServiceAccountToken.Path)
	}
	return out
}

func pathsOf(items []corev1.KeyToPath) []string {
	out := make([]string, 0, len(items))
	for _, item := range items {
		out = append(out, item.Path)
	}
	return out
}
