package installation

import (
	"cmp"
	"slices"

	k8slabels "k8s.io/apimachinery/pkg/labels"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/feature"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/release"
)

// report conditions and status. Refusals are the conditions that the spec is refused by.
func report(a *compose.Answer, f *facts.Facts, d *decision.Decisions, refusals []compose.Condition) error {
	a.Report(conditions(f, d, refusals)...)
	if unready(f, d) {
		a.Unready()
	}
	status, err := statusOf(f, d)
	if err != nil {
		return err
	}
	status.ObservedGeneration = a.Generation()
	return a.SetStatus(status)
}

// conditions of all features, with refusals in place of those of the same type. The whole is refused
// when a part is.
func conditions(f *facts.Facts, d *decision.Decisions, refusals []compose.Condition) []compose.Condition {
	out := slices.Clone(refusals)
	said := func(c compose.Condition) bool {
		return slices.ContainsFunc(refusals, func(r compose.Condition) bool { return r.Type == c.Type })
	}
	whole := compose.Condition{Type: feature.ConditionAccepted, Status: compose.False}
	if d.Stage == decision.Refused && !said(whole) {
		whole.Reason, whole.Message = refusals[0].Reason, refusals[0].Message
		out = append(out, whole)
	}
	for _, of := range features {
		if of.Conditions != nil {
			out = append(out, slices.DeleteFunc(of.Conditions(f, d), said)...)
		}
	}
	return out
}

// unready says whether the installation is not ready, whatever the composed objects are.
func unready(f *facts.Facts, d *decision.Decisions) bool {
	switch d.Stage {
	case decision.Refused:
		// Nothing serves, however ready the little is that exists.
		return f.Stopped != "" || !f.Deployment.Exists()
	case decision.Waiting:
		return true
	case decision.Accepted:
	}
	// A Deployment without replicas is as ready as one can be.
	return d.Restoring(f)
}

// statusOf an installation: what is observed, whatever the spec says, and what the features add. What
// was decided last is still so while the spec is not followed. Replicas are counted once the first one
// has served.
func statusOf(f *facts.Facts, d *decision.Decisions) (*v1alpha1.MattermostInstallationStatus, error) {
	out := &v1alpha1.MattermostInstallationStatus{Selector: k8slabels.SelectorFromSet(f.Selector()).String()}
	out.Image, out.Version = runningImage(f, d)
	out.Served = servedStatus(f, out.Version)
	if out.Version != "" || f.State.Composite().String("status", "version") != "" {
		out.Replicas, out.UpdatedReplicas = int32(f.Deployment.Replicas()), int32(f.Deployment.Updated()) //nolint:gosec // Replica counts.
	}
	was := f.State.Composite()
	if d.Stage == decision.Refused {
		if err := was.Decode(&out.Sizing, "status", "sizing"); err != nil {
			return nil, err
		}
	}
	if d.Stage != decision.Accepted {
		if err := was.Decode(&out.DataSource, "status", "dataSource"); err != nil {
			return nil, err
		}
	}
	for _, of := range features {
		if of.Status != nil {
			of.Status(f, d, out)
		}
	}
	out.State = stateOf(f, d, out.Upgrade)
	return out, nil
}

// servedStatus is what the status is to keep. Version is empty if none is served. The data that a server
// serves is that of the Deployment once a replica of its current template is available.
func servedStatus(f *facts.Facts, version string) *v1alpha1.ServedStatus {
	out := f.Before.DeepCopy()
	if version != "" {
		out.Version = version
	}
	if out.Version == "" {
		return nil
	}
	if f.Deployment.NewReplicaAvailable() {
		out.Claims, out.Database = f.Deployment.Claims, cmp.Or(f.Deployment.Database, out.Database)
	}
	return out
}

// runningImage is the image of at least one available replica. For a server that is stopped, or that
// starts again after a restore, it is the image of the Deployment.
func runningImage(f *facts.Facts, d *decision.Decisions) (repository, version string) {
	switch {
	case d.Turn.Active || f.Deployment.ScaledToZero() || f.Deployment.NewReplicaAvailable():
		return release.Split(f.Deployment.Image)
	case f.Deployment.Available() > 0:
		// A roll has begun: the replicas of before it serve.
		was := f.State.Composite().At("status")
		return was.String("image"), was.String("version")
	}
	return "", ""
}

func stateOf(f *facts.Facts, d *decision.Decisions, upgrade *v1alpha1.UpgradeStatus) v1alpha1.State {
	switch {
	case d.Stage == decision.Refused:
		return v1alpha1.StateRefused
	case d.Stage == decision.Waiting:
		return v1alpha1.StateReconciling
	case d.Restoring(f):
		return v1alpha1.StateRestoring
	case f.State.Unapplied():
		return v1alpha1.StateReconciling
	case upgrade != nil && upgrade.Phase != v1alpha1.PhaseComplete:
		return v1alpha1.StateUpgrading
	case d.RolledOut(f) && d.Health.Healthy:
		return v1alpha1.StateStable
	case d.Rollout.Image == d.Version.Image && f.Deployment.Applied(d.Template) && f.Deployment.NewReplicaAvailable():
		return v1alpha1.StateReady
	}
	return v1alpha1.StateReconciling
}
