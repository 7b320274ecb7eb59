package compose

import (
	"k8s.io/utils/ptr"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// Require an object that is not composed, by kind and name, in the composite's
// namespace. State.Required returns it under the requirement's name.
func (a *Answer) Require(requirement, apiVersion, kind, name string) {
	a.requirements[requirement] = &fnv1.ResourceSelector{
		ApiVersion: apiVersion,
		Kind:       kind,
		Match:      &fnv1.ResourceSelector_MatchName{MatchName: name},
		Namespace:  ptr.To(a.state.Namespace()),
	}
}

// RequireClusterScoped is Require for a cluster-scoped object.
func (a *Answer) RequireClusterScoped(requirement, apiVersion, kind, name string) {
	a.requirements[requirement] = &fnv1.ResourceSelector{
		ApiVersion: apiVersion,
		Kind:       kind,
		Match:      &fnv1.ResourceSelector_MatchName{MatchName: name},
	}
}

// RequireAll objects of a kind that have some labels, or all where no label is given,
// in the composite's namespace. State.RequiredAll returns them under the requirement's
// name.
func (a *Answer) RequireAll(requirement, apiVersion, kind string, labels map[string]string) {
	a.requirements[requirement] = &fnv1.ResourceSelector{
		ApiVersion: apiVersion,
		Kind:       kind,
		Match:      &fnv1.ResourceSelector_MatchLabels{MatchLabels: &fnv1.MatchLabels{Labels: labels}},
		Namespace:  ptr.To(a.state.Namespace()),
	}
}

// Resolved says whether Crossplane has looked for everything that is required.
// When it has not, it will, and ask again in the same reconcile.
func (a *Answer) Resolved() bool {
	for name := range a.requirements {
		if _, asked := a.state.Required(name); !asked {
			return false
		}
	}
	return true
}
