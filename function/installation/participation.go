package installation

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// participationStatus tells the restore that has its turn how far this installation is,
// or else what became of the last one.
func participationStatus(g gathered) (*v1alpha1.RestoreParticipation, error) {
	was, err := lastParticipation(g)
	if err != nil {
		return nil, err
	}
	if !g.part.active {
		return pastParticipation(g, was), nil
	}
	out := &v1alpha1.RestoreParticipation{Name: g.part.name, UID: g.part.uid, Phase: phase(g)}
	if was != nil && was.UID == out.UID {
		out.QuiescedAt, out.ServingAt = was.QuiescedAt, was.ServingAt
		if was.Phase == v1alpha1.ParticipationServing {
			out.Phase = was.Phase
		}
	}
	return timed(g, out), nil
}

// untouched is the participation while the spec cannot be followed: a restore that the
// server was not stopped for yet is told nothing, and waits.
func untouched(g gathered) (*v1alpha1.RestoreParticipation, error) {
	if g.part.stops && g.part.key() != g.stopped {
		return lastParticipation(g)
	}
	return participationStatus(g)
}

// pastParticipation in a restore that is over. One that is gone before it was granted
// anything leaves nothing behind.
func pastParticipation(g gathered, was *v1alpha1.RestoreParticipation) *v1alpha1.RestoreParticipation {
	if was != nil && was.Phase == v1alpha1.ParticipationStopping {
		was = nil
	}
	if was == nil {
		was = rememberedParticipation(g)
	}
	if was == nil || was.Phase == v1alpha1.ParticipationServing || !answers(g) {
		return was
	}
	was.Phase = v1alpha1.ParticipationServing
	return timed(g, was)
}

// rememberedParticipation in the restore that the Deployment says the data is of, nil
// when there is none, or when it is gone.
func rememberedParticipation(g gathered) *v1alpha1.RestoreParticipation {
	for _, r := range g.restores {
		if g.data == r.uid {
			return &v1alpha1.RestoreParticipation{Name: r.name, UID: r.uid, Phase: v1alpha1.ParticipationResuming}
		}
	}
	return nil
}

// timed is a participation with the moments that its phase begins with.
func timed(g gathered, p *v1alpha1.RestoreParticipation) *v1alpha1.RestoreParticipation {
	now := statusTime(g.state.Observed(nameDeployment))
	switch p.Phase {
	case v1alpha1.ParticipationStopping:
	case v1alpha1.ParticipationQuiesced:
		if p.QuiescedAt == nil {
			p.QuiescedAt = now
		}
	case v1alpha1.ParticipationServing:
		if p.ServingAt == nil && wantedReplicas(g) > 0 {
			p.ServingAt = now
		}
		p.DataReplaced = g.data == p.UID
	case v1alpha1.ParticipationResuming:
		p.DataReplaced = g.data == p.UID
	}
	return p
}

// lastParticipation that was reported, nil when there was none.
func lastParticipation(g gathered) (*v1alpha1.RestoreParticipation, error) {
	composite := g.state.Composite()
	if !composite.Has("status", "restore") {
		return nil, nil //nolint:nilnil // There was none, and that is no error.
	}
	out := &v1alpha1.RestoreParticipation{}
	return out, errors.Wrap(composite.Decode(out, "status", "restore"), "cannot read status")
}

func phase(g gathered) v1alpha1.ParticipationPhase {
	switch {
	case g.part.resumes && answers(g):
		return v1alpha1.ParticipationServing
	case g.part.resumes:
		return v1alpha1.ParticipationResuming
	case g.part.stops && quiesced(g):
		return v1alpha1.ParticipationQuiesced
	}
	return v1alpha1.ParticipationStopping
}

// quiesced says whether nothing runs that could write. That the Deployment was stopped is
// seen, and so will be by every call that follows.
func quiesced(g gathered) bool {
	deployment := g.state.Observed(nameDeployment)
	for _, m := range g.migrations {
		if m.unfinished() {
			return false
		}
	}
	return deployment.String("metadata", "annotations", annotationStopped) == g.part.key() &&
		deployment.Has("spec", "replicas") && deployment.Int("spec", "replicas") == 0 &&
		deployment.Int("status", "observedGeneration") >= deployment.Int("metadata", "generation") &&
		deployment.Int("status", "replicas") == 0 && deployment.Int("status", "terminatingReplicas") == 0
}

// answers says whether a server answers on the data that there is, or would if any were
// wanted.
func answers(g gathered) bool {
	deployment := g.state.Observed(nameDeployment)
	if g.stopped != "" || g.served == "" || g.data != g.migrated {
		return false
	}
	return updatedAvailable(deployment) || wantedReplicas(g) == 0 && deployment.Int("spec", "replicas") == 0
}

func wantedReplicas(g gathered) int32 { return decideSize(g).Replicas }

// statusTime is when a Deployment's status changed last, as the API server noted for its
// controller, nil where it did not.
func statusTime(deployment compose.Resource) *metav1.Time {
	var last string
	for _, m := range deployment.List("metadata", "managedFields") {
		// Times of Kubernetes compare as text.
		if at := m.String("time"); m.String("subresource") == "status" && at > last {
			last = at
		}
	}
	return moment(last)
}

// restoring says whether no server answers because of a restore.
func restoring(g gathered, r rollout) bool {
	return r.stopped != "" || g.stopped != "" || g.part.resumes && !answers(g)
}

// stoppedCondition says that no server runs because of a restore. Field
// status.restore.phase shows the progress.
func stoppedCondition(g gathered) compose.Condition {
	return compose.Condition{
		Type: conditionRollout, Status: compose.False, Waiting: true, Reason: "Restoring",
		Message: fmt.Sprintf("no server is to run until MattermostRestore %q has replaced the data", g.part.name),
	}
}
