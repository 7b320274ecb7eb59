package facts

import (
	"regexp"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// believed versions in a status have this form. Others are ignored.
var believed = regexp.MustCompile(`^(sha256:[0-9a-f]{64}|[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(@sha256:[0-9a-f]{64})?)$`)

// served is what the status says was served last. The Deployment is the better source, but it
// may have been deleted. A status may be forged, so it only ever causes or lifts a refusal or a
// wait, or names a version that the platform allows, which its writer could also cause by editing
// the spec. An installation that was restored without its status is not refused.
func served(composite compose.Resource) (v1alpha1.ServedStatus, error) {
	out := v1alpha1.ServedStatus{}
	if composite.Has("status", "served") {
		if err := composite.Decode(&out, "status", "served"); err != nil {
			return out, err
		}
	}
	if out.Version == "" {
		// A status that an earlier version wrote has only this.
		out.Version = composite.String("status", "version")
	}
	if !believed.MatchString(out.Version) {
		return v1alpha1.ServedStatus{}, nil
	}
	return out, nil
}
