package installation

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

const (
	keyUsername = "username"
	keyPassword = "password"
)

func searchSecretComplete(g gathered) compose.Verdict {
	es := g.spec.ElasticSearch
	if es == nil || es.Secret == "" {
		return compose.Passed
	}
	return secretHasKeys(g, "spec.elasticSearch.secret", es.Secret, keyUsername, keyPassword)
}

func searchEnv(g gathered) []corev1.EnvVar {
	es := g.spec.ElasticSearch
	if es == nil || es.Host == "" {
		return nil
	}
	env := []corev1.EnvVar{
		{Name: "MM_ELASTICSEARCHSETTINGS_ENABLEINDEXING", Value: "true"},
		{Name: "MM_ELASTICSEARCHSETTINGS_ENABLESEARCHING", Value: "true"},
		{Name: "MM_ELASTICSEARCHSETTINGS_CONNECTIONURL", Value: es.Host},
	}
	if es.Secret == "" {
		return env
	}
	return append(env,
		fromSecret("MM_ELASTICSEARCHSETTINGS_USERNAME", es.Secret, keyUsername),
		fromSecret("MM_ELASTICSEARCHSETTINGS_PASSWORD", es.Secret, keyPassword),
	)
}
