package claim

import (
	"fmt"
	"slices"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
)

// Compose a claim if the spec contains it. One that the user consents to leave is deleted once no
// replica uses it. Its Usage is deleted before, since the claim cannot be deleted while it has one.
func (c Claim) Compose(a *compose.Answer, f *facts.Facts, d *decision.Decisions, object any) error {
	if c.wanted(f) {
		if err := a.Desire(c.Name, object); err != nil {
			return err
		}
	}
	if err := c.discard(a, f, d); err != nil {
		return err
	}
	return c.protect(a, f, d)
}

func (c Claim) discard(a *compose.Answer, f *facts.Facts, d *decision.Decisions) error {
	if !c.discarded(f) {
		return nil
	}
	protected, used := f.Observed(c.protection()).Exists(), c.used(f, d)
	if !f.Observed(c.Name).Exists() || !protected && !used {
		a.Discard(c.Name)
		return nil
	}
	if protected && used {
		if err := a.Keep(c.protection()); err != nil {
			return err
		}
	}
	return a.Keep(c.Name)
}

// used says whether a replica, a migration or a restore that runs with the claim may not have ended yet.
// Without a Deployment, that is so until another one is rolled out.
func (c Claim) used(f *facts.Facts, d *decision.Decisions) bool {
	deployment := f.Deployment
	switch {
	case d.Turn.Active, f.Stopped != "", slices.ContainsFunc(f.Migrations, facts.Migration.Unfinished):
		return true
	case !deployment.Exists():
		return slices.Contains(f.Before.Claims, c.Name)
	}
	return slices.Contains(deployment.Claims, c.Name) || !compose.RolledOut(deployment.Resource) || deployment.Int("status", "terminatingReplicas") > 0
}

// protect a claim by a Usage that refuses its deletion, once a server has served with it and,
// if there is a health check, has answered it. Until then only the installation's own Usage
// exists, since every object wakes Crossplane.
func (c Claim) protect(a *compose.Answer, f *facts.Facts, d *decision.Decisions) error {
	if !c.wanted(f) || f.Deployment.Image == "" || !d.Turn.HasServed(f) || !answered(f, d) {
		return nil
	}
	return a.DesireBeside(c.protection(), objects.Protection(f.Name+"-"+c.protection(), f.ServerLabels(), objects.UsageResource{
		APIVersion:  v1alpha1.GroupVersion.String(),
		Kind:        c.Kind,
		ResourceRef: objects.UsageName{Name: f.Name},
	}, fmt.Sprintf("it holds data of %s %q: use another store there, and set %s.discardClaim: true, before you delete it", v1alpha1.MattermostInstallationKind, f.Name, c.Field)))
}

// answered says whether the server answered the health check, or there is none.
func answered(f *facts.Facts, d *decision.Decisions) bool {
	protected := slices.ContainsFunc(all, func(c Claim) bool { return f.Observed(c.protection()).Exists() })
	return protected || !d.Health.Pending
}

// protection is the name of the composed Usage of a claim.
func (c Claim) protection() string { return composed.ProtectionOf(c.Name) }

// served says whether a server has used the claim. The Deployment says so, or the Usage, which
// is composed once a server serves, or the status if there is no Deployment.
func (c Claim) served(f *facts.Facts) bool {
	if f.Observed(c.protection()).Exists() || slices.Contains(f.Deployment.Claims, c.Name) {
		return true
	}
	return !f.Deployment.Exists() && slices.Contains(f.Before.Claims, c.Name)
}

// vanished says whether a claim that the server runs with no longer exists. A new claim of its
// name would be empty.
func (c Claim) vanished(f *facts.Facts) bool {
	return c.wanted(f) && c.served(f) && !f.Observed(c.Name).Exists()
}

// RequireVanished looks up whether somebody created a vanished claim again.
func (c Claim) RequireVanished(a *compose.Answer, f *facts.Facts, _ *decision.Decisions) {
	if c.vanished(f) {
		a.Require(facts.RequirementVanished+c.Name, v1alpha1.GroupVersion.String(), c.Kind, f.Name)
	}
}

// There refuses to replace a vanished claim with a new one, which would be empty. A claim that
// somebody created again is used.
func (c Claim) There(f *facts.Facts, _ *decision.Decisions) compose.Verdict {
	if again, _ := f.State.Required(facts.RequirementVanished + c.Name); !c.vanished(f) || again.Exists() {
		return compose.Passed
	}
	return compose.Refuse("ClaimVanished", fmt.Sprintf(
		"%s.claim: %s %q does not exist any more, and a new one would not hold the data of this installation: if its data was retained, create it again with %s; else %s",
		c.Field, c.Kind, f.Name, ownLabels(f), c.remedy))
}

// ownLabels are the labels that mark an object without a controller as belonging to an
// installation.
func ownLabels(f *facts.Facts) string {
	if f.Legacy() {
		return fmt.Sprintf("labels crossplane.io/claim-name: %s and crossplane.io/claim-namespace: %s", f.Name, f.Namespace)
	}
	return "label crossplane.io/composite: " + f.Name
}
