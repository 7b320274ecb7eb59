package installation

import (
	"slices"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
)

// annotationLastApplied is on every object that the Mattermost operator creates.
const annotationLastApplied = "mattermost.com/last-applied"

// releasedByOperator says whether the Mattermost operator created an object for an installation of
// this name. Deleting the operator's resource with --cascade=orphan removes only the controller of its
// objects.
func releasedByOperator(f *facts.Facts, o compose.Resource) bool {
	kind, metadata := o.String("kind"), o.At("metadata")
	switch {
	case metadata.String("name") != f.Name:
		return false
	case kind == "ServiceAccount":
		return metadata.Has("annotations", annotationLastApplied)
	case !slices.Contains([]string{"Deployment", "Service", "Ingress", "PersistentVolumeClaim"}, kind):
		return false
	}
	for key, value := range f.Selector() {
		if metadata.String("labels", key) != value {
			return false
		}
	}
	return true
}
