package compose

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

const (
	// RequirementName is the prefix of requirements that look up the name of a desired
	// object that is not observed yet. The name of the composed resource follows.
	RequirementName = "name/"

	// ReasonNameTaken means that another owner's object has the name of an object that is
	// to be composed.
	ReasonNameTaken = "NameTaken"

	// Labels that Crossplane gives to composed objects.
	labelComposite      = "crossplane.io/composite"
	labelClaimName      = "crossplane.io/claim-name"
	labelClaimNamespace = "crossplane.io/claim-namespace"

	// mostNamed limits the objects that a message names.
	mostNamed = 5
)

// wanted is a name that must be free, or belong to an object that may be taken over.
type wanted struct {
	kind, name string
	// mine says whether an existing object of that name may be taken over.
	mine func(Resource) bool
}

// Adopt sets which objects, besides our own, may be taken over because their former owner
// released them. Nil means none.
func (a *Answer) Adopt(released func(Resource) bool) { a.released = released }

// want the name of an object that is not observed yet. Without this check, server-side
// apply would take over an existing object of another owner, which would then be deleted
// with the composite.
func (a *Answer) want(composed string, s *structpb.Struct) {
	if o := NewResource(s); o.Name() != "" {
		a.WantName(composed, o.String("apiVersion"), o.String("kind"), o.Name())
	}
}

// WantName checks the name of an object that is desired later, so that a taken name is
// refused before anything is created for that object.
func (a *Answer) WantName(composed, apiVersion, kind, name string) {
	a.wantFree(RequirementName+composed, composed, apiVersion, wanted{kind: kind, name: name, mine: a.mayTake})
}

// WantFree checks an object that a composed object would use though it is not composed
// itself, such as the volume of a StatefulSet. The name counts as taken if such an object
// exists and is not mine.
func (a *Answer) WantFree(composed, apiVersion, kind, name string, mine func(Resource) bool) {
	a.wantFree(RequirementFree(composed, kind, name), composed, apiVersion, wanted{kind: kind, name: name, mine: mine})
}

// RequirementFree looks up an object that a composed object would use, if it exists.
func RequirementFree(composed, kind, name string) string {
	return RequirementName + composed + "/" + strings.ToLower(kind) + "/" + name
}

// wantFree looks a name up until the composed object is observed. After that the object
// itself has the name.
func (a *Answer) wantFree(requirement, composed, apiVersion string, w wanted) {
	if a.state.Observed(composed).Exists() {
		return
	}
	a.wanted[requirement] = w
	a.Require(requirement, apiVersion, w.kind, w.name)
}

// mayTake says whether an existing object may become a composed one.
func (a *Answer) mayTake(o Resource) bool {
	if a.state.Owns(o) {
		return true
	}
	return !controller(o).Exists() && a.released != nil && a.released(o)
}

// Owns says whether an object belongs to the composite: by its controller or, without a
// controller, by Crossplane's labels. The labels stay when a composite is deleted without
// its objects.
func (s State) Owns(o Resource) bool {
	if controller(o).Exists() {
		return ControlledBy(o, s.Composite().String("metadata", "uid"))
	}
	return s.labelled(o)
}

// labelled says whether an object was composed for a composite, or a claim, of this name.
func (s State) labelled(o Resource) bool {
	labels := o.At("metadata", "labels")
	if s.claim().Exists() {
		return labels.String(labelClaimName) == s.Name() && labels.String(labelClaimNamespace) == s.Namespace()
	}
	return s.Composite().Name() != "" && labels.String(labelComposite) == s.Composite().Name()
}

// ControlledBy says whether an object's controller has a UID.
func ControlledBy(o Resource, uid string) bool {
	return uid != "" && controller(o).String("uid") == uid
}

// controller returns an object's controller, which may not exist.
func controller(o Resource) Resource {
	for _, of := range o.List("metadata", "ownerReferences") {
		if of.Value("controller").GetBoolValue() {
			return of
		}
	}
	return Resource{}
}

