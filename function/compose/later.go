package compose

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// later leaves the conditions to the next call, if the answer changes a value in the status
// of the composite resource and composes the same objects as before. Condition Ready stays as
// it is until then.
//
// Crossplane applies the status first, together with the conditions that it read before it
// called the function. Then it writes the conditions of the answer. The first write makes it
// call the function again at once. What it reads then may be older than the second write, and
// it applies the earlier conditions once more, Ready among them. That goes on until it reads
// in time. An answer that only changes the status has no second write, and the next answer
// only changes conditions.
//
// Another call may not follow soon while Crossplane's circuit breaker is open. Then, and
// before Crossplane says that it is closed, everything is reported at once. So it is where
// Ready lists the objects that are not ready: the function cannot keep that list.
func (a *Answer) later() bool {
	composite := a.state.Composite()
	ready := composite.Condition("Ready")
	switch {
	case composite.Condition(responsive).Status != True, ready.Status == "", ready.Message != "", a.composesOthers():
		return false
	}
	return a.saysMore() && overtakes(structpb.NewStructValue(a.status), composite.Value("status"))
}

// kept readiness of the composite resource.
func (a *Answer) kept() fnv1.Ready {
	if a.state.Composite().Condition("Ready").Status == True {
		return fnv1.Ready_READY_TRUE
	}
	return fnv1.Ready_READY_FALSE
}

// composesOthers says whether other objects are desired than those that exist. That changes
// the composite's generation, and with it the conditions that Crossplane itself writes.
func (a *Answer) composesOthers() bool {
	for name := range a.desired {
		if !a.state.Observed(name).Exists() {
			return true
		}
	}
	return len(a.desired) != len(a.state.ObservedNames(""))
}

// overtakes says whether a value changes a string, a number or a boolean that is observed.
// New fields and lists do not count. An older schema may not have a field, and another field
// manager may own elements of a list: then the value might never be observed.
func overtakes(value, observed *structpb.Value) bool {
	if observed == nil {
		return false
	}
	switch of := value.GetKind().(type) {
	case *structpb.Value_StructValue:
		for name, field := range of.StructValue.GetFields() {
			if overtakes(field, observed.GetStructValue().GetFields()[name]) {
				return true
			}
		}
	case *structpb.Value_StringValue, *structpb.Value_NumberValue, *structpb.Value_BoolValue:
		return !proto.Equal(observed, value)
	}
	return false
}
