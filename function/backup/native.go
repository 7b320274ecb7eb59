package backup

import (
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/database"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/tool"
)

const (
	nameNative          = "cnpg-backup"
	nameNativeScheduled = "cnpg-scheduled-backup"

	requirementDatabase = "database"
	requirementCluster  = "cluster"
	requirementBackups  = "backups"

	apiCNPG = "postgresql.cnpg.io/v1"
	// labelScheduled of a Backup names the ScheduledBackup that it was made for.
	labelScheduled = "cnpg.io/scheduled-backup"
	methodPlugin   = "plugin"
	// onTheMinute is the first of the six fields of CloudNativePG's schedules, which
	// begin with seconds.
	onTheMinute = "0 "
)

type nativeBackup struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec nativeSpec `json:"spec"`
}

type nativeSpec struct {
	Cluster             named  `json:"cluster"`
	Method              string `json:"method"`
	PluginConfiguration named  `json:"pluginConfiguration"`
}

type nativeScheduledBackup struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec nativeScheduledSpec `json:"spec"`
}

type nativeScheduledSpec struct {
	Schedule             string `json:"schedule"`
	Suspend              bool   `json:"suspend"`
	BackupOwnerReference string `json:"backupOwnerReference"`
	Cluster              named  `json:"cluster"`
	Method               string `json:"method"`
	PluginConfiguration  named  `json:"pluginConfiguration"`
}

type named struct {
	Name string `json:"name"`
}

// native lets CloudNativePG make backups, in the way that the platform's backend is
// configured for.
func native() way {
	return way{
		once:           nameNative,
		scheduled:      nameNativeScheduled,
		require:        requireNative,
		gates:          []compose.Gate[gathered]{scheduleAdmitted, inUniversalTime, databaseClaimed, databaseNative, clusterBackedUp},
		waits:          []compose.Gate[gathered]{installationKnown, databaseAnswered, restoreOver},
		buildOnce:      buildNative,
		buildScheduled: buildNativeScheduled,
		attempts:       nativeAttempts,
		seesAll:        nativeSeesAll,
	}
}

func requireNative(a *compose.Answer, g gathered) {
	a.Require(requirementDatabase, v1alpha1.GroupVersion.String(), v1alpha1.MattermostDatabaseKind, g.spec.Installation)
	if backend(g) != database.BackendCloudNativePG {
		// A kind that the cluster may not have.
		return
	}
	a.Require(requirementCluster, apiCNPG, "Cluster", database.CloudNativePGCluster(g.spec.Installation))
	if g.scheduled() {
		a.RequireAll(requirementBackups, apiCNPG, "Backup", map[string]string{labelScheduled: g.scheduledName()})
	}
}

// backend that answers the installation's database, empty while none does.
func backend(g gathered) string {
	claim, _ := g.state.Required(requirementDatabase)
	return claim.String("status", "backend")
}

// inUniversalTime refuses a time zone, which CloudNativePG's schedules do not have.
func inUniversalTime(g gathered) compose.Verdict {
	if g.spec.TimeZone == "" || g.spec.TimeZone == defaultTimeZone {
		return compose.Passed
	}
	return compose.Refuse("NotOffered", "spec.timeZone: a schedule of method Native is in "+defaultTimeZone+": leave it out, or use method Dump")
}

func databaseClaimed(g gathered) compose.Verdict {
	if !g.installation.Exists() || g.installation.Has("spec", "database", "claim") {
		return compose.Passed
	}
	return compose.Refuse("NotOffered", fmt.Sprintf(
		"spec.method: Native needs a database that is claimed, and that of MattermostInstallation %q is not: use method Dump", g.spec.Installation))
}

func databaseNative(g gathered) compose.Verdict {
	switch b := backend(g); b {
	case "", database.BackendCloudNativePG:
		return compose.Passed
	default:
		return compose.Refuse("NotOffered", fmt.Sprintf(
			"spec.method: Native needs a database of backend %s, and that of MattermostInstallation %q is of %s: use method Dump, or the backups that %s makes by itself", database.BackendCloudNativePG, g.spec.Installation, b, b))
	}
}

