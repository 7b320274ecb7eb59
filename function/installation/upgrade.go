package installation

import (
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// upgradeStatus tells of the change of version that is under way, or else of the last
// one. What the Job said is kept when the Job is gone.
func upgradeStatus(g gathered, d decision) (*v1alpha1.UpgradeStatus, error) {
	was, err := lastUpgrade(g)
	if err != nil || g.served == "" && g.wish == nil {
		return nil, err
	}
	if g.served == g.image {
		if was == nil || was.To != g.version {
			// Nothing changed, or the version was put back.
			return nil, nil
		}
		was.Phase = settledPhase(g, d, was.Phase)
		return was, nil
	}
	_, from := splitImage(g.served)
	out := &v1alpha1.UpgradeStatus{From: from, To: g.version, Phase: d.rollout.phase}
	if w := g.wish; w != nil {
		out.From = w.from
		out.RequestedAt, out.Backup = w.at, w.backup
	}
	if g.part.holds(g) && was != nil && was.From == from && was.To == g.version {
		out.RequestedAt, out.Backup = was.RequestedAt, was.Backup
	}
	if d.rollout.migration == "" || d.rollout.phase == v1alpha1.PhaseSuperseding {
		return out, nil
	}
	job := d.rollout.observed.job
	out.JobName = jobName(g, d.rollout)
	out.Attempts = d.rollout.observed.attempts()
	out.StartedAt = moment(job.String("metadata", "creationTimestamp"))
	out.MigratedAt = moment(job.String("status", "completionTime"))
	return out, nil
}

// settledPhase of a change to the version that is served. Other changes of the server
// do not begin it anew.
func settledPhase(g gathered, d decision, was v1alpha1.UpgradePhase) v1alpha1.UpgradePhase {
	if was == v1alpha1.PhaseComplete || rolledOut(g, d) {
		return v1alpha1.PhaseComplete
	}
	return v1alpha1.PhaseRolling
}

// lastUpgrade that was reported, nil when there was none.
func lastUpgrade(g gathered) (*v1alpha1.UpgradeStatus, error) {
	composite := g.state.Composite()
	if !composite.Has("status", "upgrade") {
		return nil, nil
	}
	out := &v1alpha1.UpgradeStatus{}
	return out, errors.Wrap(composite.Decode(out, "status", "upgrade"), "cannot read status")
}

// moment that Kubernetes tells, nil when it tells none.
func moment(text string) *metav1.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return nil
	}
	return &metav1.Time{Time: t}
}

func rolloutCondition(g gathered, d decision) compose.Condition {
	c := compose.Condition{Type: conditionRollout, Status: compose.False}
	deployment := g.state.Observed(nameDeployment)
	switch {
	case rolledOut(g, d):
		c.Status, c.Reason = compose.True, "Complete"
	case g.part.stops:
		return stoppedCondition(g)
	case d.rollout.phase == v1alpha1.PhaseFailed:
		c.Reason, c.Message = "MigrationFailed", fmt.Sprintf("the database could not be migrated to %s: condition %s says more", g.image, conditionMigration)
	case d.rollout.phase == v1alpha1.PhaseAwaitingBackup:
		c.Reason, c.Message, c.Waiting = "AwaitingBackup", awaitingBackupMessage, true
	case d.rollout.phase == "" && d.rollout.image != g.image:
		c.Reason, c.Waiting = "Restoring", true
		c.Message = fmt.Sprintf("the change to %s waits until MattermostRestore %q is over", g.image, g.part.name)
	case !d.rollout.settled(g):
		c.Reason, c.Message, c.Waiting = "Migrating", "waiting for the database migration", true
	case deployment.Condition("Progressing").Reason == "ProgressDeadlineExceeded":
		c.Reason, c.Message = "Stuck", deployment.Condition("Progressing").Message
	default:
		c.Reason, c.Waiting = "Rolling", true
		c.Message = fmt.Sprintf("waiting for every replica to run %s", g.image)
	}
	return c
}

// downtimeCondition says whether the server can be upgraded, or moved to another
// node, while it serves.
func downtimeCondition(g gathered, replicas int32) compose.Condition {
	c := compose.Condition{Type: conditionDowntime, Status: compose.False}
	switch {
	case recreates(g):
		c.Reason = "SingleNodeVolume"
		c.Message = fmt.Sprintf("an upgrade stops every replica before the first new one starts, because the volume of PersistentVolumeClaim %q can be mounted by one node only: a volume with access mode ReadWriteMany, or a bucket, avoids that", claimName(g))
	case replicas == 0:
		c.Reason = "Stopped"
		c.Message = "the server is stopped: spec.replicas is 0"
	case replicas == 1:
		c.Reason, c.Expected = "SingleReplica", true
		c.Message = "an upgrade serves without a break, but what is under way when the only replica is replaced, or lost with its node, may fail: two replicas avoid that, and need a license for high availability"
	default:
		c.Status, c.Reason = compose.True, "Replicated"
	}
	return c
}
