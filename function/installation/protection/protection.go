// Package protection refuses the deletion of an installation that its user did not consent to.
package protection

import (
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/feature"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
)

const reason = "spec.deletionProtection is true: set it to false before you delete this installation"

// Feature is the protection of an installation. It follows the spec whatever else is refused or
// waited for: a user who consents to the deletion must be able to delete it.
//
//nolint:gochecknoglobals // A table.
var Feature = feature.Feature{
	Hold:    composeUsage,
	Spent:   func(*facts.Facts, *decision.Decisions) []string { return []string{composed.Protection} },
	Compose: composeUsage,
}

// protected says whether deletion is refused, which is so unless the user says otherwise.
func protected(f *facts.Facts) bool {
	return f.Spec.DeletionProtection == nil || *f.Spec.DeletionProtection
}

// composeUsage composes the Usage that refuses the deletion of the installation. If the name of
// the Usage itself is taken, it is left out.
func composeUsage(a *compose.Answer, f *facts.Facts, d *decision.Decisions) error {
	if !protected(f) || !d.Turn.HasServed(f) || a.Taken(composed.Protection) {
		return nil
	}
	apiVersion, kind := f.State.Subject()
	return a.DesireBeside(composed.Protection, objects.Protection(f.Name+"-protection", f.ServerLabels(), objects.UsageResource{
		APIVersion:  apiVersion,
		Kind:        kind,
		ResourceRef: objects.UsageName{Name: f.Name},
	}, reason))
}
