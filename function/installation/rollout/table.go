package rollout

import (
	"slices"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
)

// Row of the table of rollouts.
type Row struct {
	// Phase of a change of version that is reported, empty while none is under way.
	Phase v1alpha1.UpgradePhase
	// From are the phases that may come before, for the same change.
	From []v1alpha1.UpgradePhase
	// When the row holds.
	When string

	holds func(*change) bool
	// then completes a rollout that leaves the image as it is.
	then func(*change, *decision.Rollout)
}

// Phases by a shorter name.
const (
	none           = v1alpha1.UpgradePhase("")
	awaitingBackup = v1alpha1.PhaseAwaitingBackup
	superseding    = v1alpha1.PhaseSuperseding
	migrating      = v1alpha1.PhaseMigrating
	rolling        = v1alpha1.PhaseRolling
	failed         = v1alpha1.PhaseFailed
)

// Table of rollouts. The first row that holds counts: what is wanted may change at any time, and
// each call decides from what is observed.
//
//nolint:gochecknoglobals // A table.
var Table = []Row{
	{
		Phase: none, From: []v1alpha1.UpgradePhase{none, awaitingBackup, superseding, migrating, rolling, failed},
		When:  "no server may run while a restore replaces the data",
		holds: func(c *change) bool { return c.turn.Stops },
		then:  (*change).stop,
	},
	{
		Phase: none, From: []v1alpha1.UpgradePhase{none, awaitingBackup, superseding, migrating, rolling, failed},
		When:  "the change waits until a restore is over",
		holds: func(c *change) bool { return c.turn.Holds(c.f) },
		then:  (*change).keepUnspent,
	},
	{
		Phase: none, From: []v1alpha1.UpgradePhase{none, awaitingBackup, superseding, migrating, rolling, failed},
		When:  "the servers run the version that is wanted, on data that is migrated for it",
		holds: func(c *change) bool { return c.over() },
		then:  func(*change, *decision.Rollout) {},
	},
	{
		Phase: awaitingBackup, From: []v1alpha1.UpgradePhase{none, awaitingBackup, superseding, migrating, rolling, failed},
		When:  "a backup is required, and none was begun since the change was asked for",
		holds: func(c *change) bool { return c.backup.Awaited() },
		then:  (*change).keepComplete,
	},
	{
		Phase: superseding, From: []v1alpha1.UpgradePhase{none, awaitingBackup, superseding, migrating, rolling, failed},
		When:  "a migration to what is no longer wanted must end first",
		holds: func(c *change) bool { return c.blocker() != "" },
		then:  (*change).supersede,
	},
	{
		Phase: rolling, From: []v1alpha1.UpgradePhase{none, awaitingBackup, superseding, migrating, rolling, failed},
		When:  "the schema is migrated, or the first server migrates it",
		holds: func(c *change) bool { return !c.byJob || c.observed.Complete() },
		then:  (*change).roll,
	},
	{
		Phase: failed, From: []v1alpha1.UpgradePhase{migrating, failed},
		When:  "the migration failed; it is tried again when another is wanted",
		holds: func(c *change) bool { return c.observed.Failed() },
		then:  (*change).migrate,
	},
	{
		Phase: migrating, From: []v1alpha1.UpgradePhase{none, awaitingBackup, superseding, migrating, failed},
		When:  "the schema must be migrated",
		holds: func(*change) bool { return true },
		then:  (*change).migrate,
	},
}

// Decide on the server's image and replicas, and on the migration.
func Decide(f *facts.Facts, v decision.Version, s decision.Sizing, t decision.Turn, b *decision.Backup, server decision.Server) decision.Rollout {
	c := consider(f, v, t, b, server)
	row := rowOf(c)
	r := decision.Rollout{Phase: row.Phase, Image: f.Deployment.Image, Migrated: f.Deployment.Migrated}
	row.then(c, &r)
	if t.Stops {
		return r
	}
	if r.Migrated != t.Data {
		r.Stopped = f.Stopped
		return r
	}
	r.Replicas = startReplicas(f.Deployment, server, r.Image, s.Replicas)
	return r
}

// rowOf the table that holds first. The last one always does.
func rowOf(c *change) Row {
	i := slices.IndexFunc(Table, func(r Row) bool { return r.holds(c) })
	return Table[i]
}

// startReplicas starts a server that does not run with one replica. What a server writes to its
// database when it first starts, besides the schema, replicas that start together would race for:
// all but one would fail and be restarted. The others follow when the first is available, which is
// also when a single replica is scaled up. Replicas that are replaced all at once are started like
// a new server when their image or their database changes.
func startReplicas(deployment facts.Deployment, server decision.Server, image string, wanted int32) int32 {
	started := deployment.Int("spec", "replicas") > 1 || deployment.NewReplicaAvailable()
	// An earlier release did not record the database.
	connected := deployment.Database
	another := connected != "" && server.DeploymentAnnotations[facts.AnnotationDatabase] != connected
	if server.AtOnce && (image != deployment.Image || another) {
		started = false
	}
	if started || wanted <= 1 {
		return wanted
	}
	return 1
}
