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
	// RequirementName begins the requirements that look for what exists under the name of
	// an object that is desired and not observed yet. The name that the object is composed
	// under follows.
	RequirementName = "name/"

	// ReasonNameTaken refuses to compose an object under a name that somebody else's
	// object has.
	ReasonNameTaken = "NameTaken"

	// Labels that Crossplane gives to composed objects.
	labelComposite      = "crossplane.io/composite"
	labelClaimName      = "crossplane.io/claim-name"
	labelClaimNamespace = "crossplane.io/claim-namespace"

	// mostNamed are the objects that a refusal names.
	mostNamed = 5
)

// wanted is a name that has to be free, or to be of an object that may be taken.
type wanted struct {
	kind, name string
	// mine says whether an object of that name may be taken.
	mine func(Resource) bool
}

// Adopt says which objects of others may be taken besides our own, by name: those that
// whoever made them has let go of. Nil is none.
func (a *Answer) Adopt(released func(Resource) bool) { a.released = released }

// want the name of an object that is not observed yet. Server-side apply would otherwise
// make an object of somebody else ours, and it would be deleted with the composite.
func (a *Answer) want(composed string, s *structpb.Struct) {
	if o := NewResource(s); o.Name() != "" {
		a.WantName(composed, o.String("apiVersion"), o.String("kind"), o.Name())
	}
}

// WantName of an object that is desired later, so that it is refused before anything is
// made for it.
func (a *Answer) WantName(composed, apiVersion, kind, name string) {
	a.wantFree(RequirementName+composed, composed, apiVersion, wanted{kind: kind, name: name, mine: a.mayTake})
}

// WantFree looks for an object that a composed object takes over though it is not
// composed, such as the volume of a StatefulSet. When it is there, and not mine, names are
// not free.
func (a *Answer) WantFree(composed, apiVersion, kind, name string, mine func(Resource) bool) {
	a.wantFree(RequirementName+composed+"/"+strings.ToLower(kind), composed, apiVersion, wanted{kind: kind, name: name, mine: mine})
}

// wantFree once: when the composed object is observed, its name is taken by itself.
func (a *Answer) wantFree(requirement, composed, apiVersion string, w wanted) {
	if a.state.Observed(composed).Exists() {
		return
	}
	a.wanted[requirement] = w
	a.Require(requirement, apiVersion, w.kind, w.name)
}

// mayTake says whether an object that exists may become a composed one.
func (a *Answer) mayTake(o Resource) bool {
	if a.state.Owns(o) {
		return true
	}
	return !controller(o).Exists() && a.released != nil && a.released(o)
}

// Owns says whether an object is the composite's: by its controller, or, where it has
// none, by Crossplane's labels. Those stay when a composite is deleted and its objects are
// not.
func (s State) Owns(o Resource) bool {
	if controller(o).Exists() {
		return ControlledBy(o, s.Composite().String("metadata", "uid"))
	}
	return s.labelled(o)
}

// labelled says whether an object was composed for what has the name of the composite, or
// of its claim.
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

// controller of an object, which may not exist.
func controller(o Resource) Resource {
	for _, of := range o.List("metadata", "ownerReferences") {
		if of.Value("controller").GetBoolValue() {
			return of
		}
	}
	return Resource{}
}

// NamesFree refuses an answer that desires an object under a name that somebody else's
// object has. Nothing is known before Crossplane has looked; Response then waits for it.
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
			"metadata.name: %s not of this %s: delete what nobody needs, or create the %s under another name", existing(taken), kind, kind))
	case len(leaving) > 0:
		v := Refuse(ReasonNameTaken, "waiting for the deletion of "+strings.Join(few(leaving), ", "))
		v.Waiting = true
		return v
	}
	return Passed
}

// leaves says whether an object is being deleted, or about to be: its composite was the
// one that had this one's name before.
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
	verb := " exists and is"
	if len(taken) > 1 {
		verb = " exist and are"
	}
	return strings.Join(few(taken), ", ") + verb
}

func few(all []string) []string {
	if len(all) <= mostNamed {
		return all
	}
	return append(slices.Clone(all[:mostNamed]), fmt.Sprintf("and %d more", len(all)-mostNamed))
}

// Withdraw all that is desired. What is required stays: Crossplane asks again until that
// is the same twice. What is desired from then on is left out where its name is taken.
func (a *Answer) Withdraw() {
	clear(a.desired)
	a.withdrawn = true
}

// taken says whether somebody else's object has the name of one that is desired.
func (a *Answer) taken(composed string) bool {
	w, wanted := a.wanted[RequirementName+composed]
	o, _ := a.state.Required(RequirementName + composed)
	return wanted && o.Exists() && (a.leaves(o) || !w.mine(o))
}

// looked says whether Crossplane has looked for all names that have to be free. It fails
// with a Crossplane that cannot.
func (a *Answer) looked() (bool, error) {
	for requirement := range a.wanted {
		if _, asked := a.state.Required(requirement); asked {
			continue
		}
		if !a.state.LooksUp() {
			return false, errors.New("cannot look up whether names are free: this Crossplane does not support required resources; use Crossplane 2.3 or later")
		}
		return false, nil
	}
	return true, nil
}

// looking is the answer before Crossplane has looked, which asks again at once: nothing new
// is composed, and what is observed stays as it was applied, or becomes what is desired
// where nothing says how it was.
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

// Taken says whether what was desired under a name is known to be somebody else's.
func (a *Answer) Taken(name string) bool {
	for requirement, w := range a.wanted {
		composed, _, _ := strings.Cut(strings.TrimPrefix(requirement, RequirementName), "/")
		if o, _ := a.state.Required(requirement); composed == name && o.Exists() && !w.mine(o) {
			return true
		}
	}
	return false
}

// adopts are the objects of others that an answer would take, sorted.
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
