package installation

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

const (
	// annotationSizing of the Deployment records the basis of its number of replicas, as
	// basis.String writes it. A running server keeps its number until the basis changes.
	annotationSizing = "mattermost.crossplane.io/sizing"

	// sizeExplicit is the size in a basis if spec.replicas decided.
	sizeExplicit = "spec.replicas"
)

// basis of a number of replicas.
type basis struct {
	// size that the number comes from, or sizeExplicit.
	size string
	// license that was known.
	license licensing
	// replicas that were decided.
	replicas int32
}

func (b basis) String() string { return fmt.Sprintf("%s/%s/%d", b.size, b.license, b.replicas) }

// recall the basis of a Deployment's number of replicas. OK is false if an earlier release,
// which did not record it, created the Deployment.
func recall(deployment compose.Resource) (b basis, ok bool) {
	parts := strings.Split(deployment.String("metadata", "annotations", annotationSizing), "/")
	if len(parts) != 3 {
		return b, false
	}
	n, err := strconv.ParseInt(parts[2], 10, 32)
	if err != nil {
		return b, false
	}
	return basis{size: parts[0], license: licensing(parts[1]), replicas: int32(n)}, true
}

// decideReplicas takes the number of replicas from spec.replicas, or else from the size.
// Replicas without a license for high availability are not a cluster: they do not tell each
// other about events. Therefore a new server without a license has one replica. A running
// server keeps its number until its size, spec.replicas or the license changes.
func decideReplicas(g gathered) basis {
	was, remembered := recall(g.state.Observed(nameDeployment))
	now := basis{size: sizeName(g), license: licenseOf(g, was.license)}
	ofSize := sizes[now.size].replicas
	switch {
	case g.spec.Replicas != nil:
		now.size, now.replicas = sizeExplicit, *g.spec.Replicas
	case remembered && was.size == now.size && was.license.clusters() == now.license.clusters():
		now.replicas = was.replicas
	case !remembered && g.served != "", now.license.clusters():
		// Releases that recorded no basis used the size's number, with or without a
		// license.
		now.replicas = ofSize
	default:
		now.replicas = min(1, ofSize)
	}
	return now
}

// clusteredCondition says whether the replicas form a cluster, and what a license would
// change.
func clusteredCondition(g gathered, s v1alpha1.SizingStatus) compose.Condition {
	c := compose.Condition{Type: conditionClustered, Status: compose.True}
	switch {
	case decideReplicas(g).license.clusters():
		c.Reason = "Licensed"
	case s.Replicas > 1:
		c.Status, c.Reason = compose.False, "Unlicensed"
		c.Message = "several replicas run, and no license for high availability is known: replicas without one are not a cluster, so that a post through one does not reach users who are connected to another: set spec.licenseSecret, or spec.replicas: 1"
	case g.spec.Replicas == nil && s.SizeReplicas > s.Replicas:
		c.Reason = "SingleReplica"
		c.Message = fmt.Sprintf("one replica runs, because several are a cluster only with a license for high availability, and none is known: with spec.licenseSecret, size %s gives %d", s.Size, s.SizeReplicas)
	default:
		c.Reason = "SingleReplica"
	}
	return c
}
