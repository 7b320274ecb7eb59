package rollout

import (
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
)

// change of the servers to the version that is wanted, and everything that its course depends on.
type change struct {
	f       *facts.Facts
	version decision.Version
	turn    decision.Turn
	backup  *decision.Backup
	// byJob says that a Job migrates the schema.
	byJob bool
	// inputs of the Job, and the name that it is composed under.
	inputs, name string
	// observed is the Job, once it exists.
	observed facts.Migration
}

// consider a change. The Job is only chosen if there may be one.
func consider(f *facts.Facts, v decision.Version, t decision.Turn, b *decision.Backup, server decision.Server) *change {
	c := &change{f: f, version: v, turn: t, backup: b}
	c.byJob = !updateJob(f).Disabled && !startsFresh(f, t) && !restoredCurrent(f, v, t) && migratesByJob(v.Version)
	if !c.byJob || b.Awaited() {
		return c
	}
	c.inputs = migrationInputs(f, server)
	for _, m := range f.Migrations {
		if c.stillWanted(m) {
			c.name, c.observed = m.Name, m
			return c
		}
	}
	parts := []string{v.Image, c.inputs, attempt(f)}
	if t.Data != "" {
		parts = append(parts, t.Data)
	}
	c.name = composed.PrefixMigration + compose.HashOf(8, parts...)
	return c
}

// over says whether there is nothing to change.
func (c *change) over() bool {
	return c.f.Deployment.Image == c.version.Image && c.turn.Data == c.f.Deployment.Migrated
}

// blocker is the name of a Job that must end before, empty if there is none.
func (c *change) blocker() string {
	out := ""
	for _, m := range c.f.Migrations {
		if m.Name != c.observed.Name && m.Unfinished() {
			out = m.Job.Name()
		}
	}
	return out
}

// stop the server for a restore. Nothing else changes meanwhile.
func (c *change) stop(r *decision.Rollout) {
	r.Stopped = c.turn.Key()
	c.keepUnspent(r)
	if r.Image != "" {
		return
	}
	if image := forgottenImage(c.f, c.turn); image != "" {
		r.Image = image
		return
	}
	// It never ran.
	r.Image, r.Migrated = c.version.Image, unmigrated
	for _, m := range c.f.Migrations {
		if m.Complete() && m.Image == c.version.Image && m.Data == c.turn.Data {
			r.Migrated = c.turn.Data
		}
	}
}

// unmigrated is the value of facts.AnnotationMigrated while no migration was ever complete.
const unmigrated = "none"

// keepUnspent keeps the migrations that exist, and begins none. One that failed is let go, to be
// tried again when the restore is over: it may be gone and only still be seen, and would run again
// now.
func (c *change) keepUnspent(r *decision.Rollout) {
	for _, m := range c.f.Migrations {
		if !spent(c.f, c.turn, m) && !m.Failed() {
			r.Kept = append(r.Kept, m.Name)
		}
	}
}

// keepComplete keeps migrations that are complete, because the schema got this far: to go to a
// version before it is a downgrade.
func (c *change) keepComplete(r *decision.Rollout) { c.keep(r, false) }

// supersede lets other migrations end first. The one that is wanted does not stay beside another:
// it may be gone and only still be seen, and would run again.
func (c *change) supersede(r *decision.Rollout) {
	c.choose(r)
	r.Blocker = c.blocker()
	c.keep(r, false)
}

// migrate by the Job that is wanted.
func (c *change) migrate(r *decision.Rollout) {
	c.choose(r)
	c.keep(r, true)
}

// roll the servers to the image.
func (c *change) roll(r *decision.Rollout) {
	c.migrate(r)
	r.Image, r.Migrated = c.version.Image, c.turn.Data
}

func (c *change) choose(r *decision.Rollout) {
	r.Inputs, r.Migration, r.Observed = c.inputs, c.name, c.observed
}

func (c *change) keep(r *decision.Rollout, wanted bool) {
	for _, m := range c.f.Migrations {
		if wanted && m.Name == c.observed.Name || m.Complete() && !spent(c.f, c.turn, m) {
			r.Kept = append(r.Kept, m.Name)
		}
	}
}
