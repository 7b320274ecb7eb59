package scaling

import (
	"fmt"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/feature"
)

func conditions(f *facts.Facts, d *decision.Decisions) []compose.Condition {
	if d.Stage != decision.Accepted {
		return nil
	}
	return []compose.Condition{clustered(f, d.Sizing), downtime(d)}
}

// clustered says whether the replicas form a cluster, and what a license would change.
func clustered(f *facts.Facts, s decision.Sizing) compose.Condition {
	c := compose.Condition{Type: feature.ConditionClustered, Status: compose.True, Progress: compose.ProgressUnaffected}
	switch {
	case s.Clustered:
		c.Reason = "Licensed"
	case s.Replicas > 1:
		c.Status, c.Reason = compose.False, "Unlicensed"
		c.Message = "several replicas run, and no license for high availability is known: replicas without one are not a cluster, so that a post through one does not reach users who are connected to another: set spec.licenseSecret, or spec.replicas: 1"
	case f.Spec.Replicas == nil && s.SizeReplicas > s.Replicas:
		c.Reason = "SingleReplica"
		c.Message = fmt.Sprintf("one replica runs, because several are a cluster only with a license for high availability, and none is known: with spec.licenseSecret, size %s gives %d", s.Size, s.SizeReplicas)
	default:
		c.Reason = "SingleReplica"
	}
	return c
}

// downtime says whether an upgrade, or a move to another node, stops every replica.
func downtime(d *decision.Decisions) compose.Condition {
	c := compose.Condition{Type: feature.ConditionDowntime, Status: compose.True, Progress: compose.ProgressUnaffected}
	switch {
	case d.Server.SingleNodeVolume != "":
		c.Status, c.Reason = compose.False, "SingleNodeVolume"
		c.Message = fmt.Sprintf("an upgrade stops every replica before the first new one starts, because the volume of PersistentVolumeClaim %q can be mounted by one node only: a volume with access mode ReadWriteMany, or a bucket, avoids that", d.Server.SingleNodeVolume)
	case d.Sizing.Replicas == 0:
		c.Reason, c.Message = "Stopped", "the server is stopped: spec.replicas is 0"
	case d.Sizing.Replicas == 1:
		c.Reason = "SingleReplica"
		c.Message = "an upgrade serves without a break, but what is under way when the only replica is replaced, or lost with its node, may fail: two replicas avoid that, and need a license for high availability"
	default:
		c.Reason = "Replicated"
	}
	return c
}
