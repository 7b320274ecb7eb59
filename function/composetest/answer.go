package composetest

import (
	"fmt"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"sigs.k8s.io/yaml"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// Condition of an answer, nil when it says nothing of it.
func Condition(rsp *fnv1.RunFunctionResponse, kind string) *fnv1.Condition {
	for _, c := range rsp.GetConditions() {
		if c.GetType() == kind {
			return c
		}
	}
	return nil
}

// Said is a condition's status, reason and message, such as "False Pending: wait". It is
// empty when an answer says nothing of it.
func Said(rsp *fnv1.RunFunctionResponse, kind string) string {
	c := Condition(rsp, kind)
	if c == nil {
		return ""
	}
	status := map[fnv1.Status]string{fnv1.Status_STATUS_CONDITION_TRUE: "True", fnv1.Status_STATUS_CONDITION_FALSE: "False"}[c.GetStatus()]
	return strings.TrimSuffix(fmt.Sprintf("%s %s: %s", status, c.GetReason(), c.GetMessage()), ": ")
}

// Status of the composite resource in an answer.
func Status(rsp *fnv1.RunFunctionResponse) compose.Resource {
	return compose.NewResource(rsp.GetDesired().GetComposite().GetResource()).At("status")
}

// Connection in that status, nil when there is none.
func Connection(rsp *fnv1.RunFunctionResponse) map[string]any {
	s := Status(rsp).At("connection").Struct()
	if s == nil {
		return nil
	}
	return s.AsMap()
}

// Desired is what an answer composes under a name.
func Desired(rsp *fnv1.RunFunctionResponse, name string) compose.Resource {
	return compose.NewResource(rsp.GetDesired().GetResources()[name].GetResource())
}

// Settled is what is observed after an answer was applied, in YAML, with each object's
// status.
func Settled(t Test, rsp *fnv1.RunFunctionResponse, status map[string]string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for name, r := range rsp.GetDesired().GetResources() {
		o := proto.CloneOf(r.GetResource())
		if text := status[name]; text != "" {
			o.Fields["status"] = structpb.NewStructValue(Document(t, text))
		}
		out[name] = Text(t, o)
	}
	return out
}

// Reported is the status of the composite resource after an answer was applied, in YAML, with the
// conditions.
func Reported(t Test, rsp *fnv1.RunFunctionResponse) string {
	t.Helper()
	status := Status(rsp).Struct().AsMap()
	if status == nil {
		status = map[string]any{}
	}
	conditions := make([]any, 0, len(rsp.GetConditions()))
	for _, c := range rsp.GetConditions() {
		said := map[fnv1.Status]string{fnv1.Status_STATUS_CONDITION_TRUE: "True", fnv1.Status_STATUS_CONDITION_FALSE: "False"}[c.GetStatus()]
		conditions = append(conditions, map[string]any{"type": c.GetType(), "status": said, "reason": c.GetReason(), "message": c.GetMessage()})
	}
	status["conditions"] = conditions
	text, err := yaml.Marshal(status)
	if err != nil {
		t.Fatalf("cannot write the status: %v", err)
	}
	return string(text)
}
