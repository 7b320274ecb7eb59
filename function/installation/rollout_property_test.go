package installation

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"pgregory.net/rapid"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

const (
	// orders in each of rapid's checks, of which there are 100.
	orders = 50
	// steps of an order.
	steps = 14
)

// world is a cluster in which Jobs run, Deployments roll and caches lag, in any
// order.
type world struct {
	t *rapid.T
	// composite, secret and password are the user's.
	composite, secret *structpb.Struct
	password          string
	// real objects by the name they are composed under, and what Crossplane sees.
	real, seen map[string]*structpb.Struct
	// migrated are the images that a Job was complete for, and told those of which
	// the function was told.
	migrated, told map[string]bool
	// insists says whether the user ever went back on purpose.
	insists bool
	// minutes that the clock shows.
	minutes int
	// version that new installations get.
	version string
}

func newWorld(t *rapid.T) *world {
	w := &world{t: t, password: "a", real: map[string]*structpb.Struct{}, migrated: map[string]bool{}, told: map[string]bool{}}
	w.seen = map[string]*structpb.Struct{}
	w.secret = composetest.Document(w.t, "{metadata: {name: db}, data: {DB_CONNECTION_STRING: cG9zdGdyZXM6Ly9h}}")
	w.composite = composetest.Document(w.t, "apiVersion: mattermost.crossplane.io/v1alpha1\nkind: MattermostInstallation\nmetadata: {name: chat, namespace: ns, generation: 1}\nspec:\n"+
		"  version: 11.1.0\n  size: 1000users\n  database: {external: {secret: db}}\n  fileStore: {external: {url: s3, bucket: b, useServiceAccount: true}}")
	return w
}

// TestAnyOrderOfAnUpgrade lets users, Jobs, Deployments and caches go on in random
// orders. A server never runs on a schema that was not migrated for it, there are
// never two migrations at once, and none is repeated of which the function was told
// that it succeeded. Phases follow each other as the table of rollouts lists them.
func TestAnyOrderOfAnUpgrade(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for range orders {
			w := newWorld(t)
			if rapid.Bool().Draw(t, "installed") {
				w.install()
			}
			for range steps {
				event := rapid.SampledFrom(occasions).Draw(t, "event")
				event.happens(w)
				w.lawful(event.name)
			}
		}
	})
}

// install the first version in the shortest way.
func (w *world) install() {
	w.reconcile()
	for name, o := range w.real {
		if kindOf(o) == "Job" {
			w.complete(name)
			w.seen[name] = w.real[name]
		}
	}
	w.reconcile()
	w.reconcile()
}

type occasion struct {
	name    string
	happens func(w *world)
}

// occasions, of which reconciles are the most frequent.
var occasions = []occasion{
	{"reconcile", (*world).reconcile}, {"reconcile", (*world).reconcile}, {"reconcile", (*world).reconcile},
	{"user", (*world).user}, {"platform", (*world).platform}, {"secret", func(w *world) { w.password += "b" }},
	{"job", (*world).job}, {"job", (*world).job}, {"deployment", (*world).deployment}, {"cache", (*world).cache}, {"cache", (*world).cache},
}

func (w *world) user() {
	spec := w.composite.GetFields()["spec"].GetStructValue().GetFields()
	version := rapid.SampledFrom([]string{"11.1.0", "11.2.0", "11.3.0", "11.4.0"}).Draw(w.t, "version")
	spec["version"] = structpb.NewStringValue(version)
	if rapid.IntRange(0, 3).Draw(w.t, "unnamed") == 0 {
		delete(spec, "version")
	}
	upgrade := fmt.Sprintf("attempt: %d", rapid.IntRange(0, 1).Draw(w.t, "attempt"))
	if rapid.IntRange(0, 9).Draw(w.t, "insists") == 0 {
		w.insists = true
		upgrade += "\nallow: [{rule: Downgrade, reason: tried}]"
	}
	spec["upgrade"] = structpb.NewStructValue(composetest.Document(w.t, upgrade))
}

// platform changes the version of new installations.
func (w *world) platform() {
	w.version = rapid.SampledFrom([]string{"", "11.2.0", "11.3.0"}).Draw(w.t, "default")
}

// job goes on, whichever: it starts, ends, or is finally gone.
func (w *world) job() {
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(w.real)), func(n string) bool { return kindOf(w.real[n]) != "Job" })
	if len(names) == 0 {
		return
	}
	name := rapid.SampledFrom(names).Draw(w.t, "job")
	job := compose.NewResource(w.real[name])
	if job.Has("metadata", "deletionTimestamp") && rapid.Bool().Draw(w.t, "gone") {
		delete(w.real, name)
		return
	}
	if finished(job) {
		return
	}
	switch rapid.IntRange(0, 3).Draw(w.t, "outcome") {
	case 0:
		w.change(name, map[string]any{"active": 1, "ready": 1})
	case 1:
		w.change(name, map[string]any{"failed": 1, "conditions": []any{map[string]any{"type": "Failed", "status": "True"}}})
	default:
		w.complete(name)
	}
}

func (w *world) complete(job string) {
	w.migrated[facts.ServerImage(compose.NewResource(w.real[job]))] = true
	w.minutes++
	w.change(job, map[string]any{
		"succeeded": 1, "completionTime": fmt.Sprintf("2026-11-01T10:%02d:00Z", w.minutes),
		"conditions": []any{map[string]any{"type": "Complete", "status": "True"}},
	})
}

