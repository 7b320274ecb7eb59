package installation

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/Masterminds/semver/v3"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
)

const (
	// annotationInputs of a migration Job are a digest of what it ran with, so that
	// a failed one is tried again when that changed.
	annotationInputs = "mattermost.crossplane.io/inputs"
	// annotationAttempt of a migration Job is the user's, so that it is replaced when
	// the user wants another.
	annotationAttempt = "mattermost.crossplane.io/attempt"

	// A database that is not there yet is waited for: ten more tries, with pauses that
	// double from ten seconds to six minutes.
	migrationRetries = 10
)

// migration is an observed Job that migrates the schema to an image.
type migration struct {
	// name that it is composed under.
	name  string
	image string
	// data is the UID of the restore whose data it migrates, empty for data that no
	// restore replaced.
	data string
	job  compose.Resource
}

func observedMigrations(s compose.State) []migration {
	var out []migration
	for _, name := range s.ObservedNames(prefixMigration) {
		job := s.Observed(name)
		out = append(out, migration{name: name, image: serverImage(job), data: job.String("metadata", "annotations", annotationRestored), job: job})
	}
	return out
}

func (m migration) complete() bool { return m.job.Condition("Complete").Status == compose.True }

func (m migration) failed() bool { return m.job.Condition("Failed").Status == compose.True }

// leaving says whether it is being deleted.
func (m migration) leaving() bool { return m.job.Has("metadata", "deletionTimestamp") }

// unfinished says whether it may still change the schema, or stands in the way of
// another of its name.
func (m migration) unfinished() bool { return m.leaving() || !m.complete() && !m.failed() }

// attempts that were made, including the current one. The current one counts from its
// start, so that changes of its pod do not change this number.
func (m migration) attempts() int64 {
	failed := m.job.Int("status", "failed")
	if !m.job.Exists() || m.failed() {
		return failed
	}
	return failed + 1
}

// serves says whether the migration is the one that the spec wants: to its image, of
// the data that there is, and not one that is to be replaced by a new attempt.
func (m migration) serves(g gathered, inputs string) bool {
	if m.image != g.image || m.data != g.data || m.leaving() {
		return false
	}
	annotations := m.job.At("metadata", "annotations")
	another := annotations.String(annotationAttempt) != attempt(g)
	corrected := annotations.String(annotationInputs) != inputs
	switch {
	case m.complete():
		return true
	case m.failed():
		return !another && !corrected
	}
	return !another
}

// spent says whether there is no use for the migration any more: its image is rolled
// out, its data was replaced, or it is being deleted. To apply one that is gone, and
// only still seen, would make it run again.
func (m migration) spent(g gathered) bool {
	rolledOut := m.complete() && m.image == g.served && m.data == g.migrated
	replaced := m.data != g.data && !m.unfinished()
	return m.leaving() || rolledOut || replaced
}

// superseded says whether it failed, and was let go since: another was begun, without
// which there would not be two, or the server was stopped for a restore.
func (m migration) superseded(g gathered) bool {
	another := slices.ContainsFunc(g.migrations, func(of migration) bool { return of.name != m.name && of.unfinished() })
	return m.failed() && (another || g.stopped != "")
}

func attempt(g gathered) string {
	if g.spec.Upgrade == nil {
		return "0"
	}
	return strconv.FormatInt(g.spec.Upgrade.Attempt, 10)
}

// updateJob is the user's, or one that says nothing.
func updateJob(g gathered) v1alpha1.UpdateJob {
	if g.spec.UpdateJob == nil {
		return v1alpha1.UpdateJob{}
	}
	return *g.spec.UpdateJob
}

// migratesByJob says whether servers of a version have a command that only migrates the
// database. Servers before 6.5 migrate only when they start.
func migratesByJob(version string) bool {
	line := lineOfTag(version)
	return line == nil || !line.LessThan(firstMigrateCommand)
}

// firstMigrateCommand is the first release with `mattermost db migrate`.
//
//nolint:gochecknoglobals // A constant in all but syntax.
var firstMigrateCommand = semver.New(6, 5, 0, "", "")

