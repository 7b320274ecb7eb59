package installation

import (
	"fmt"
	"slices"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
)

const protectionReason = "spec.deletionProtection is true: set it to false before you delete this installation"

// protected says whether deletion is refused, which is so unless the user says
// otherwise.
func protected(g gathered) bool {
	return g.spec.DeletionProtection == nil || *g.spec.DeletionProtection
}

// hasServed says whether a server has ever served, or data was restored for one. Before
// that there is nothing to lose.
func hasServed(g gathered) bool {
	return g.data != "" || g.state.Observed(nameProtection).Exists() || g.before.Version != ""
}

// buildProtection composes the Usage that refuses the deletion of the installation,
// whatever else is refused or waited for: a user who consents to the deletion must be able
// to delete it. If the name of the Usage itself is taken, it is left out.
func buildProtection(a *compose.Answer, g gathered) error {
	if !protected(g) || !hasServed(g) || a.Taken(nameProtection) {
		return nil
	}
	apiVersion, kind := g.state.Subject()
	return a.DesireBeside(nameProtection, objects.Protection(g.name+"-protection", serverLabels(g), objects.UsageResource{
		APIVersion:  apiVersion,
		Kind:        kind,
		ResourceRef: objects.UsageName{Name: g.name},
	}, protectionReason))
}

// buildClaimProtection composes the Usages that refuse the deletion of claims, once a
// server has served with them and, if there is a health check, has answered it. Until then
// only the installation's own Usage exists, since every object wakes Crossplane.
func buildClaimProtection(a *compose.Answer, g gathered) error {
	if g.served == "" || !hasServed(g) || !answered(g) {
		return nil
	}
	var failed []error
	for _, c := range claims {
		if !c.wanted(g) {
			continue
		}
		failed = append(failed, a.DesireBeside(c.protection(), objects.Protection(g.name+"-"+c.protection(), serverLabels(g), objects.UsageResource{
			APIVersion:  v1alpha1.GroupVersion.String(),
			Kind:        c.kind,
			ResourceRef: objects.UsageName{Name: g.name},
		}, fmt.Sprintf("it holds data of %s %q: use another store there, and set %s.discardClaim: true, before you delete it", v1alpha1.MattermostInstallationKind, g.name, c.field))))
	}
	return errors.Join(failed...)
}

// answered says whether the server answered the health check, or there is no health check.
func answered(g gathered) bool {
	reason := g.state.Composite().Condition(conditionHealthy).Reason
	protected := slices.ContainsFunc(claims, func(c claim) bool { return g.state.Observed(c.protection()).Exists() })
	return g.spec.Bootstrap == nil || protected || reason != "" && reason != reasonServerPending
}

// protection is the name of the composed Usage of a claim.
func (c claim) protection() string { return c.name + "-protection" }
