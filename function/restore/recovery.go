package restore

import (
	"cmp"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/database"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/pod"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/tool"
)

// A restore from an archive has CloudNativePG recover a database in a Cluster of its own,
// the scratch Cluster. That is then restored as any other source is, so that the
// installation keeps its own Cluster, and its archive goes on.

const (
	nameScratch = "scratch"

	requirementDatabase    = "database"
	requirementOrigin      = "origin"
	requirementOwn         = "own"
	requirementArchive     = "archive"
	requirementNative      = "native"
	requirementRecoveryJob = "recovery-job"
	requirementRecovering  = "recovery-pods"

	apiCNPG   = "postgresql.cnpg.io/v1"
	apiBarman = "barmancloud.cnpg.io/v1"

	// scratchLength of a name, so that what the operator adds to it fits.
	scratchLength = 44
	// baseBackups are below a server's folder, by their IDs.
	baseBackups = "/base/"

	// reasonRecovery of a recovery that failed for good.
	reasonRecovery = "RecoveryFailed"
)

// native says whether a backup is named that the database's operator made.
func native(g gathered) bool {
	return g.spec.From != nil && g.spec.From.Backup != "" && g.backup.Exists() && (g.backupSpec.Method == v1alpha1.BackupNative || g.backupSpec.Store == nil)
}

// recovers says whether the source is an archive.
func recovers(g gathered) bool {
	from := g.spec.From
	return from != nil && (from.Database != "" || from.Archive != nil || native(g)) || g.scratch().Exists()
}

// origin is the name of the MattermostDatabase whose archive is recovered, empty where the
// archive is named itself.
func origin(g gathered) string {
	switch {
	case g.spec.From == nil:
	case g.spec.From.Database != "":
		return g.spec.From.Database
	case native(g):
		return g.backupSpec.Installation
	}
	return ""
}

// archiveOf the source, or nil if it is not known. The status of a MattermostDatabase names
// an archive of this namespace that spec.from.archive could name as well. The location
// comes from the ObjectStore.
func archiveOf(g gathered) *v1alpha1.DatabaseArchive {
	destination := g.required(requirementArchive).String("spec", "configuration", "destinationPath")
	if g.spec.From == nil || g.spec.From.Archive == nil {
		if g.archived == nil {
			return nil
		}
		of := *g.archived
		of.DestinationPath = destination
		return &of
	}
	of := *g.spec.From.Archive
	return &v1alpha1.DatabaseArchive{
		ObjectStore:     of.ObjectStore,
		ServerName:      of.ServerName,
		DestinationPath: destination,
		DatabaseName:    cmp.Or(of.DatabaseName, database.DefaultName),
		Version:         of.Version,
	}
}

// scratch Cluster, as it is observed.
func (g gathered) scratch() compose.Resource { return g.state.Observed(nameScratch) }

// scratchName is that of one request, ever.
func (g gathered) scratchName() string { return provision.Distinct(g.name, g.uid, scratchLength) }

// secured says whether the archive is not needed any more: it is being recovered, or what
// became of the data is known.
func (g gathered) secured() bool {
	switch g.was.Step {
	case v1alpha1.RestoreResumes, v1alpha1.RestoreDrops, v1alpha1.RestoreDone:
		return true
	case v1alpha1.RestoreWaits, v1alpha1.RestoreRecovers, v1alpha1.RestoreChecks, v1alpha1.RestoreQuiesces, v1alpha1.RestoreReplaces:
	}
	return g.scratch().Exists()
}

// requireArchive asks for what a recovery rests on. The kinds of operators are asked for
// where it is known that the cluster has them.
func requireArchive(a *compose.Answer, g gathered) {
	if name := origin(g); name != "" {
		a.Require(requirementDatabase, v1alpha1.GroupVersion.String(), v1alpha1.MattermostDatabaseKind, name)
	}
	of := archiveOf(g)
	if of == nil {
		return
	}
	a.Require(requirementArchive, apiBarman, "ObjectStore", of.ObjectStore)
	a.Require(requirementOwn, apiCNPG, "Cluster", database.CloudNativePGCluster(g.spec.MattermostClusterName))
	if name := origin(g); name != "" {
		a.Require(requirementOrigin, apiCNPG, "Cluster", database.CloudNativePGCluster(name))
	}
	if name := chosen(g); native(g) && name != "" && g.spec.From.PointInTime == "" {
		a.Require(requirementNative, apiCNPG, "Backup", name)
	}
	if g.scratch().Exists() && !recovered(g) {
		a.Require(requirementRecoveryJob, "batch/v1", "Job", database.RecoveryJob(g.scratchName()))
		a.RequireAll(requirementRecovering, "v1", "Pod", database.RecoveryPods(g.scratchName()))
	}
}