// clusterBackedUp refuses a database that the platform keeps no backups of.
func clusterBackedUp(g gathered) compose.Verdict {
	cluster, _ := g.state.Required(requirementCluster)
	if !cluster.Exists() || slices.ContainsFunc(cluster.List("spec", "plugins"), func(p compose.Resource) bool { return p.String("name") == database.PluginBarman }) {
		return compose.Passed
	}
	return compose.Refuse("NotOffered", fmt.Sprintf(
		"spec.method: Native: the platform says for the database of MattermostInstallation %q no place that backups go to: use method Dump, or ask the platform team for a class with backups", g.spec.Installation))
}

func databaseAnswered(g gathered) compose.Verdict {
	claim, _ := g.state.Required(requirementDatabase)
	if cluster, _ := g.state.Required(requirementCluster); cluster.Exists() {
		return compose.Passed
	}
	return compose.Refuse("DatabasePending", fmt.Sprintf("waiting for MattermostDatabase %q%s", g.spec.Installation, saidOf(claim)))
}

func buildNative(a *compose.Answer, g gathered) error {
	return a.Desire(nameNative, nativeBackup{
		TypeMeta: metav1.TypeMeta{APIVersion: apiCNPG, Kind: "Backup"},
		ObjectMeta: metav1.ObjectMeta{
			Name: g.onceName(), Labels: g.labels(), Annotations: map[string]string{annotationRequest: g.request},
		},
		Spec: nativeSpec{
			Cluster:             named{database.CloudNativePGCluster(g.spec.Installation)},
			Method:              methodPlugin,
			PluginConfiguration: named{database.PluginBarman},
		},
	})
}

func buildNativeScheduled(a *compose.Answer, g gathered) error {
	return a.Desire(nameNativeScheduled, nativeScheduledBackup{
		TypeMeta:   metav1.TypeMeta{APIVersion: apiCNPG, Kind: "ScheduledBackup"},
		ObjectMeta: metav1.ObjectMeta{Name: g.scheduledName(), Labels: g.labels()},
		Spec: nativeScheduledSpec{
			Schedule:             onTheMinute + g.spec.Schedule,
			Suspend:              g.suspended() || g.restoring(),
			BackupOwnerReference: "self",
			Cluster:              named{database.CloudNativePGCluster(g.spec.Installation)},
			Method:               methodPlugin,
			PluginConfiguration:  named{database.PluginBarman},
		},
	})
}

// nativeAttempts are the Backups that are seen.
func nativeAttempts(g gathered) []attempt {
	var all []compose.Resource
	if g.scheduled() {
		all, _ = g.state.RequiredAll(requirementBackups)
		slices.SortStableFunc(all, byCreation)
	} else if b := g.state.Observed(nameNative); b.Exists() {
		all = append(all, b)
	}
	out := make([]attempt, 0, len(all))
	for _, b := range all {
		out = append(out, attempt{
			name:      b.Name(),
			began:     b.String("status", "startedAt"),
			completed: b.String("status", "stoppedAt"),
			Outcome:   nativeOutcome(b),
		})
	}
	return out
}

// nativeSeesAll of a schedule: a Backup is deleted with what it stands for, once the
// platform does not keep it any more.
func nativeSeesAll(g gathered) bool {
	_, looked := g.state.RequiredAll(requirementBackups)
	return g.scheduled() && looked
}

func nativeOutcome(b compose.Resource) tool.Outcome {
	switch b.String("status", "phase") {
	case "completed":
		return tool.Outcome{Phase: tool.Succeeded}
	case "failed":
		return tool.Outcome{Phase: tool.Failed, Reason: "NativeFailed", Message: database.PluginError(b.String("status", "error"))}
	}
	return tool.Outcome{Phase: tool.Running}
}
