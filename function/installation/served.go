package installation

import (
	"regexp"
	"slices"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// believed is the form of a version that is believed of a status to have been served.
var believed = regexp.MustCompile(`^(sha256:[0-9a-f]{64}|[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(@sha256:[0-9a-f]{64})?)$`)

// recallServed is what the status says was served last: the Deployment, which says it
// better, may have been deleted. What is in a status may be anybody's word, so that it only
// ever refuses, or waits: whoever may write it may as well edit the spec. A status that was
// restored without this, or was not restored at all, refuses nothing.
func recallServed(s compose.State) (v1alpha1.ServedStatus, error) {
	out, composite := v1alpha1.ServedStatus{}, s.Composite()
	if composite.Has("status", "served") {
		if err := composite.Decode(&out, "status", "served"); err != nil {
			return out, errors.Wrap(err, "cannot read status")
		}
	}
	if out.Version == "" {
		// A status of before has no more.
		out.Version = composite.String("status", "version")
	}
	if !believed.MatchString(out.Version) {
		return v1alpha1.ServedStatus{}, nil
	}
	return out, nil
}

// servedStatus is what the status is to remember, while a version is served, or none.
func servedStatus(g gathered, version string) *v1alpha1.ServedStatus {
	if version == "" {
		if g.before.Version == "" {
			return nil
		}
		return &g.before
	}
	return &v1alpha1.ServedStatus{Version: version, Claims: deployedClaims(g)}
}

// deployedClaims are those that the Deployment says it runs with.
func deployedClaims(g gathered) []string {
	with := g.state.Observed(nameDeployment).String("metadata", "annotations", annotationClaims)
	if with == "" {
		return nil
	}
	return strings.Split(with, ",")
}

// forgotten says whether nothing that is observed tells of the version that was served last:
// the Deployment is gone, and what was migrated is not later.
func forgotten(g gathered, migrated string) bool {
	if g.served != "" || g.data != g.migrated || g.before.Version == "" {
		return false
	}
	was, now := semantic(g.before.Version), semantic(migrated)
	return migrated == "" || was != nil && now != nil && now.LessThan(was)
}

// served says whether a server ran with the claim: the Deployment or a Usage tells, which
// comes when one serves, or the status where there is no Deployment.
func (c claim) served(g gathered) bool {
	if g.state.Observed(c.protection()).Exists() || slices.Contains(deployedClaims(g), c.name) {
		return true
	}
	return !g.state.Observed(nameDeployment).Exists() && slices.Contains(g.before.Claims, c.name)
}
