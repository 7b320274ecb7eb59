package rollout

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
)

// reserved prefixes of keys, by which Crossplane, Kubernetes and this function mark Jobs and pods, and
// by which Kubernetes once configured pods.
//
//nolint:gochecknoglobals // A table.
var reserved = []string{
	"mattermost.crossplane.io/", "crossplane.io/", "batch.kubernetes.io/", "job-name", "controller-uid",
	"kubernetes.io/config.", "scheduler.alpha.kubernetes.io/", "controller.kubernetes.io/", "seccomp.security.alpha.kubernetes.io/", "container.apparmor.security.beta.kubernetes.io/",
}

// jobMetadataUsable refuses labels and annotations of the migration Job that Kubernetes would
// refuse, that the installation sets itself, or that would be read as its own.
func jobMetadataUsable(f *facts.Facts, _ *decision.Decisions) compose.Verdict {
	job, own := updateJob(f), f.Labels("", "")
	for _, key := range slices.Sorted(maps.Keys(job.ExtraLabels)) {
		if problem := problemOf(key, key, own); problem != "" {
			return unusable("extraLabels", key, problem)
		}
		if problems := validation.IsValidLabelValue(job.ExtraLabels[key]); len(problems) > 0 {
			return unusable("extraLabels", key, "its value is not one of a label: "+problems[0])
		}
	}
	for _, key := range slices.Sorted(maps.Keys(job.ExtraAnnotations)) {
		// Kubernetes does not care for the case of their keys.
		if problem := problemOf(key, strings.ToLower(key), nil); problem != "" {
			return unusable("extraAnnotations", key, problem)
		}
	}
	if err := apivalidation.ValidateAnnotationsSize(job.ExtraAnnotations); err != nil {
		return compose.Refuse("JobMetadataUnusable", "spec.updateJob.extraAnnotations: "+err.Error()+": remove some")
	}
	return compose.Passed
}

// problemOf a key, of which Kubernetes judges the form.
func problemOf(key, form string, own map[string]string) string {
	if problems := validation.IsQualifiedName(form); len(problems) > 0 {
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
