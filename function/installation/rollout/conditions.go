package rollout

import (
	"fmt"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/feature"
)

func conditions(f *facts.Facts, d *decision.Decisions) []compose.Condition {
	c := compose.Condition{Type: feature.ConditionRollout, Status: compose.False}
	switch d.Stage {
	case decision.Refused:
		return refusedConditions(f, d, c)
	case decision.Waiting:
		c.Reason, c.Waiting = "ClaimPending", true
		c.Message = "waiting for what the installation claims: conditions " + feature.ConditionDatabase + " and " + feature.ConditionFileStore + " say for what"
		return []compose.Condition{accepted(""), c}
	case decision.Accepted:
	}
	return append(backedUp(f, d.Backup), accepted(lifted(f, d)), migration(f, d), rolledOut(f, d, c))
}

func accepted(message string) compose.Condition {
	return compose.Condition{Type: feature.ConditionAccepted, Status: compose.True, Reason: "Accepted", Message: message}
}

func refusedConditions(f *facts.Facts, d *decision.Decisions, c compose.Condition) []compose.Condition {
	c.Reason = "Refused"
	c.Message = "what the spec wants is not rolled out: condition " + feature.ConditionAccepted + " says why"
	if f.Stopped != "" {
		c.Message = fmt.Sprintf("no server runs, and none starts after MattermostRestore %q before the spec is accepted: condition %s says why it is not", d.Turn.Name, feature.ConditionAccepted)
	}
	out := []compose.Condition{c}
	if another(f, d) {
		out = append(out, compose.Condition{Type: feature.ConditionBackedUp, Status: compose.False, Reason: "Refused", Message: "condition " + feature.ConditionAccepted + " says why"})
	}
	return out
}

func migration(f *facts.Facts, d *decision.Decisions) compose.Condition {
	c := compose.Condition{Type: feature.ConditionMigration, Status: compose.False, Waiting: true}
	r, m, image := d.Rollout, d.Rollout.Observed, d.Version.Image
	name := jobName(f, r)
	switch {
	case r.Phase == v1alpha1.PhaseAwaitingBackup:
		c.Reason, c.Message = "AwaitingBackup", awaitingBackupMessage
	case r.Phase == v1alpha1.PhaseSuperseding:
		c.Reason = "Superseding"
		c.Message = fmt.Sprintf("waiting for Job %q to end, which migrates to what is no longer wanted", r.Blocker)
	case d.Turn.Active && r.Phase == "" && !d.SchemaMigrated():
		c.Reason = "Restoring"
		c.Message = fmt.Sprintf("the change to %s waits until MattermostRestore %q is over", image, d.Turn.Name)
	case d.SchemaMigrated():
		return migrated(f, d, c)
	case m.Failed():
		c.Reason, c.Waiting = "Failed", false
		c.Message = fmt.Sprintf("Job %q could not migrate the database to %s in %d attempts: see `kubectl logs job/%s`; it is tried again when spec.version, spec.upgrade.attempt, a Secret, the environment or the resources of the Job change", name, image, m.Attempts(), name)
	case m.Job.Int("status", "failed") > 0:
		c.Reason, c.Waiting, c.Progress = "Retrying", false, compose.ProgressContinues
		c.Message = fmt.Sprintf("Job %q failed to migrate the database to %s and tries again, %d times at most: see `kubectl logs job/%s`", name, image, m.Job.Int("spec", "backoffLimit"), name)
	default:
		c.Reason = "Pending"
		c.Message = fmt.Sprintf("waiting for Job %q to migrate the database to %s: `kubectl describe pods -l job-name=%s` says how far it is; while its pod does not start, a corrected spec.version, Secret, environment or spec.updateJob.resources replaces it, and another spec.upgrade.attempt at any time%s", name, image, name, waitsFor(f, m))
	}
	return c
}

// migrated describes a schema that no Job migrates any more, and what migrated it.
func migrated(f *facts.Facts, d *decision.Decisions, c compose.Condition) compose.Condition {
	if v := d.Version.Version; !migratesByJob(v) {
		c.Status, c.Reason, c.Waiting = compose.True, "Unsupported", false
		c.Message = fmt.Sprintf("servers before 6.5, such as %s, have no command that migrates the database: the first of them migrates it when it starts, before the others follow", v)
		return c
	}
	claimed := f.DatabaseClaimed() && f.Spec.UpdateJob == nil
	if claimed && !d.Turn.HasServed(f) && !f.Deployment.NewReplicaAvailable() {
		c.Reason = "FirstServer"
		c.Message = "waiting for the first replica, which migrates the database that was claimed for it when it starts"
		return c
	}
	c.Status, c.Reason, c.Waiting = compose.True, "Complete", false
	if updateJob(f).Disabled {
		c.Reason = "Disabled"
	}
	return c
}

func rolledOut(f *facts.Facts, d *decision.Decisions, c compose.Condition) compose.Condition {
	r, image := d.Rollout, d.Version.Image
	switch {
	case d.RolledOut(f):
		c.Status, c.Reason = compose.True, "Complete"
	case d.Turn.Stops:
		c.Reason, c.Waiting = "Restoring", true
		c.Message = fmt.Sprintf("no server is to run until MattermostRestore %q has replaced the data", d.Turn.Name)
	case r.Phase == v1alpha1.PhaseFailed:
		c.Reason, c.Message = "MigrationFailed", fmt.Sprintf("the database could not be migrated to %s: condition %s says more", image, feature.ConditionMigration)
	case r.Phase == v1alpha1.PhaseAwaitingBackup:
		c.Reason, c.Message, c.Waiting = "AwaitingBackup", awaitingBackupMessage, true
	case r.Phase == "" && r.Image != image:
		c.Reason, c.Waiting = "Restoring", true
		c.Message = fmt.Sprintf("the change to %s waits until MattermostRestore %q is over", image, d.Turn.Name)
	case !d.SchemaMigrated():
		c.Reason, c.Message, c.Waiting = "Migrating", "waiting for the database migration", true
	case f.Deployment.Condition("Progressing").Reason == "ProgressDeadlineExceeded":
		c.Reason, c.Message = "Stuck", f.Deployment.Condition("Progressing").Message
	default:
		c.Reason, c.Waiting = "Rolling", true
		c.Message = fmt.Sprintf("waiting for every replica to run %s", image)
	}
	return c
}
