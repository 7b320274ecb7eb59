package installation

import (
	"regexp"
	"slices"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// believed versions in a status have this form. Others are ignored.
var believed = regexp.MustCompile(`^(sha256:[0-9a-f]{64}|[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(@sha256:[0-9a-f]{64})?)$`)

// recallServed returns what the status says was served last. The Deployment is the better
// source, but it may have been deleted. A status may be forged, so it only ever causes a
// refusal or a wait, or names a version that the platform allows, which its writer could also
// cause by editing the spec. An installation that was restored without its status is not
// refused.
func recallServed(s compose.State) (v1alpha1.ServedStatus, error) {
	out, composite := v1alpha1.ServedStatus{}, s.Composite()
	if composite.Has("status", "served") {
		if err := composite.Decode(&out, "status", "served"); err != nil {
			return out, errors.Wrap(err, "cannot read status")
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

// servedStatus returns what the status is to keep. Version is empty if none is served.
func servedStatus(g gathered, version string) *v1alpha1.ServedStatus {
	if version == "" {
		if g.before.Version == "" {
			return nil
		}
		return &g.before
	}
	return &v1alpha1.ServedStatus{Version: version, Claims: deployedClaims(g)}
}

// deployedClaims returns the claims that the Deployment uses.
func deployedClaims(g gathered) []string {
	with := g.state.Observed(nameDeployment).String("metadata", "annotations", annotationClaims)
	if with == "" {
		return nil
	}
	return strings.Split(with, ",")
}

// forgotten says whether no observed object shows the version that was served last. That is
// so if the Deployment is gone and no migration reached that version.
func forgotten(g gathered, migrated string) bool {
	if g.served != "" || g.data != g.migrated || g.before.Version == "" {
		return false
	}
	was, now := semantic(g.before.Version), semantic(migrated)
	return migrated == "" || was != nil && now != nil && now.LessThan(was)
}

// forgottenImage returns the image that was served last, if no observed object shows it and
// the platform allows its version. A Deployment that is stopped in place of a deleted one gets
// it: with the wanted image, the version of the data would be forgotten, and no rule would hold
// for the change. The status names only a version, which spec.version may name as well.
func forgottenImage(g gathered) string {
	if _, migrated := splitImage(schemaImage(g)); !forgotten(g, migrated) || !allows(g, g.before.Version) {
		return ""
	}
	return imageOf(g, g.before.Version)
}

// served says whether a server has used the claim. The Deployment says so, or the Usage, which
// is composed once a server serves, or the status if there is no Deployment.
func (c claim) served(g gathered) bool {
	if g.state.Observed(c.protection()).Exists() || slices.Contains(deployedClaims(g), c.name) {
		return true
	}
	return !g.state.Observed(nameDeployment).Exists() && slices.Contains(g.before.Claims, c.name)
}