// backupID of the backup that is recovered to its end, as the archive calls it; empty while
// it is not known, and where another moment is asked for. It stays what it was when the
// restore began.
func backupID(g gathered) string {
	if !native(g) || g.spec.From.PointInTime != "" {
		return ""
	}
	if _, id, told := strings.Cut(g.was.Source, baseBackups); told {
		return id
	}
	return g.required(requirementNative).String("status", "backupId")
}

// archiveLocation is the folder of what is recovered, empty while that is not known.
func archiveLocation(g gathered) string {
	of, id := archiveOf(g), backupID(g)
	switch {
	case of == nil || of.DestinationPath == "":
		return ""
	case id != "":
		return of.DestinationPath + "/" + of.ServerName + baseBackups + id
	case native(g) && g.spec.From.PointInTime == "":
		return ""
	}
	return of.DestinationPath + "/" + of.ServerName
}

// recovered says whether the scratch Cluster serves what was recovered.
func recovered(g gathered) bool {
	of := g.scratch()
	return of.Exists() && !of.Has("metadata", "deletionTimestamp") && compose.Ready(of)
}

// recovery is what became of the scratch Cluster. A restore that recovers nothing has all
// that it needs.
func recovery(g gathered) tool.Outcome {
	if !recovers(g) || recovered(g) {
		return tool.Outcome{Phase: tool.Succeeded}
	}
	of := g.required(requirementRecoveryJob)
	pods, _ := g.state.RequiredAll(requirementRecovering)
	out := tool.ReadOf(of, pods, database.RecoveryContainer)
	if out.Phase == tool.Succeeded {
		// The server itself still starts.
		out = tool.Outcome{Phase: tool.Running}
	}
	if out.Reason != "" {
		out.Reason = reasonRecovery
	}
	if phase := g.scratch().String("status", "phase"); out.Waiting == "" && phase != "" {
		out.Waiting = strings.TrimSuffix(phase+": "+g.scratch().String("status", "phaseReason"), ": ")
	}
	return out
}

// buildScratch composes the Cluster as long as the data may have to be read, and lets it
// go when what became of the data is known: it is a copy. It stays as it was made, so that
// what is restored is what was checked.
func buildScratch(a *compose.Answer, g gathered, d decision) error {
	of := g.scratch()
	switch {
	case d.verdict != undecided, of.Has("metadata", "deletionTimestamp"):
		return nil
	case of.Exists():
		return a.Keep(nameScratch)
	case !recovers(g) || !d.refusal.Pass || !d.wait.Pass || archiveOf(g) == nil:
		return nil
	}
	cluster, err := database.Recovered(g.policy, database.Recovery{
		Name: g.scratchName(),
		// Without the label that pods of restores are found by: an operator may hand labels
		// on, and its pods are none of ours.
		Labels:      provision.Labels(g.name, component, g.policy.Labels),
		Archive:     *archiveOf(g),
		BackupID:    backupID(g),
		PointInTime: g.spec.From.PointInTime,
		Like:        like(g),
	})
	if err != nil {
		return errors.Wrap(err, "cannot recover the database")
	}
	return a.Desire(nameScratch, cluster)
}

// like is a Cluster that what is recovered fits in.
func like(g gathered) compose.Resource {
	if of := g.required(requirementOrigin); of.Exists() {
		return of
	}
	return g.required(requirementOwn)
}

// scratchEnv says how the recovered database is read.
func scratchEnv(g gathered) []corev1.EnvVar {
	return []corev1.EnvVar{pod.FromSecret(job.EnvSourceDatabaseURL, database.RecoveredSecret(g.scratchName()), database.KeyRecoveredURL)}
}

// recovering says what is waited for.
func recovering(g gathered) string {
	moment := "the end of the archive"
	switch {
	case g.spec.From.PointInTime != "":
		moment = g.spec.From.PointInTime
	case native(g):
		moment = "the end of the backup"
	}
	return fmt.Sprintf("waiting for Cluster %q to recover the database to %s", g.scratchName(), moment)
}