// planSavable refuses to promise a plan that the server cannot save.
func planSavable(g gathered) compose.Verdict {
	if line := lineOfTag(g.version); !updateJob(g).SavePlan || line == nil || line.Major() >= 8 {
		return compose.Passed
	}
	return compose.Refuse("PlanUnsupported", fmt.Sprintf(
		"spec.updateJob.savePlan: version %s cannot save a plan, servers from 8.0 on can: set it to false", g.version))
}

// migrationOptions are what the user says of the Job.
func migrationOptions(g gathered, r rollout) objects.Migration {
	job := updateJob(g)
	out := objects.Migration{
		Name:        jobName(g, r),
		Labels:      job.ExtraLabels,
		Annotations: job.ExtraAnnotations,
		Marks:       marked(map[string]string{annotationInputs: r.inputs, annotationAttempt: attempt(g), annotationRestored: g.data}),
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

func jobName(g gathered, r rollout) string {
	return g.name + "-migrate-" + strings.TrimPrefix(r.migration, prefixMigration)
}

// migrationInputs are a digest of what a migration runs with besides the image.
func migrationInputs(g gathered) string {
	parts := []string{secretsChecksum(g)}
	for _, e := range serverEnv(g) {
		parts = append(parts, e.String())
	}
	return digest(parts...)[:16]
}

func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		_, _ = fmt.Fprintf(h, "%q\n", p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func migrationCondition(g gathered, r rollout) compose.Condition {
	c := compose.Condition{Type: conditionMigration, Status: compose.False, Waiting: true}
	m := r.observed
	name := jobName(g, r)
	switch {
	case r.phase == v1alpha1.PhaseAwaitingBackup:
		c.Reason, c.Message = "AwaitingBackup", awaitingBackupMessage
	case r.phase == v1alpha1.PhaseSuperseding:
		c.Reason = "Superseding"
		c.Message = fmt.Sprintf("waiting for Job %q to end, which migrates to what is no longer wanted", r.blocker)
	case g.part.active && r.phase == "" && !r.settled(g):
		c.Reason = "Restoring"
		c.Message = fmt.Sprintf("the change to %s waits until MattermostRestore %q is over", g.image, g.part.name)
	case r.settled(g):
		return settledMigration(g, c)
	case m.failed():
		c.Reason, c.Waiting = "Failed", false
		c.Message = fmt.Sprintf("Job %q could not migrate the database to %s in %d attempts: see `kubectl logs job/%s`; it is tried again when spec.version, spec.upgrade.attempt, the database Secret or the environment changes", name, g.image, m.attempts(), name)
	case m.job.Int("status", "failed") > 0:
		c.Reason, c.Waiting = "Retrying", false
		c.Message = fmt.Sprintf("Job %q failed to migrate the database to %s and tries again, %d times at most: see `kubectl logs job/%s`", name, g.image, m.job.Int("spec", "backoffLimit"), name)
	default:
		c.Reason = "Pending"
		c.Message = fmt.Sprintf("waiting for Job %q to migrate the database to %s: `kubectl describe pods -l job-name=%s` says how far it is; a corrected spec.version replaces it", name, g.image, name)
	}
	return c
}

// settledMigration describes a schema that no Job migrates any more, and what migrated it.
func settledMigration(g gathered, c compose.Condition) compose.Condition {
	if !migratesByJob(g.version) {
		c.Status, c.Reason, c.Waiting = compose.True, "Unsupported", false
		c.Message = fmt.Sprintf("servers before 6.5, such as %s, have no command that migrates the database: the first of them migrates it when it starts, before the others follow", g.version)
		return c
	}
	claimed := databaseClaimed(g) && g.spec.UpdateJob == nil
	if claimed && !hasServed(g) && !updatedAvailable(g.state.Observed(nameDeployment)) {
		c.Reason = "FirstServer"
		c.Message = "waiting for the first replica, which migrates the database that was claimed for it when it starts"
		return c
	}
	c.Status, c.Reason, c.Waiting = compose.True, "Complete", false
	if updateJob(g).Disabled {
		c.Reason = "Disabled"
	}
	return c
}
