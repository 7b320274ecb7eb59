package installation

import (
	"slices"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/tool"
)

// Annotations of the Deployment are all that is remembered of restores: they are seen
// again whatever became of statuses, and of restores.
const (
	// annotationStopped names the restore that no server runs for: <name>/<uid>. It is
	// there from the moment that the server is told to stop until it may run again.
	annotationStopped = "mattermost.crossplane.io/stopped-for"
	// annotationRestored is the UID of the restore that the data is of, absent for data
	// that no restore replaced. Migration Jobs have it too.
	annotationRestored = "mattermost.crossplane.io/restored"
	// annotationMigrated is the UID of the restore whose data the schema was migrated for.
	annotationMigrated = "mattermost.crossplane.io/migrated"
	// unmigrated is the value of annotationMigrated while no migration was ever complete.
	unmigrated = "none"
)

// restore is a MattermostRestore as this installation sees it, perhaps late.
type restore struct {
	name, uid string
	created   string
	step      v1alpha1.RestoreStep
	// replaced says that the data is that of the restore.
	replaced bool
	// version of the server that the data is of, empty when that is not known.
	version string
	// leaving says that it is being deleted, and gone that it is.
	leaving, gone bool
}

// key names a restore for life.
func (r restore) key() string { return r.name + "/" + r.uid }

// participation is what is decided about the restores that ask this installation for
// its data. One has its turn at a time, and keeps it until what became of the data is
// known, so that no two ever replace data, and no server runs while one does.
//
//	         a restore is Quiescing          no replica is left
//	serving ────────────────────────▶ stops ────────────────────▶ quiesced
//	  ▲  ▲   when no migration runs    │                              │
//	  │  │                             │ it is deleted                │ it is Resuming,
//	  │  │ a replica answers           ▼                              ▼ or deleted
//	  │  └───────────────────────── resumes ◀─────────────────────────┘
//	  │                                │ the data was replaced, or may be
//	  │        one replica, then all   ▼
//	  └──────────────────────────── migrates, as for another version
//
// The server stops when a Deployment that says so was seen to have no replica, and it is
// told to run in the same response in which the turn ends. Each call decides from what is
// observed.
type participation struct {
	restore
	// active says that a restore has its turn.
	active bool
	// waits says that a migration must end before the server is stopped.
	waits bool
	// stops says that no server may run.
	stops bool
	// resumes says that what became of the data is known.
	resumes bool
}

// holds says whether a change of version waits until the restore is over.
func (p participation) holds(g gathered) bool {
	return p.stops || p.resumes && g.served != "" && g.data == g.migrated
}

// gatherRestores that name this installation, oldest first. Legacy composite resources
// are not what restores name.
func gatherRestores(g *gathered) error {
	deployment := g.state.Observed(nameDeployment).At("metadata", "annotations")
	g.stopped = deployment.String(annotationStopped)
	g.data = deployment.String(annotationRestored)
	g.migrated = deployment.String(annotationMigrated)
	if err := recallStopped(g); err != nil {
		return err
	}
	all, _ := g.state.RequiredAll(requirementRestores)
	for _, r := range all {
		if r.String("spec", "mattermostClusterName") == g.name {
			g.restores = append(g.restores, viewRestore(r))
		}
	}
	slices.SortStableFunc(g.restores, func(a, b restore) int {
		// Times of Kubernetes compare as text, and those of one time are sorted by name.
		return strings.Compare(a.created, b.created)
	})
	if held := g.holder(); g.stopped != "" && settled(*g, held) && (held.replaced || held.gone) {
		// Of one that is gone nobody knows whether it replaced the data before it went. To
		// migrate what is migrated changes nothing.
		g.data = held.uid
	}
	g.part = decideParticipation(*g)
	return nil
}

// recallStopped from the status, where somebody deleted the Deployment that tells.
func recallStopped(g *gathered) error {
	if g.state.Observed(nameDeployment).Exists() {
		return nil
	}
	was, err := lastParticipation(*g)
	if err != nil {
		return err
	}
	if was != nil && was.Phase == v1alpha1.ParticipationQuiesced {
		g.stopped = restore{name: was.Name, uid: was.UID}.key()
	}
	return nil
}

