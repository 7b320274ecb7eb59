package installation

import (
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"
)

// serverEnv is the server's environment. Order matters: it is the Mattermost
// operator's, and a change of it would restart every server.
func serverEnv(g gathered) []corev1.EnvVar {
	return merge(slices.Concat(databaseEnv(g), fileStoreEnv(g), searchEnv(g), generalEnv(g)), usersEnv(g))
}

func usersEnv(g gathered) []corev1.EnvVar {
	out := make([]corev1.EnvVar, 0, len(g.spec.MattermostEnv))
	for _, e := range g.spec.MattermostEnv {
		out = append(out, corev1.EnvVar{Name: e.Name, Value: e.Value, ValueFrom: e.ValueFrom})
	}
	return out
}

func generalEnv(g gathered) []corev1.EnvVar {
	env := []corev1.EnvVar{
		{Name: "MM_PLUGINSETTINGS_ENABLEUPLOADS", Value: "true"},
		{Name: "MM_METRICSSETTINGS_ENABLE", Value: "true"},
		{Name: "MM_METRICSSETTINGS_LISTENADDRESS", Value: ":8067"},
		{Name: "MM_CLUSTERSETTINGS_ENABLE", Value: "true"},
		{Name: "MM_CLUSTERSETTINGS_CLUSTERNAME", Value: "production"},
		{Name: "MM_INSTALL_TYPE", Value: "kubernetes-operator"},
	}
	if host := ingressHost(g); host != "" {
		env = append(env, corev1.EnvVar{Name: siteURL, Value: "https://" + host})
	}
	env = append(env, corev1.EnvVar{Name: "MM_FILESETTINGS_MAXFILESIZE", Value: strconv.FormatInt(maxFileSize(g), 10)})
	return append(env, licenseEnv(g)...)
}

// merge replaces generated variables in place and appends the others.
func merge(generated, users []corev1.EnvVar) []corev1.EnvVar {
	out := slices.Clone(generated)
	for _, u := range users {
		i := slices.IndexFunc(out, func(e corev1.EnvVar) bool { return e.Name == u.Name })
		if i < 0 {
			out = append(out, u)
			continue
		}
		out[i] = u
	}
	return out
}

func fromSecret(variable, secret, key string) corev1.EnvVar {
	return corev1.EnvVar{Name: variable, ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
		LocalObjectReference: corev1.LocalObjectReference{Name: secret},
		Key:                  key,
	}}}
}
