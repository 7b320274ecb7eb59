package installation

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

const (
	// annotationSizing of the Deployment says what its number of replicas was decided on,
	// as basis writes it. A running server keeps its number until that changes.
	annotationSizing = "mattermost.crossplane.io/sizing"

	// sizeExplicit is the size in a basis where spec.replicas decided.
	sizeExplicit = "spec.replicas"
)

// basis of a number of replicas.
type basis struct {
	// size that the number is of, or sizeExplicit.
	size string
	// license that was known.
	license licensing
	// replicas that were decided.
	replicas int32
}

func (b basis) String() string { return fmt.Sprintf("%s/%s/%d", b.size, b.license, b.replicas) }

// recall the basis of a Deployment's number of replicas. There is none where a release
// made the Deployment that did not remember it.
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

// decideReplicas takes the number of replicas from spec.replicas, else from the size.
// Replicas without a license for high availability are not a cluster: what happens on one
// is not told to the others. A new server without a license has one replica, therefore,
// and one that runs keeps its number until its size, spec.replicas or the license changes.
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
		// Releases that did not remember used the size's number, with a license or without.
		now.replicas = ofSize
	default:
		now.replicas = min(1, ofSize)
	}
	return now
}

// clusteredCondition says whether the replicas are one server to their users, and what a
// license changes.
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