func viewRestore(r compose.Resource) restore {
	return restore{
		name:     r.Name(),
		uid:      r.String("metadata", "uid"),
		created:  r.String("metadata", "creationTimestamp"),
		step:     v1alpha1.RestoreStep(r.String("status", "step")),
		replaced: r.Has("status", "restoredAt"),
		version:  r.String("status", "version"),
		leaving:  r.Has("metadata", "deletionTimestamp"),
	}
}

func decideParticipation(g gathered) participation {
	r, ok := turn(g)
	p := participation{restore: r, active: ok}
	held := g.stopped != "" && r.key() == g.stopped
	switch {
	case !ok:
	case settled(g, r):
		p.resumes = true
	case !held && r.step == v1alpha1.RestoreQuiesces && migrating(g):
		p.waits = true
	default:
		p.stops = true
	}
	return p
}

// turn is the restore whose turn it is: the one that the server is stopped for, then one
// that was told so before that was forgotten, then one whose data no server has answered
// on yet, then the oldest that asks.
func turn(g gathered) (restore, bool) {
	next, asked := g.oldest(v1alpha1.RestoreQuiesces)
	if g.stopped != "" {
		if held := g.holder(); !settled(g, held) || !asked || !stuck(g) {
			return held, true
		}
		return next, true
	}
	if r, ok := g.oldest(v1alpha1.RestoreReplaces); ok {
		return r, true
	}
	if r, ok := g.oldest(v1alpha1.RestoreResumes); ok {
		return r, true
	}
	return next, asked
}

// oldest restore that is at a step. One that is being deleted begins nothing more.
func (g gathered) oldest(step v1alpha1.RestoreStep) (restore, bool) {
	for _, r := range g.restores {
		if r.step == step && (!r.leaving || step != v1alpha1.RestoreQuiesces) {
			return r, true
		}
	}
	return restore{}, false
}

// holder is the restore that the server is stopped for.
func (g gathered) holder() restore {
	for _, r := range g.restores {
		if r.key() == g.stopped {
			return r
		}
	}
	name, uid, _ := strings.Cut(g.stopped, "/")
	return restore{name: name, uid: uid, gone: true}
}

// settled says whether it is known what became of the data. A restore that is gone may
// have a Job that still ends.
func settled(g gathered, r restore) bool {
	if r.gone {
		pods, _ := g.state.RequiredAll(requirementPods)
		jobs, _ := g.state.RequiredAll(requirementJobs)
		return !slices.ContainsFunc(pods, tool.Unfinished) && !slices.ContainsFunc(jobs, tool.Unfinished)
	}
	return slices.Contains([]v1alpha1.RestoreStep{v1alpha1.RestoreResumes, v1alpha1.RestoreDrops, v1alpha1.RestoreDone}, r.step)
}

// stuck says whether the data that is there could not be migrated. Another restore is
// what people try then, so that it need not wait.
func stuck(g gathered) bool {
	return g.data != g.migrated && slices.ContainsFunc(g.migrations, func(m migration) bool { return m.failed() && m.data == g.data })
}

// migrating says whether a migration is under way: it is waited for, and so is the first
// one, which has to make what data is restored into. One that failed is not waited for.
func migrating(g gathered) bool {
	finished := false
	for _, m := range g.migrations {
		if m.unfinished() {
			return true
		}
		finished = finished || m.image == g.image
	}
	return g.served == "" && !finished
}

// requireRestores requires all restores. It requires the Jobs and pods of a restore only if
// that restore is gone while the server is stopped for it. The Jobs and pods of an existing
// restore are not required: each of their changes would wake the installation, and the
// status of the restore has their outcome.
func requireRestores(a *compose.Answer, g gathered) {
	if apiVersion, _ := g.state.Subject(); apiVersion != v1alpha1.GroupVersion.String() {
		return
	}
	a.RequireAll(requirementRestores, v1alpha1.GroupVersion.String(), v1alpha1.MattermostRestoreKind, nil)
	_, asked := g.state.RequiredAll(requirementRestores)
	if held := g.holder(); asked && g.stopped != "" && held.gone {
		of := map[string]string{tool.LabelRestore: held.name}
		a.RequireAll(requirementJobs, "batch/v1", "Job", of)
		a.RequireAll(requirementPods, "v1", "Pod", of)
	}
}
