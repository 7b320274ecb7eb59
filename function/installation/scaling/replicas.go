package scaling

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
)

// sizeExplicit is the size in a basis if spec.replicas decided.
const sizeExplicit = "spec.replicas"

// basis of a number of replicas. Annotation facts.AnnotationSizing records it, as String writes
// it. A running server keeps its number until the basis changes.
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
func recall(deployment facts.Deployment) (b basis, ok bool) {
	parts := strings.Split(deployment.String("metadata", "annotations", facts.AnnotationSizing), "/")
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
func decideReplicas(f *facts.Facts) basis {
	was, remembered := recall(f.Deployment)
	now := basis{size: sizeName(f), license: licenseOf(f, was.license)}
	ofSize := sizes[now.size].replicas
	switch {
	case f.Spec.Replicas != nil:
		now.size, now.replicas = sizeExplicit, *f.Spec.Replicas
	case remembered && was.size == now.size && was.license.clusters() == now.license.clusters():
		now.replicas = was.replicas
	case !remembered && f.Deployment.Image != "", now.license.clusters():
		// Releases that recorded no basis used the size's number, with or without a
		// license.
		now.replicas = ofSize
	default:
		now.replicas = min(1, ofSize)
	}
	return now
}
