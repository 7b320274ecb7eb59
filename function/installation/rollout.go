package installation

import (
	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
)

// rollout is what is decided about the server's image: a schema is migrated before
// the first server that needs it starts, and by one Job at a time, so that nothing
// ever races for it.
//
//	         wanted image ≠ served
//	steady ───▶ awaiting backup ────▶ superseding   others end first
//	  ▲         where one is required      │
//	  │ every replica                      ▼
//	  │ runs it        complete        migrating ──▶ failed   until another is wanted
//	rolling ◀──────────────────────────────┘
//
// What is wanted may change at any time. Each call decides from what is observed. Data
// that was restored is migrated in the same way, though the image stays: it may be older.
type rollout struct {
	// phase of a change of version, empty while none is wanted.
	phase v1alpha1.UpgradePhase
	// image that the Deployment is to run, empty while there is to be none.
	image string
	// replicas of the Deployment.
	replicas int32
	// migration is the name that the migration to the wanted image is composed
	// under, empty while none is called for.
	migration string
	// inputs of the migration.
	inputs string
	// observed is the migration, once it exists.
	observed migration
	// blocker is the Job that must end before.
	blocker string
	// kept are migrations that exist and stay.
	kept []string
	// stopped is the key of the restore that no server may run for, empty when one may.
	stopped string
	// migrated is the data that the schema is then migrated for, as in gathered.
	migrated string
}

func decideRollout(g gathered, replicas int32) rollout {
	r := rollout{image: g.served, migrated: g.migrated}
	switch {
	case g.part.stops:
		r.stop(g)
		return r
	case g.part.holds(g):
		r.keep(g)
	case g.served != g.image || g.data != g.migrated:
		r.change(g)
	}
	if r.migrated != g.data {
		r.stopped = g.stopped
		return r
	}
	r.replicas = startReplicas(g, r.image, replicas)
	return r
}

// stop the server for a restore. Nothing else changes meanwhile.
func (r *rollout) stop(g gathered) {
	r.stopped = g.part.key()
	r.keep(g)
	if r.image != "" {
		return
	}
	if image := forgottenImage(g); image != "" {
		r.image = image
		return
	}
	// It never ran.
	r.image, r.migrated = g.image, unmigrated
	for _, m := range g.migrations {
		if m.complete() && m.image == g.image && m.data == g.data {
			r.migrated = g.data
		}
	}
}

// keep the migrations that exist, and begin none. One that failed is let go, to be tried
// again when the restore is over: it may be gone and only still be seen, and would run
// again now.
func (r *rollout) keep(g gathered) {
	for _, m := range g.migrations {
		if !m.spent(g) && !m.failed() {
			r.kept = append(r.kept, m.name)
		}
	}
}

// settled says whether the schema is migrated to the wanted image, for the data that
// there is.
func (r rollout) settled(g gathered) bool { return r.image == g.image && r.migrated == g.data }

// change of the image: decide what comes next.
func (r *rollout) change(g gathered) {
	disabled, held := updateJob(g).Disabled || startsFresh(g) || restoredCurrent(g) || !migratesByJob(g.version), awaitingBackup(g)
	if !disabled && !held {
		r.choose(g)
	}
	r.sort(g)
	switch {
	case held:
		r.phase = v1alpha1.PhaseAwaitingBackup
	case r.blocker != "":
		r.phase = v1alpha1.PhaseSuperseding
	case disabled || r.observed.complete():
		r.phase, r.image, r.migrated = v1alpha1.PhaseRolling, g.image, g.data
	case r.observed.failed():
		r.phase = v1alpha1.PhaseFailed
	default:
		r.phase = v1alpha1.PhaseMigrating
	}
}

// startsFresh says whether the first server migrates the database itself. A claimed
// database is empty, unless its data was retained, and the first replica starts alone. A
// Job would only delay it and wake Crossplane with each of its steps. With spec.updateJob
// there is a Job nevertheless.
func startsFresh(g gathered) bool {
	return databaseClaimed(g) && g.spec.UpdateJob == nil && g.served == "" && g.data == "" && g.stopped == "" && len(g.migrations) == 0
}

// restoredCurrent says whether the data was restored and has the version that is to serve.
// Its first server has nothing to migrate, and starts alone in case there is something.
// With spec.updateJob there is a Job nevertheless.
func restoredCurrent(g gathered) bool {
	return g.spec.UpdateJob == nil && g.data != g.migrated && semantic(g.version) != nil && restoredVersion(g) == g.version
}

// sort the migrations that exist into those that stay and those that must end first.
func (r *rollout) sort(g gathered) {
	for _, m := range g.migrations {
		if m.name != r.observed.name && m.unfinished() {
			r.blocker = m.job.Name()
		}
	}
	for _, m := range g.migrations {
		// What is complete stays, because the schema got this far: to go to a version
		// before it is a downgrade. The one that is wanted stays too, but not beside
		// another: it may be gone and only still be seen, and would run again.
		wanted := m.name == r.observed.name && r.blocker == ""
		if wanted || m.complete() && !m.spent(g) {
			r.kept = append(r.kept, m.name)
		}
	}
}

// choose the migration to the wanted image: the one that exists, or a new one.
func (r *rollout) choose(g gathered) {
	r.inputs = migrationInputs(g)
	for _, m := range g.migrations {
		if m.serves(g, r.inputs) {
			r.migration, r.observed = m.name, m
			return
		}
	}
	parts := []string{g.image, r.inputs, attempt(g)}
	if g.data != "" {
		parts = append(parts, g.data)
	}
	r.migration = prefixMigration + digest(parts...)[:8]
}

// starts says whether the migration is to be made.
func (r *rollout) starts() bool {
	return r.phase == v1alpha1.PhaseMigrating && r.observed.name == ""
}

// startReplicas starts a server that does not run with one replica. What a server
// writes to its database when it first starts, besides the schema, replicas that
// start together would race for: all but one would fail and be restarted. The
// others follow when the first is available, which is also when a single replica
// is scaled up. Replicas that are replaced all at once are started like a new server
// when their image changes.
func startReplicas(g gathered, image string, wanted int32) int32 {
	deployment := g.state.Observed(nameDeployment)
	started := deployment.Int("spec", "replicas") > 1 || updatedAvailable(deployment)
	if recreates(g) && image != g.served {
		started = false
	}
	if started || wanted <= 1 {
		return wanted
	}
	return 1
}

// serverImage is the image of the server container of a Deployment or a Job.
func serverImage(workload compose.Resource) string {
	for _, c := range workload.List("spec", "template", "spec", "containers") {
		if c.String("name") == objects.ContainerServer {
			return c.String("image")
		}
	}
	return ""
}
