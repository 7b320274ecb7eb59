package compose

import (
	"slices"
	"strings"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// State is all that a decision may rest on: what Crossplane sent, and nothing
// else. It is read, never written.
type State struct {
	request *fnv1.RunFunctionRequest
}

// NewState reads a request.
func NewState(req *fnv1.RunFunctionRequest) State { return State{request: req} }

// Composite is the composite resource as its user and Crossplane left it.
func (s State) Composite() Resource {
	return NewResource(s.request.GetObserved().GetComposite().GetResource())
}

// Name of what the user applied: the composite resource, or the claim that it was
// made for.
func (s State) Name() string {
	if claim := s.claim(); claim.Exists() {
		return claim.String("name")
	}
	return s.Composite().Name()
}

// Namespace of what the user applied, and of everything that is composed for it.
func (s State) Namespace() string {
	if claim := s.claim(); claim.Exists() {
		return claim.String("namespace")
	}
	return s.Composite().String("metadata", "namespace")
}

// Subject is the API version and kind of what the user applied.
func (s State) Subject() (apiVersion, kind string) {
	subject := s.Composite()
	if claim := s.claim(); claim.Exists() {
		subject = claim
	}
	return subject.String("apiVersion"), subject.String("kind")
}

// legacyGroups is the prefix of the API groups of legacy composite resources, which are
// cluster-scoped and created for claims.
const legacyGroups = "claims."

// claim of the composite resource. In any other group, or in a namespace, a user can write
// spec.claimRef, which could then lead into another namespace.
func (s State) claim() Resource {
	composite := s.Composite()
	if composite.String("metadata", "namespace") != "" || !strings.HasPrefix(composite.String("apiVersion"), legacyGroups) {
		return Resource{}
	}
	return composite.At("spec", "claimRef")
}

// Observed is a composed resource that exists, by the name it was composed under.
func (s State) Observed(name string) Resource {
	return NewResource(s.request.GetObserved().GetResources()[name].GetResource())
}

// ObservedNames are the names of the composed resources that exist and whose
// name begins with a prefix, sorted.
func (s State) ObservedNames(prefix string) []string {
	var out []string
	for name := range s.request.GetObserved().GetResources() {
		if strings.HasPrefix(name, prefix) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// Required is the object that was asked for under a requirement's name. Asked is
// false while Crossplane has not looked yet; an object that was looked for and
// does not exist is asked for and does not exist.
func (s State) Required(name string) (r Resource, asked bool) {
	found, asked := s.request.GetRequiredResources()[name]
	if items := found.GetItems(); len(items) > 0 {
		return NewResource(items[0].GetResource()), asked
	}
	return Resource{}, asked
}

// RequiredAll are the objects that were asked for under a requirement's name, sorted by
// name. Asked is false while Crossplane has not looked yet.
func (s State) RequiredAll(name string) (all []Resource, asked bool) {
	found, asked := s.request.GetRequiredResources()[name]
	for _, item := range found.GetItems() {
		all = append(all, NewResource(item.GetResource()))
	}
	slices.SortFunc(all, func(a, b Resource) int { return strings.Compare(a.Name(), b.Name()) })
	return all, asked
}

// LooksUp says whether this Crossplane can look up objects that it does not
// compose.
func (s State) LooksUp() bool {
	capabilities := s.request.GetMeta().GetCapabilities()
	return slices.Contains(capabilities, fnv1.Capability_CAPABILITY_REQUIRED_RESOURCES)
}
