// Package search is the Elasticsearch or OpenSearch server that an installation searches with.
package search

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/feature"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/pod"
)

const (
	keyUsername = "username"
	keyPassword = "password"
)

// Feature is the search of an installation.
//
//nolint:gochecknoglobals // A table.
var Feature = feature.Feature{
	Secrets: secrets,
	Rules:   []feature.Chapter{{Condition: feature.ConditionAccepted, Gates: []feature.Gate{secretComplete}}},
	Server:  func(f *facts.Facts) decision.Part { return decision.Part{Env: env(f)} },
}

func secrets(f *facts.Facts) []string {
	if f.Spec.ElasticSearch == nil {
		return nil
	}
	return []string{f.Spec.ElasticSearch.Secret}
}

func secretComplete(f *facts.Facts, _ *decision.Decisions) compose.Verdict {
	es := f.Spec.ElasticSearch
	if es == nil || es.Secret == "" {
		return compose.Passed
	}
	return feature.SecretComplete(f, "spec.elasticSearch.secret", es.Secret, keyUsername, keyPassword)
}

func env(f *facts.Facts) []corev1.EnvVar {
	es := f.Spec.ElasticSearch
	if es == nil || es.Host == "" {
		return nil
	}
	out := []corev1.EnvVar{
		{Name: "MM_ELASTICSEARCHSETTINGS_ENABLEINDEXING", Value: "true"},
		{Name: "MM_ELASTICSEARCHSETTINGS_ENABLESEARCHING", Value: "true"},
		{Name: "MM_ELASTICSEARCHSETTINGS_CONNECTIONURL", Value: es.Host},
	}
	if es.Secret == "" {
		return out
	}
	return append(out,
		pod.FromSecret("MM_ELASTICSEARCHSETTINGS_USERNAME", es.Secret, keyUsername),
		pod.FromSecret("MM_ELASTICSEARCHSETTINGS_PASSWORD", es.Secret, keyPassword),
	)
}
