package rollout

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
)

// reserved prefixes of keys, by which Crossplane, Kubernetes and this function mark Jobs.
//
//nolint:gochecknoglobals // A table.
var reserved = []string{"mattermost.crossplane.io/", "crossplane.io/", "batch.kubernetes.io/", "job-name", "controller-uid"}

// jobMetadataUsable refuses labels and annotations of the migration Job that Kubernetes would
// refuse, that the installation sets itself, or that would be read as its own.
func jobMetadataUsable(f *facts.Facts, _ *decision.Decisions) compose.Verdict {
	job, own := updateJob(f), f.Labels("", "")
	for _, key := range slices.Sorted(maps.Keys(job.ExtraLabels)) {
		if problem := problemOf(key, own); problem != "" {
			return unusable("extraLabels", key, problem)
		}
		if problems := validation.IsValidLabelValue(job.ExtraLabels[key]); len(problems) > 0 {
			return unusable("extraLabels", key, "its value is not one of a label: "+problems[0])
		}
	}
	for _, key := range slices.Sorted(maps.Keys(job.ExtraAnnotations)) {
		if problem := problemOf(key, nil); problem != "" {
			return unusable("extraAnnotations", key, problem)
		}
	}
	return compose.Passed
}

func problemOf(key string, own map[string]string) string {
	if problems := validation.IsQualifiedName(strings.ToLower(key)); len(problems) > 0 {
		return "it is not a key: " + problems[0]
	}
	_, taken := own[key]
	if taken || slices.ContainsFunc(reserved, func(prefix string) bool { return strings.HasPrefix(key, prefix) }) {
		return "the key is reserved"
	}
	return ""
}

func unusable(field, key, problem string) compose.Verdict {
	return compose.Refuse("JobMetadataUnusable", fmt.Sprintf("spec.updateJob.%s[%s]: %s: use another key, or remove it", field, key, problem))
}
