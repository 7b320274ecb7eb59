package compose

import (
	"maps"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// LabelHoldsData marks a composed object that holds data which cannot be made
// again. It never leaves desired without consent.
const LabelHoldsData = "mattermost.crossplane.io/holds-data"

// Answer is what a composer makes of a State: the objects it desires, what it
// needs to look up, and what it reports. The zero value is not usable; see
// NewAnswer.
type Answer struct {
	state        State
	desired      map[string]*fnv1.Resource
	consented    map[string]bool
	requirements map[string]*fnv1.ResourceSelector
	wanted       map[string]wanted
	withdrawn    bool
	released     func(Resource) bool
	conditions   []Condition
	status       *structpb.Struct
	unready      bool
	ttl          time.Duration
}

// NewAnswer to a state.
func NewAnswer(s State) *Answer {
	return &Answer{
		state:        s,
		desired:      map[string]*fnv1.Resource{},
		consented:    map[string]bool{},
		requirements: map[string]*fnv1.ResourceSelector{},
		wanted:       map[string]wanted{},
	}
}

// Desire an object under a name. It is ready when its kind's readiness says so of
// what is observed.
func (a *Answer) Desire(name string, object any) error {
	s, err := Struct(object)
	if err != nil {
		return errors.Wrapf(err, "cannot compose %q", name)
	}
	if err := a.named(name, NewResource(s)); err != nil {
		return err
	}
	a.place(s)
	a.want(name, s)
	if a.withdrawn && a.taken(name) {
		return nil
	}
	a.desired[name] = &fnv1.Resource{Resource: s, Ready: ready(a.state.Observed(name))}
	return nil
}

// named says whether an observed object has the name of the one that is desired. Crossplane
// would keep the name of what it observes, which whoever edits the composite's
// spec.crossplane.resourceRefs may choose, and take over whatever has it.
func (a *Answer) named(composed string, desired Resource) error {
	observed := a.state.Observed(composed)
	if observed.Name() == "" || desired.Name() == "" || observed.Name() == desired.Name() {
		return nil
	}
	return errors.Errorf("cannot compose %s %q as %q: spec.crossplane.resourceRefs names %q there: remove the reference",
		desired.String("kind"), desired.Name(), composed, observed.Name())
}

// place an object in the namespace of the claim. Crossplane does it by itself for
// composite resources that have a namespace.
func (a *Answer) place(s *structpb.Struct) {
	if !a.state.claim().Exists() {
		return
	}
	if metadata := s.GetFields()["metadata"].GetStructValue(); metadata != nil {
		metadata.Fields["namespace"] = structpb.NewStringValue(a.state.Namespace())
	}
}

// DesireBeside desires an object that the readiness of the composite resource does not
// depend on.
func (a *Answer) DesireBeside(name string, object any) error {
	if err := a.Desire(name, object); err != nil {
		return err
	}
	if r, desired := a.desired[name]; desired {
		r.Ready = fnv1.Ready_READY_TRUE
	}
	return nil
}

// DesireDigested desires an object with a digest of itself in an annotation, and
// returns the digest. The object is not ready while what is observed has another:
// that is then not what is desired, however ready it is.
func (a *Answer) DesireDigested(name, annotation string, object any) (string, error) {
	if err := a.Desire(name, object); err != nil {
		return "", err
	}
	s := a.desired[name].GetResource()
	digest := Digest(s)
	annotate(s, annotation, digest)
	if a.state.Observed(name).String("metadata", "annotations", annotation) != digest {
		a.NotReady(name)
	}
	return digest, nil
}

func annotate(s *structpb.Struct, annotation, value string) {
	at := s
	for _, field := range []string{"metadata", "annotations"} {
		below := at.GetFields()[field].GetStructValue()
		if below == nil {
			below = &structpb.Struct{Fields: map[string]*structpb.Value{}}
			at.Fields[field] = structpb.NewStructValue(below)
		}
		at = below
	}
	at.Fields[annotation] = structpb.NewStringValue(value)
}

// NotReady overrules an object's readiness: what is observed is not yet what is
// desired.
func (a *Answer) NotReady(name string) {
	if r, ok := a.desired[name]; ok {
		r.Ready = fnv1.Ready_READY_FALSE
	}
}

// Unready overrules the composite resource's readiness, which otherwise is that of
// all composed objects: something that it needs is not even composed yet.
func (a *Answer) Unready() { a.unready = true }

// Keep an observed object exactly as it was applied.
func (a *Answer) Keep(name string) error {
	observed := a.state.Observed(name)
	s, err := Owned(observed)
	if err != nil {
		return errors.Wrapf(err, "cannot compose %q", name)
	}
	a.place(s)
	a.desired[name] = &fnv1.Resource{Resource: s, Ready: ready(observed)}
	return nil
}

// KeepAll keeps every observed object, but some, exactly as it was applied, so that
// nothing that runs is touched.
func (a *Answer) KeepAll(but ...string) error {
	for _, name := range a.state.ObservedNames("") {
		if slices.Contains(but, name) {
			continue
		}
		if err := a.Keep(name); err != nil {
			return err
		}
	}
	return nil
}

// Discard says that the user consents to the deletion of an object that holds
// data.
func (a *Answer) Discard(name string) { a.consented[name] = true }

// Report conditions, in order. A change of a condition's reason is announced as
// an event.
func (a *Answer) Report(conditions ...Condition) { a.conditions = append(a.conditions, conditions...) }

// SetStatus of the composite resource, without conditions.
func (a *Answer) SetStatus(status any) error {
	s, err := fieldsSet(status)
	if err != nil {
		return errors.Wrap(err, "cannot set status")
	}
	a.status = s
	return nil
}

// Revisit after at most a duration, though nothing that is watched changes.
func (a *Answer) Revisit(after time.Duration) { a.ttl = after }

// Generation of the spec that the composite's conditions speak of, for its status.
// Crossplane writes what a function says of status before it writes conditions: were
// the generation told at once, whoever waits for a condition of it could take the
// condition of the generation before for it. So it is told when the conditions are
// seen to be those that are reported.
func (a *Answer) Generation() int64 {
	composite := a.state.Composite()
	if a.saysMore() {
		return composite.Int("status", "observedGeneration")
	}
	return composite.Int("metadata", "generation")
}

// saysMore says whether a condition is reported that the composite resource does not have
// yet.
func (a *Answer) saysMore() bool {
	composite := a.state.Composite()
	return slices.ContainsFunc(a.reported(), func(c Condition) bool {
		was := composite.Condition(c.Type)
		return was.Status != c.Status || was.Reason != c.Reason || was.Message != c.Message
	})
}

// Response for Crossplane. It fails if an object that holds data would be deleted without
// consent, or if an object of another owner would be taken over. Until Crossplane has
// looked up whether the names of new objects are free, it changes nothing.
func (a *Answer) Response() (*fnv1.RunFunctionResponse, error) {
	looked, err := a.looked()
	if err != nil {
		return nil, err
	}
	if !looked {
		if a, err = a.looking(); err != nil {
			return nil, err
		}
	}
	if others := a.adopts(); len(others) > 0 {
		return nil, errors.Errorf("cannot compose %s: it exists and belongs to another owner", strings.Join(others, ", "))
	}
	if lost := a.lost(); len(lost) > 0 {
		return nil, errors.Errorf("cannot leave out %s: it holds data, and the spec does not consent to its deletion", strings.Join(lost, ", "))
	}
	a.foresee()
	rsp := &fnv1.RunFunctionResponse{
		Meta:    &fnv1.ResponseMeta{Tag: a.state.request.GetMeta().GetTag(), Ttl: durationpb.New(a.revisit())},
		Desired: &fnv1.State{Resources: a.desired},
	}
	if len(a.requirements) > 0 {
		rsp.Requirements = &fnv1.Requirements{Resources: a.requirements}
	}
	rsp.Desired.Composite = a.composite()
	if a.later() {
		rsp.Desired.Composite.Ready = a.kept()
		return rsp, nil
	}
	for _, c := range a.reported() {
		rsp.Conditions = append(rsp.Conditions, c.proto())
		if c.news(a.state.Composite().Condition(c.Type)) {
			rsp.Results = append(rsp.Results, c.result())
		}
	}
	return rsp, nil
}

// composite resource as it is desired, nil when nothing is said of it.
func (a *Answer) composite() *fnv1.Resource {
	if a.status == nil && !a.unready {
		return nil
	}
	composite := a.state.Composite()
	out := &fnv1.Resource{Resource: &structpb.Struct{Fields: map[string]*structpb.Value{
		"apiVersion": composite.Value("apiVersion"),
		"kind":       composite.Value("kind"),
	}}}
	if a.status != nil {
		if n := nudges(a.state); n > 0 {
			a.status.Fields["nudges"] = structpb.NewNumberValue(float64(n))
		}
		out.Resource.Fields["status"] = structpb.NewStructValue(a.status)
	}
	if a.unready {
		out.Ready = fnv1.Ready_READY_FALSE
	}
	return out
}

// lost are the observed objects that hold data, are not desired, and may not be
// deleted.
func (a *Answer) lost() []string {
	var out []string
	for _, name := range a.state.ObservedNames("") {
		_, desired := a.desired[name]
		holds := a.state.Observed(name).Has("metadata", "labels", LabelHoldsData)
		if holds && !desired && !a.consented[name] {
			out = append(out, name)
		}
	}
	return out
}

// Names of the desired objects, sorted.
func (a *Answer) Names() []string { return slices.Sorted(maps.Keys(a.desired)) }
