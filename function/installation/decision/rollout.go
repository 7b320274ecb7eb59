package decision

import (
	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
)

// Rollout is what is decided about the server's image: a schema is migrated before the first
// server that needs it starts, and by one Job at a time, so that nothing ever races for it.
type Rollout struct {
	// Phase of a change of version, empty while none is wanted.
	Phase v1alpha1.UpgradePhase
	// Image that the Deployment is to run, empty while there is to be none.
	Image string
	// Replicas of the Deployment.
	Replicas int32
	// Migration is the name that the migration to the wanted image is composed under, empty
	// while none is called for.
	Migration string
	// Inputs of the migration.
	Inputs string
	// Observed is the migration, once it exists.
	Observed facts.Migration
	// Blocker is the Job that must end before.
	Blocker string
	// Kept are migrations that exist and stay.
	Kept []string
	// Stopped is the key of the restore that no server may run for, empty when one may.
	Stopped string
	// Migrated is the UID of the restore whose data the schema is then migrated for.
	Migrated string
}

// Starts says whether the migration is to be made.
func (r Rollout) Starts() bool {
	return r.Phase == v1alpha1.PhaseMigrating && r.Observed.Name == ""
}

// SchemaMigrated says whether the schema is migrated to the wanted image, for the data that
// there is.
func (d *Decisions) SchemaMigrated() bool {
	return d.Rollout.Image == d.Version.Image && d.Rollout.Migrated == d.Turn.Data
}

// RolledOut says whether every replica runs what the spec wants.
func (d *Decisions) RolledOut(f *facts.Facts) bool {
	return d.SchemaMigrated() && d.Rollout.Stopped == "" && f.Deployment.Applied(d.Template) && compose.RolledOut(f.Deployment.Resource)
}

// Answers says whether a server answers on the data that there is, or would if any were
// wanted.
func (d *Decisions) Answers(f *facts.Facts) bool {
	deployment := f.Deployment
	if f.Stopped != "" || deployment.Image == "" || d.Turn.Data != deployment.Migrated {
		return false
	}
	return deployment.NewReplicaAvailable() || d.Sizing.Replicas == 0 && deployment.Int("spec", "replicas") == 0
}

// Restoring says whether no server answers because of a restore. Before the rollout is
// decided, the Deployment says so.
func (d *Decisions) Restoring(f *facts.Facts) bool {
	if d.Stage != Accepted {
		return f.Stopped != ""
	}
	return d.Rollout.Stopped != "" || f.Stopped != "" || d.Turn.Resumes && !d.Answers(f)
}
