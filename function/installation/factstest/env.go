package factstest

import (
	corev1 "k8s.io/api/core/v1"
)

// Flat writes a variable as name=value, or name<secret/key.
func Flat(env []corev1.EnvVar) []string {
	var out []string
	for _, e := range env {
		if e.ValueFrom == nil {
			out = append(out, e.Name+"="+e.Value)
			continue
		}
		out = append(out, e.Name+"<"+e.ValueFrom.SecretKeyRef.Name+"/"+e.ValueFrom.SecretKeyRef.Key)
	}
	return out
}
