package rollout

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/feature"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/release"
)

const awaitingBackupMessage = "waiting for a backup: condition " + feature.ConditionBackedUp + " says of what, and how to make one"

// DecideBackup that a change of version needs, nil when it needs none. A change that was begun
// before it needed one goes on, and a first installation has nothing to lose, nor has data that was
// only just restored. While a restore has its turn no change is made.
//
// When a change was first wished for is told by Crossplane, which writes when a condition came to
// say what it says. The status keeps it then, since a failed reconcile makes conditions say
// something else.
func DecideBackup(f *facts.Facts, v decision.Version, t decision.Turn) *decision.Backup {
	_, from := release.Split(f.Deployment.Image)
	if from == "" {
		// Whoever deletes the Deployment is not free of the backup.
		from = f.Before.Version
	}
	if !backupRequired(f) || !changes(f, v, t, from) || neverServed(f, t) {
		return nil
	}
	was := f.LastUpgrade()
	if was == nil || was.From != from || was.To != v.Version {
		was = &v1alpha1.UpgradeStatus{Phase: v1alpha1.PhaseAwaitingBackup}
	}
	b := &decision.Backup{From: from, To: v.Version, At: was.RequestedAt, Name: was.Backup, Granted: was.Backup != ""}
	if b.Granted {
		return b
	}
	if _, wanted := stepOf(f, v, t); !wanted || b.At == nil && was.Phase != "" && was.Phase != v1alpha1.PhaseAwaitingBackup {
		// The schema is there already, or it was begun before.
		return nil
	}
	if b.At == nil {
		b.At = firstSeen(f, *b)
	}
	b.Name = backupSince(f, b.At)
	return b
}

// changes says whether the version that is served, or was served last, is to be changed now.
func changes(f *facts.Facts, v decision.Version, t decision.Turn, from string) bool {
	return from != "" && from != v.Version && t.Data == f.Deployment.Migrated && !t.Holds(f)
}

// neverServed says whether the Deployment has had no available replica yet. A MattermostBackup
// waits for the first one, so that a first version that does not start could not be corrected.
func neverServed(f *facts.Facts, t decision.Turn) bool {
	return !t.HasServed(f) && f.Deployment.Available() == 0
}

func backupRequired(f *facts.Facts) bool {
	return f.Spec.Upgrade != nil && f.Spec.Upgrade.Backup == v1alpha1.UpgradeBackupRequired
}

// requireBackups looks for one, unless it was found before.
func requireBackups(a *compose.Answer, d *decision.Decisions) {
	if d.Backup != nil && !d.Backup.Granted {
		a.RequireAll(facts.RequirementBackups, v1alpha1.GroupVersion.String(), v1alpha1.MattermostBackupKind, nil)
	}
}

// firstSeen is when the condition came to ask for a backup for this very change, nil when it does
// not.
func firstSeen(f *facts.Facts, b decision.Backup) *metav1.Time {
	asks := awaits(b)
	for _, c := range f.State.Composite().List("status", "conditions") {
		if c.String("type") == feature.ConditionBackedUp && c.String("status") == string(asks.Status) && c.String("reason") == asks.Reason && c.String("message") == asks.Message {
			return facts.Moment(c.String("lastTransitionTime"))
		}
	}
	return nil
}

// backupSince a moment, empty when none is complete. Times have seconds: one that was begun within
// the same is not certain to have been begun after.
func backupSince(f *facts.Facts, at *metav1.Time) string {
	if at == nil {
		return ""
	}
	all, _ := f.State.RequiredAll(facts.RequirementBackups)
	for _, b := range all {
		if b.String("spec", "installation") != f.Name {
			continue
		}
		for _, stored := range b.List("status", "backups") {
			if began := facts.Moment(stored.String("startedAt")); began != nil && began.After(at.Time) {
				return b.Name() + "/" + stored.String("name")
			}
		}
	}
	return ""
}

// awaits is what is said of a backup while there is none. It stays the same for as long as the
// change that needs it does.
func awaits(b decision.Backup) compose.Condition {
	return compose.Condition{
		Type: feature.ConditionBackedUp, Status: compose.False, Reason: "AwaitingBackup", Waiting: true,
		Message: fmt.Sprintf("waiting for a backup to begin the change from %s to %s, one that is begun from now on: apply a MattermostBackup of this installation, or begin one of its schedule with `kubectl create job --from=cronjob/<MattermostBackup>-backup <name>`", b.From, b.To),
	}
}

// backedUp says whether the change of version that is wanted has its backup; nothing where none is
// required.
func backedUp(f *facts.Facts, b *decision.Backup) []compose.Condition {
	switch {
	case b.Awaited():
		return []compose.Condition{awaits(*b)}
	case b != nil:
		return []compose.Condition{{
			Type: feature.ConditionBackedUp, Status: compose.True, Reason: "Complete",
			Message: fmt.Sprintf("backup %s was begun after the change from %s to %s was asked for", b.Name, b.From, b.To),
		}}
	case backupRequired(f):
		return []compose.Condition{{Type: feature.ConditionBackedUp, Status: compose.True, Reason: "NoChange"}}
	case f.Condition(feature.ConditionBackedUp).Status != "":
		return []compose.Condition{{Type: feature.ConditionBackedUp, Status: compose.True, Reason: "NotRequired"}}
	}
	return nil
}

// another says whether a refused spec wants another change than the one that asked for a backup
// before: what was said then must not be taken for it later.
func another(f *facts.Facts, d *decision.Decisions) bool {
	was := f.LastUpgrade()
	return was != nil && was.Phase == v1alpha1.PhaseAwaitingBackup && was.To != d.Version.Version && f.Condition(feature.ConditionBackedUp).Status != ""
}