func (w *world) deployment() {
	if w.real[composed.Deployment] == nil {
		return
	}
	o := compose.NewResource(w.real[composed.Deployment])
	n := o.Int("spec", "replicas")
	w.change(composed.Deployment, map[string]any{
		"observedGeneration": o.Int("metadata", "generation"), "replicas": n,
		"updatedReplicas": rapid.Int64Range(0, n).Draw(w.t, "updated"), "availableReplicas": rapid.Int64Range(0, n).Draw(w.t, "available"),
	})
}

func (w *world) change(name string, status map[string]any) {
	o := proto.CloneOf(w.real[name])
	preview.SetStatus(o, status)
	w.real[name] = o
}

// cache catches up with one object.
func (w *world) cache() {
	names := slices.Sorted(maps.Keys(w.seen))
	if len(names) == 0 {
		return
	}
	name := rapid.SampledFrom(names).Draw(w.t, "cached")
	if o, exists := w.real[name]; exists {
		w.seen[name] = o
		return
	}
	delete(w.seen, name)
}

// reconcile as Crossplane does, on what it sees. It is slow to see what changed, but
// it looks for what it made and does not see yet.
func (w *world) reconcile() {
	rsp := w.answer()
	desired := rsp.GetDesired().GetResources()
	w.keeps(desired)
	for _, name := range slices.Sorted(maps.Keys(desired)) {
		w.apply(name, desired[name].GetResource())
	}
	for _, name := range slices.Sorted(maps.Keys(w.seen)) {
		if _, wanted := desired[name]; wanted || w.real[name] == nil {
			continue
		}
		if kindOf(w.real[name]) != "Job" {
			w.t.Fatalf("%s is deleted", name)
		}
		o := proto.CloneOf(w.real[name])
		o.GetFields()["metadata"].GetStructValue().Fields["deletionTimestamp"] = structpb.NewStringValue("now")
		w.real[name] = o
	}
	status := rsp.GetDesired().GetComposite().GetResource().GetFields()["status"]
	follows(w.t, compose.NewResource(w.composite).At("status", "upgrade"), compose.NewResource(status.GetStructValue()).At("upgrade"))
	w.composite = proto.CloneOf(w.composite)
	w.composite.Fields["status"] = status
}

// keeps asserts that a version that nobody names is the one that runs.
func (w *world) keeps(desired map[string]*fnv1.Resource) {
	runs := facts.ServerImage(compose.NewResource(w.seen[composed.Deployment]))
	wanted := facts.ServerImage(compose.NewResource(desired[composed.Deployment].GetResource()))
	if named := compose.NewResource(w.composite).Has("spec", "version"); !named && runs != "" && wanted != runs {
		w.t.Fatalf("nobody names a version, and %s follows %s", wanted, runs)
	}
}

func (w *world) answer() *fnv1.RunFunctionResponse {
	secret := proto.CloneOf(w.secret)
	secret.GetFields()["data"].GetStructValue().Fields["password"] = structpb.NewStringValue(w.password)
	req := &fnv1.RunFunctionRequest{
		Meta:              &fnv1.RequestMeta{Capabilities: []fnv1.Capability{fnv1.Capability_CAPABILITY_REQUIRED_RESOURCES}},
		Observed:          &fnv1.State{Composite: &fnv1.Resource{Resource: w.composite}, Resources: map[string]*fnv1.Resource{}},
		RequiredResources: map[string]*fnv1.Resources{facts.RequirementSecret + "db": {Items: []*fnv1.Resource{{Resource: secret}}}, facts.RequirementRestores: {}},
	}
	for name, o := range w.seen {
		req.Observed.Resources[name] = &fnv1.Resource{Resource: o}
		r := compose.NewResource(o)
		if kindOf(o) == "Job" && r.Condition("Complete").Status == compose.True && !r.Has("metadata", "deletionTimestamp") {
			w.told[facts.ServerImage(r)] = true
		}
	}
	rsp, err := composetest.Asked(w.t, req, func(s compose.State) (*fnv1.RunFunctionResponse, error) {
		return Compose(s, &v1beta1.Input{Version: w.version})
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return rsp
}

func (w *world) apply(name string, o *structpb.Struct) {
	was := w.real[name]
	if was == nil && kindOf(o) == "Job" {
		if image := facts.ServerImage(compose.NewResource(o)); w.told[image] && !w.insists {
			w.t.Fatalf("%s is migrated to again", image)
		}
	}
	if was != nil && kindOf(o) == "Job" {
		// A Job cannot change, and one that leaves is not stopped.
		return
	}
	w.real[name] = preview.Observed(was, o)
	if w.seen[name] == nil {
		w.seen[name] = w.real[name]
	}
}

// lawful says whether what is real may be.
func (w *world) lawful(event string) {
	running := 0
	for _, o := range w.real {
		r := compose.NewResource(o)
		if kindOf(o) == "Job" && !finished(r) {
			running++
		}
		if image := facts.ServerImage(r); kindOf(o) == "Deployment" && !w.migrated[image] {
			w.t.Fatalf("after %s the server runs %s, which nothing migrated to", event, image)
		}
	}
	if running > 1 {
		w.t.Fatalf("after %s there are %d migrations at once", event, running)
	}
}

func kindOf(o *structpb.Struct) string { return o.GetFields()["kind"].GetStringValue() }

func finished(job compose.Resource) bool {
	return job.Condition("Complete").Status == compose.True || job.Condition("Failed").Status == compose.True
}
