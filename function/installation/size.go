package installation

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// sizeName is the size that is used: the user's, else the platform's, else the
// default.
func sizeName(g gathered) string {
	for _, s := range []string{g.spec.Size, g.policy.Size} {
		if s != "" {
			return s
		}
	}
	return defaultSize
}

// sizeKnown refuses a size that is not in the table. The API refuses it first;
// this is for the platform's default size, and for an API of another version.
func sizeKnown(g gathered) compose.Verdict {
	name := sizeName(g)
	if _, ok := sizes[name]; ok {
		return compose.Passed
	}
	return compose.Refuse("SizeUnknown", fmt.Sprintf(
		"spec.size %q is not a known size: use one of %s; for more than 200000 users ask Mattermost for sizing, then set spec.replicas and spec.scheduling.resources",
		name, knownSizes()))
}

// sizeAllowed refuses a size that the platform does not offer.
func sizeAllowed(g gathered) compose.Verdict {
	name := sizeName(g)
	if len(g.policy.Sizes) == 0 || slices.Contains(g.policy.Sizes, name) {
		return compose.Passed
	}
	return compose.Refuse("SizeNotOffered", fmt.Sprintf(
		"spec.size %q is not offered on this platform: use one of %s", name, strings.Join(g.policy.Sizes, ", ")))
}

// decideSize takes replicas and resources from the table where the user did not
// set them.
func decideSize(g gathered) v1alpha1.SizingStatus {
	name := sizeName(g)
	row := sizes[name]
	out := v1alpha1.SizingStatus{Size: name, Replicas: decideReplicas(g).replicas, SizeReplicas: row.replicas, Requests: row.requests, Limits: row.limits, Nodes: row.nodes}
	if s := g.spec.Scheduling; s != nil && s.Resources != nil && len(s.Resources.Requests)+len(s.Resources.Limits) > 0 {
		out.Requests, out.Limits = s.Resources.Requests, s.Resources.Limits
	}
	return out
}

func requirements(s v1alpha1.SizingStatus) corev1.ResourceRequirements {
	return corev1.ResourceRequirements{Requests: s.Requests, Limits: s.Limits}
}
