package rollout

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/Masterminds/semver/v3"
	corev1 "k8s.io/api/core/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/release"
)

const (
	// annotationInputs of a migration Job are a digest of what it ran with, so that a failed one
	// is tried again when that changed.
	annotationInputs = "mattermost.crossplane.io/inputs"
	// annotationAttempt of a migration Job is the user's, so that it is replaced when the user
	// wants another.
	annotationAttempt = "mattermost.crossplane.io/attempt"

	// A database that is not there yet is waited for: ten more tries, with pauses that double from
	// ten seconds to six minutes.
	migrationRetries = 10
)

func attempt(f *facts.Facts) string {
	if f.Spec.Upgrade == nil {
		return "0"
	}
	return strconv.FormatInt(f.Spec.Upgrade.Attempt, 10)
}

// updateJob is the user's, or one that says nothing.
func updateJob(f *facts.Facts) v1alpha1.UpdateJob {
	if f.Spec.UpdateJob == nil {
		return v1alpha1.UpdateJob{}
	}
	return *f.Spec.UpdateJob
}

// migratesByJob says whether servers of a version have a command that only migrates the database.
// Servers before 6.5 migrate only when they start.
func migratesByJob(version string) bool {
	line := release.LineOf(version)
	return line == nil || !line.LessThan(firstMigrateCommand)
}

// firstMigrateCommand is the first release with `mattermost db migrate`.
//
//nolint:gochecknoglobals // A constant in all but syntax.
var firstMigrateCommand = semver.New(6, 5, 0, "", "")

// planSavable refuses to promise a plan that the server cannot save.
func planSavable(f *facts.Facts, d *decision.Decisions) compose.Verdict {
	v := d.Version.Version
	if !updateJob(f).SavePlan {
		return compose.Passed
	}
	if f.Spec.FileStore != nil && (f.Spec.FileStore.ExternalVolume != nil || f.Spec.FileStore.Local != nil && f.Spec.FileStore.Local.Enabled) {
		return compose.Refuse("PlanUnsupported",
			"spec.updateJob.savePlan: the plan is a file of the file store, and the Job does not mount the volume that files are on: set it to false, or keep files in a bucket")
	}
	if line := release.LineOf(v); line == nil || line.Major() >= 8 {
		return compose.Passed
	}
	return compose.Refuse("PlanUnsupported", fmt.Sprintf(
		"spec.updateJob.savePlan: version %s cannot save a plan, servers from 8.0 on can: set it to false", v))
}

// migrationOptions are what the user says of the Job.
func migrationOptions(f *facts.Facts, d *decision.Decisions) objects.Migration {
	job := updateJob(f)
	out := objects.Migration{
		Name:        jobName(f, d.Rollout),
		Labels:      job.ExtraLabels,
		Annotations: job.ExtraAnnotations,
		Marks:       marked(map[string]string{annotationInputs: d.Rollout.Inputs, annotationAttempt: attempt(f), facts.AnnotationRestored: d.Turn.Data}),
		Retries:     migrationRetries,
		SavePlan:    job.SavePlan,
	}
	if job.Retries != nil {
		out.Retries = *job.Retries
	}
	return out
}

// marked are the annotations that have a value, nil for none.
func marked(annotations map[string]string) map[string]string {
	maps.DeleteFunc(annotations, func(_, value string) bool { return value == "" })
	if len(annotations) == 0 {
		return nil
	}
	return annotations
}

func jobName(f *facts.Facts, r decision.Rollout) string {
	return f.Name + "-migrate-" + strings.TrimPrefix(r.Migration, composed.PrefixMigration)
}

// migrationInputs are a digest of what a migration runs with besides the image.
func migrationInputs(f *facts.Facts, server decision.Server) string {
	parts := []string{server.Secrets}
	resources := migrationResources(f, server.Resources)
	for _, amounts := range []corev1.ResourceList{resources.Requests, resources.Limits} {
		for _, name := range slices.Sorted(maps.Keys(amounts)) {
			amount := amounts[name]
			parts = append(parts, string(name), amount.String())
		}
		parts = append(parts, "")
	}
	for _, e := range server.Env {
		parts = append(parts, e.String())
	}
	for _, v := range server.Volumes {
		parts = append(parts, v.String())
	}
	for _, m := range server.Mounts {
		parts = append(parts, m.String())
	}
	parts = append(parts, string(server.PullPolicy))
	for _, s := range server.PullSecrets {
		parts = append(parts, s.Name)
	}
	return compose.HashOf(16, parts...)
}
