package installation

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

const (
	requirementBackups = "backups"

	awaitingBackupMessage = "waiting for a backup: condition " + conditionBackedUp + " says of what, and how to make one"
)

// wish for a change of version that needs a backup.
type wish struct {
	from, to string
	// at is when it was first seen, nil when that is now.
	at *metav1.Time
	// backup that was begun after it, empty while none is complete.
	backup string
	// granted says that a backup was found before: none is looked for any more.
	granted bool
}

// gatherWish for a change of version that needs a backup, nil when there is none. A
// change that was begun before it needed one goes on, and a first installation has
// nothing to lose, nor has data that was only just restored. While a restore has its turn
// no change is made.
//
// When a change was first wished for is told by Crossplane, which writes when a condition
// came to say what it says. The status keeps it then, since a failed reconcile makes
// conditions say something else.
func gatherWish(g gathered) (*wish, error) {
	_, from := splitImage(g.served)
	if from == "" {
		// Whoever deletes the Deployment is not free of the backup.
		from = g.before.Version
	}
	if !backupRequired(g) || !changing(g, from) || neverServed(g) {
		return nil, nil //nolint:nilnil // There is no wish, and that is no error.
	}
	w := &wish{from: from, to: g.version}
	was, err := lastUpgrade(g)
	if err != nil {
		return nil, err
	}
	if was == nil || was.From != w.from || was.To != w.to {
		was = &v1alpha1.UpgradeStatus{Phase: v1alpha1.PhaseAwaitingBackup}
	}
	w.at, w.backup, w.granted = was.RequestedAt, was.Backup, was.Backup != ""
	if w.granted {
		return w, nil
	}
	if _, wanted := changeOf(g); !wanted || w.at == nil && was.Phase != "" && was.Phase != v1alpha1.PhaseAwaitingBackup {
		return nil, nil //nolint:nilnil // The schema is there already, or it was begun before.
	}
	if w.at == nil {
		w.at = firstSeen(g, *w)
	}
	w.backup = backupSince(g, w.at)
	return w, nil
}

// changing says whether the version that is served, or was served last, is to be changed now.
func changing(g gathered, from string) bool {
	return from != "" && from != g.version && g.data == g.migrated && !g.part.holds(g)
}

// neverServed says whether the Deployment has had no available replica yet. A MattermostBackup
// waits for the first one, so that a first version that does not start could not be corrected.
func neverServed(g gathered) bool {
	return !hasServed(g) && g.state.Observed(nameDeployment).Int("status", "availableReplicas") == 0
}

func backupRequired(g gathered) bool {
	return g.spec.Upgrade != nil && g.spec.Upgrade.Backup == v1alpha1.UpgradeBackupRequired
}

// firstSeen is when the condition came to ask for a backup for this very change, nil
// when it does not.
func firstSeen(g gathered, w wish) *metav1.Time {
	asks := awaitsBackup(w)
	for _, c := range g.state.Composite().List("status", "conditions") {
		if c.String("type") == conditionBackedUp && c.String("status") == string(asks.Status) && c.String("reason") == asks.Reason && c.String("message") == asks.Message {
			return moment(c.String("lastTransitionTime"))
		}
	}
	return nil
}

// backupSince a moment, empty when none is complete. Times have seconds: one that was
// begun within the same is not certain to have been begun after.
func backupSince(g gathered, at *metav1.Time) string {
	if at == nil {
		return ""
	}
	all, _ := g.state.RequiredAll(requirementBackups)
	for _, b := range all {
		if b.String("spec", "installation") != g.name {
			continue
		}
		for _, stored := range b.List("status", "backups") {
			if began := moment(stored.String("startedAt")); began != nil && began.After(at.Time) {
				return b.Name() + "/" + stored.String("name")
			}
		}
	}
	return ""
}

// awaitingBackup says whether a change of version is held until there is a backup.
func awaitingBackup(g gathered) bool { return g.wish != nil && g.wish.backup == "" }

// awaitsBackup is what is said of a wish while there is none. It stays the same for as
// long as the wish does.
func awaitsBackup(w wish) compose.Condition {
	return compose.Condition{
		Type: conditionBackedUp, Status: compose.False, Reason: "AwaitingBackup", Waiting: true,
		Message: fmt.Sprintf("waiting for a backup to begin the change from %s to %s, one that is begun from now on: apply a MattermostBackup of this installation, or begin one of its schedule with `kubectl create job --from=cronjob/<MattermostBackup>-backup <name>`", w.from, w.to),
	}
}

// backedUpCondition says whether the change of version that is wanted has its backup;
// nothing where none is required.
func backedUpCondition(g gathered) []compose.Condition {
	switch {
	case awaitingBackup(g):
		return []compose.Condition{awaitsBackup(*g.wish)}
	case g.wish != nil:
		return []compose.Condition{{
			Type: conditionBackedUp, Status: compose.True, Reason: "Complete",
			Message: fmt.Sprintf("backup %s was begun after the change from %s to %s was asked for", g.wish.backup, g.wish.from, g.wish.to),
		}}
	case backupRequired(g):
		return []compose.Condition{{Type: conditionBackedUp, Status: compose.True, Reason: "NoChange"}}
	case g.state.Composite().Condition(conditionBackedUp).Status != "":
		return []compose.Condition{{Type: conditionBackedUp, Status: compose.True, Reason: "NotRequired"}}
	}
	return nil
}

// anotherWish of a spec that is refused: what was said of a wish before must not be
// taken for it later.
func anotherWish(g gathered, was *v1alpha1.UpgradeStatus) []compose.Condition {
	if was == nil || was.Phase != v1alpha1.PhaseAwaitingBackup || was.To == g.version || g.state.Composite().Condition(conditionBackedUp).Status == "" {
		return nil
	}
	was.RequestedAt = nil
	return []compose.Condition{{Type: conditionBackedUp, Status: compose.False, Reason: "Refused", Message: "condition " + conditionAccepted + " says why"}}
}