// NamesFree refuses an answer that desires an object under the name of another owner's
// object. Before Crossplane has looked, nothing is known, and Response waits.
func (a *Answer) NamesFree() Verdict {
	var taken, leaving []string
	for _, requirement := range slices.Sorted(maps.Keys(a.wanted)) {
		w := a.wanted[requirement]
		o, _ := a.state.Required(requirement)
		switch {
		case !o.Exists():
		case a.leaves(o):
			leaving = append(leaving, fmt.Sprintf("%s %q", w.kind, w.name))
		case !w.mine(o):
			taken = append(taken, described(o, w))
		}
	}
	_, kind := a.state.Subject()
	switch {
	case len(taken) > 0:
		return Refuse(ReasonNameTaken, fmt.Sprintf(
			"metadata.name: %s not belong to this %s: delete what is not needed, or create the %s under another name", existing(taken), kind, kind))
	case len(leaving) > 0:
		v := Refuse(ReasonNameTaken, "waiting for the deletion of "+strings.Join(few(leaving), ", "))
		v.Waiting = true
		return v
	}
	return Passed
}

// leaves says whether an object is being deleted or will be: its owner was an earlier
// composite of the same name.
func (a *Answer) leaves(o Resource) bool {
	of, composite := controller(o), a.state.Composite()
	if of.Exists() && of.String("uid") == composite.String("metadata", "uid") {
		return false
	}
	before := of.String("apiVersion") == composite.String("apiVersion") && of.String("kind") == composite.String("kind") && a.state.labelled(o)
	return of.Exists() && before || o.Has("metadata", "deletionTimestamp")
}

func described(o Resource, w wanted) string {
	out := fmt.Sprintf("%s %q", w.kind, w.name)
	if of := controller(o); of.Exists() {
		out += fmt.Sprintf(" (of %s %q)", of.String("kind"), of.String("name"))
	}
	return out
}

func existing(taken []string) string {
	verb := " exists and does"
	if len(taken) > 1 {
		verb = " exist and do"
	}
	return strings.Join(few(taken), ", ") + verb
}

func few(all []string) []string {
	if len(all) <= mostNamed {
		return all
	}
	return append(slices.Clone(all[:mostNamed]), fmt.Sprintf("and %d more", len(all)-mostNamed))
}

// Withdraw everything that is desired. Requirements stay, since Crossplane calls again
// until they are the same twice. Objects that are desired later are left out if their names
// are taken.
func (a *Answer) Withdraw() {
	clear(a.desired)
	a.withdrawn = true
}

// taken says whether another owner's object has the name of a desired object.
func (a *Answer) taken(composed string) bool {
	w, wanted := a.wanted[RequirementName+composed]
	o, _ := a.state.Required(RequirementName + composed)
	return wanted && o.Exists() && (a.leaves(o) || !w.mine(o))
}

// looked says whether Crossplane has looked up all names that must be free. It fails with a
// version of Crossplane that cannot.
func (a *Answer) looked() (bool, error) {
	for requirement := range a.wanted {
		if _, asked := a.state.Required(requirement); asked {
			continue
		}
		if !a.state.LooksUp() {
			return false, errors.New("cannot look up whether names are free: this Crossplane does not support required resources; use Crossplane 2.4 or later")
		}
		return false, nil
	}
	return true, nil
}

// looking is the answer before Crossplane has looked, after which it calls again at once.
// Nothing new is composed. Observed objects stay as they were applied, or get the desired
// state if the applied state is unknown.
func (a *Answer) looking() (*Answer, error) {
	out := NewAnswer(a.state)
	out.requirements = a.requirements
	for _, name := range a.state.ObservedNames("") {
		err := out.Keep(name)
		if wanted, desired := a.desired[name]; err != nil && desired {
			out.desired[name] = wanted
			continue
		}
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Taken says whether a desired object is known to belong to another owner.
func (a *Answer) Taken(name string) bool {
	for requirement, w := range a.wanted {
		composed, _, _ := strings.Cut(strings.TrimPrefix(requirement, RequirementName), "/")
		if o, _ := a.state.Required(requirement); composed == name && o.Exists() && !w.mine(o) {
			return true
		}
	}
	return false
}

// adopts returns the objects of other owners that the answer would take over, sorted.
func (a *Answer) adopts() []string {
	var out []string
	for _, requirement := range slices.Sorted(maps.Keys(a.wanted)) {
		w := a.wanted[requirement]
		composed, _, _ := strings.Cut(strings.TrimPrefix(requirement, RequirementName), "/")
		_, desired := a.desired[composed]
		if o, _ := a.state.Required(requirement); desired && o.Exists() && !w.mine(o) {
			out = append(out, fmt.Sprintf("%s %q", w.kind, w.name))
		}
	}
	return out
}
