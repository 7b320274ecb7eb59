package installation

import (
	"fmt"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"pgregory.net/rapid"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

// wishful is a server that needs a backup before each change, with users who change
// their minds.
type wishful struct {
	t       *rapid.T
	seconds int
	req     *fnv1.RunFunctionRequest
	// conditions as Crossplane keeps them.
	conditions map[string]*structpb.Struct
	// wished is what was last seen to be wished for, and since when.
	wished string
	since  int
	// begun is when each backup began.
	begun []int
}

// TestNoOldBackupWillDo lets users change their minds, specs be refused, reconciles fail
// and backups be made at any time. No migration is ever begun without a backup that was
// begun after its version was seen to be wished for.
func TestNoOldBackupWillDo(t *testing.T) {
	const minds, length = 10, 20
	rapid.Check(t, func(rt *rapid.T) {
		for range minds {
			w := newWishful(rt)
			for range length {
				w.seconds += rapid.IntRange(0, 2).Draw(rt, "seconds")
				rapid.SampledFrom(happenings).Draw(rt, "event").happens(w)
			}
		}
	})
}

// happenings, of which reconciles are the most frequent.
var happenings = []struct {
	name    string
	happens func(w *wishful)
}{
	{"version", (*wishful).another}, {"version", (*wishful).another}, {"size", (*wishful).size},
	{"backup", func(w *wishful) { w.begun = append(w.begun, w.seconds) }}, {"failure", (*wishful).fail},
	{"reconcile", (*wishful).reconcile}, {"reconcile", (*wishful).reconcile}, {"reconcile", (*wishful).reconcile},
}

// another version is wished for: the one that serves, one of two later ones, or one that
// is refused.
func (w *wishful) another() {
	w.edit("version", rapid.SampledFrom([]string{"11.3.0", "11.4.0", "11.5.0", "9.10.0"}).Draw(w.t, "version"))
}

// size that is known, or one that is refused.
func (w *wishful) size() {
	w.edit("size", rapid.SampledFrom([]string{"1000users", "7users"}).Draw(w.t, "size"))
}

func newWishful(rt *rapid.T) *wishful {
	w := &wishful{t: rt, conditions: map[string]*structpb.Struct{}}
	w.req = &fnv1.RunFunctionRequest{
		Observed: &fnv1.State{
			Composite: &fnv1.Resource{Resource: composetest.Document(w.t, "{apiVersion: mattermost.crossplane.io/v1alpha1, kind: MattermostInstallation, metadata: {name: chat, namespace: ns}}")},
			Resources: map[string]*fnv1.Resource{composed.Deployment: {Resource: w.applied(composetest.Document(w.t, factstest.Deployment(factstest.OtherImage, 2)))}},
		},
		RequiredResources: map[string]*fnv1.Resources{
			facts.RequirementSecret + "db": {Items: []*fnv1.Resource{{Resource: composetest.Document(w.t, "{metadata: {name: db}, data: {DB_CONNECTION_STRING: cG9zdGdyZXM6Ly9h}}")}}},
			facts.RequirementRestores:      {},
		},
	}
	w.composite().Fields["spec"] = structpb.NewStructValue(composetest.Document(w.t, "{version: 11.3.0, size: 1000users, upgrade: {backup: Required}, database: {external: {secret: db}}, "+
		"fileStore: {external: {url: s3, bucket: b, useServiceAccount: true}}}"))
	return w
}

func (w *wishful) composite() *structpb.Struct {
	return w.req.GetObserved().GetComposite().GetResource()
}

func (w *wishful) edit(field, value string) {
	w.composite().GetFields()["spec"].GetStructValue().Fields[field] = structpb.NewStringValue(value)
}

// reconcile, with every backup that was begun complete by now.
func (w *wishful) reconcile() {
	version := w.composite().GetFields()["spec"].GetStructValue().GetFields()["version"].GetStringValue()
	if version != w.wished {
		w.wished, w.since = version, w.seconds
	}
	backups := ""
	for i, at := range w.begun {
		backups += fmt.Sprintf("{name: b%d, startedAt: %q}, ", i, w.clock(at))
	}
	w.req.RequiredResources[facts.RequirementBackups] = &fnv1.Resources{Items: []*fnv1.Resource{{Resource: composetest.Document(w.t, "{metadata: {name: nightly}, spec: {installation: chat}, status: {backups: ["+backups+"]}}")}}}
	rsp, err := composetest.Asked(w.t, w.req, func(s compose.State) (*fnv1.RunFunctionResponse, error) { return Compose(s, &v1beta1.Input{}) })
	if err != nil {
		w.t.Fatal(err)
	}
	next := map[string]*fnv1.Resource{}
	for name, r := range rsp.GetDesired().GetResources() {
		was := w.req.GetObserved().GetResources()[name].GetResource()
		if was == nil && kindOf(r.GetResource()) == "Job" && !w.backedUp() {
			w.t.Fatalf("%s is migrated to, wished for since second %d, with backups of %v", version, w.since, w.begun)
		}
		next[name] = &fnv1.Resource{Resource: preview.Observed(was, proto.CloneOf(r.GetResource()))}
	}
	w.req.Observed.Resources = next
	for _, c := range rsp.GetConditions() {
		status := map[fnv1.Status]string{fnv1.Status_STATUS_CONDITION_TRUE: "True", fnv1.Status_STATUS_CONDITION_FALSE: "False"}[c.GetStatus()]
		w.say(c.GetType(), status, c.GetReason(), c.GetMessage())
	}
	w.keep(rsp.GetDesired().GetComposite().GetResource().GetFields()["status"].GetStructValue())
}

func (w *wishful) backedUp() bool {
	for _, at := range w.begun {
		if at > w.since {
			return true
		}
	}
	return false
}

// fail a reconcile: Crossplane then knows no condition any more.
func (w *wishful) fail() {
	for kind := range w.conditions {
		w.say(kind, "Unknown", "FatalError", "A fatal error occurred")
	}
	w.keep(w.composite().GetFields()["status"].GetStructValue())
}

// say a condition as Crossplane does: with a new time when anything of it is new.
func (w *wishful) say(kind, status, reason, message string) {
	next := composetest.Document(w.t, fmt.Sprintf("{type: %q, status: %q, reason: %q, message: %q}", kind, status, reason, message))
	if was := w.conditions[kind]; was != nil {
		same := proto.CloneOf(was)
		delete(same.Fields, "lastTransitionTime")
		if proto.Equal(same, next) {
			return
		}
	}
	next.Fields["lastTransitionTime"] = structpb.NewStringValue(w.clock(w.seconds))
	w.conditions[kind] = next
}

func (w *wishful) keep(status *structpb.Struct) {
	out := &structpb.Struct{Fields: map[string]*structpb.Value{}}
	if status != nil {
		out = proto.CloneOf(status)
	}
	list := &structpb.ListValue{}
	for _, c := range w.conditions {
		list.Values = append(list.Values, structpb.NewStructValue(c))
	}
	out.Fields["conditions"] = structpb.NewListValue(list)
	w.composite().Fields["status"] = structpb.NewStructValue(out)
}

func (w *wishful) clock(seconds int) string {
	return time.Date(2026, 3, 1, 3, 0, seconds, 0, time.UTC).Format(time.RFC3339)
}

func (w *wishful) applied(o *structpb.Struct) *structpb.Struct {
	desired := proto.CloneOf(o)
	delete(desired.GetFields(), "status")
	return preview.Observed(o, desired)
}
