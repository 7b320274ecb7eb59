package restore_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"pgregory.net/rapid"
	"sigs.k8s.io/yaml"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/restore"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

// Keys of objects: of the installation, of restores, and of what each composes, after a
// slash.
const (
	keyInstallation = "chat"
	keyDeployment   = "chat/deployment"
)

// world is a cluster with one installation and restores of its data, in which Jobs run,
// servers start and stop, and caches lag, in any order.
type world struct {
	t *rapid.T
	// real objects by key, and what Crossplane sees of them.
	real, seen map[string]*structpb.Struct
	// secret of the database, absent while it is lost.
	lost bool
	// servers that run.
	servers int64
	// data is the UID of the restore that the database's data is of, and schema that of
	// the data that was migrated last.
	data, schema string
	// ledger has the requests that the database remembers.
	ledger map[string]bool
	// told are the restores whose replacement Crossplane saw to have ended.
	told map[string]bool
	// fromArchive are the UIDs of the restores from an archive, and hopeless the Clusters
	// whose recovery failed for good.
	fromArchive, hopeless map[string]bool
	// made counts restores, and minutes the clock.
	made, minutes int
}

func newWorld(t *rapid.T) *world {
	w := &world{t: t, real: map[string]*structpb.Struct{}, seen: map[string]*structpb.Struct{}, ledger: map[string]bool{}, told: map[string]bool{},
		fromArchive: map[string]bool{}, hopeless: map[string]bool{}}
	w.put(keyInstallation, w.document("apiVersion: mattermost.crossplane.io/v1alpha1\nkind: MattermostInstallation\nmetadata: {name: chat, namespace: ns, generation: 1, uid: i}\nspec:\n"+
		"  version: 11.1.0\n  size: 1000users\n  database: {external: {secret: db}}\n  fileStore: {external: {url: s3, bucket: b, useServiceAccount: true}}"))
	return w
}

func (w *world) document(text string) *structpb.Struct {
	m := map[string]any{}
	if err := yaml.Unmarshal([]byte(text), &m); err != nil {
		w.t.Fatal(err)
	}
	s, err := structpb.NewStruct(m)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// put a real object. What nobody saw before is seen at once: Crossplane looks for it.
func (w *world) put(key string, o *structpb.Struct) {
	w.real[key] = o
	if w.seen[key] == nil {
		w.seen[key] = o
	}
}

func (w *world) view(key string) compose.Resource { return compose.NewResource(w.real[key]) }

func kindOf(o *structpb.Struct) string { return o.GetFields()["kind"].GetStringValue() }

// keys of the real objects of a kind, sorted.
func (w *world) keys(kind string) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(w.real)), func(k string) bool { return kindOf(w.real[k]) != kind })
}

// reconcile a composite resource as Crossplane does, on what it sees.
func (w *world) reconcile(key string) {
	if w.real[key] == nil || w.seen[key] == nil {
		return
	}
	rsp := w.answer(key)
	desired := rsp.GetDesired().GetResources()
	for _, name := range slices.Sorted(maps.Keys(desired)) {
		w.apply(key, name, desired[name].GetResource())
	}
	for _, below := range slices.Sorted(maps.Keys(w.seen)) {
		name, composed := strings.CutPrefix(below, key+"/")
		if _, wanted := desired[name]; !composed || wanted || w.real[below] == nil {
			continue
		}
		switch kindOf(w.real[below]) {
		case "Deployment":
			w.t.Fatalf("%s is deleted", below)
		case "Job":
		case "Cluster":
			w.assertKept(below)
			delete(w.real, below)
			continue
		default:
			delete(w.real, below)
			continue
		}
		o := proto.CloneOf(w.real[below])
		o.GetFields()["metadata"].GetStructValue().Fields["deletionTimestamp"] = structpb.NewStringValue("now")
		w.real[below] = o
	}
	w.report(key, rsp)
}

// report writes status and conditions, if they changed.
func (w *world) report(key string, rsp *fnv1.RunFunctionResponse) {
	status := proto.CloneOf(rsp.GetDesired().GetComposite().GetResource().GetFields()["status"].GetStructValue())
	if status == nil {
		return
	}
	if key == keyInstallation {
		follows(w.t, compose.NewResource(w.seen[key]).At("status", "restore"), compose.NewResource(status).At("restore"))
	}
	var conditions []any
	for _, c := range rsp.GetConditions() {
		conditions = append(conditions, map[string]any{"type": c.GetType(), "reason": c.GetReason(), "message": c.GetMessage(),
			"status": map[fnv1.Status]string{fnv1.Status_STATUS_CONDITION_TRUE: "True", fnv1.Status_STATUS_CONDITION_FALSE: "False"}[c.GetStatus()]})
	}
	l, err := structpb.NewList(conditions)
	if err != nil {
		w.t.Fatal(err)
	}
	status.Fields["conditions"] = structpb.NewListValue(l)
	o := proto.CloneOf(w.real[key])
	o.Fields["status"] = structpb.NewStructValue(status)
	if !proto.Equal(o, w.real[key]) {
		w.real[key] = o
	}
}

func (w *world) answer(key string) *fnv1.RunFunctionResponse {
	req := &fnv1.RunFunctionRequest{
		Meta:              &fnv1.RequestMeta{Capabilities: []fnv1.Capability{fnv1.Capability_CAPABILITY_REQUIRED_RESOURCES}},
		Observed:          &fnv1.State{Composite: &fnv1.Resource{Resource: w.seen[key]}, Resources: map[string]*fnv1.Resource{}},
		RequiredResources: map[string]*fnv1.Resources{},
	}
	for below, o := range w.seen {
		if name, composed := strings.CutPrefix(below, key+"/"); composed {
			req.Observed.Resources[name] = &fnv1.Resource{Resource: o}
			w.learn(key, name, o)
		}
	}
	composer := restore.Compose
	if key == keyInstallation {
		composer = installation.Compose
	}
	for range 5 {
		rsp, err := composer(compose.NewState(req), &v1beta1.Input{})
		if err != nil {
			w.t.Fatal(err)
		}
		again := false
		for name, selector := range rsp.GetRequirements().GetResources() {
			if _, asked := req.GetRequiredResources()[name]; !asked {
				if strings.HasPrefix(name, compose.RequirementName) {
					req.RequiredResources[name] = w.named(selector)
				} else {
					req.RequiredResources[name] = w.find(selector)
				}
				again = true
			}
		}
		if !again {
			return rsp
		}
	}
	w.t.Fatal("it requires ever more")
	return nil
}

// learn that the replacement of a restore's data was seen to have ended.
func (w *world) learn(key, name string, o *structpb.Struct) {
	if r := compose.NewResource(o); name == "restore" && finished(r) {
		w.told[compose.NewResource(w.seen[key]).String("metadata", "uid")] = true
	}
}

// named returns the object that a selector names, if some composer composed it.
func (w *world) named(selector *fnv1.ResourceSelector) *fnv1.Resources {
	out := &fnv1.Resources{}
	for _, key := range w.keys(selector.GetKind()) {
		if w.view(key).Name() == selector.GetMatchName() {
			out.Items = append(out.Items, &fnv1.Resource{Resource: w.real[key]})
		}
	}
	return out
}

func (w *world) find(selector *fnv1.ResourceSelector) *fnv1.Resources {
	out := &fnv1.Resources{}
	if selector.GetKind() == "Secret" {
		if !w.lost {
			out.Items = append(out.Items, &fnv1.Resource{Resource: w.document("{kind: Secret, metadata: {name: db}, data: {DB_CONNECTION_STRING: cG9zdGdyZXM6Ly9h}}")})
		}
		return out
	}
	if selector.GetKind() == "ServiceAccount" {
		out.Items = append(out.Items, &fnv1.Resource{Resource: w.document("{kind: ServiceAccount, metadata: {name: chat, ownerReferences: [{uid: i, controller: true}]}}")})
		return out
	}
	if of := w.findArchive(selector); of != nil {
		return of
	}
	for _, key := range slices.Sorted(maps.Keys(w.seen)) {
		o := compose.NewResource(w.seen[key])
		if o.String("kind") != selector.GetKind() || selector.GetMatchName() != "" && o.Name() != selector.GetMatchName() {
			continue
		}
		matches := true
		for k, v := range selector.GetMatchLabels().GetLabels() {
			matches = matches && o.String("metadata", "labels", k) == v
		}
		if matches {
			out.Items = append(out.Items, &fnv1.Resource{Resource: w.seen[key]})
		}
	}
	return out
}

func (w *world) apply(key, name string, o *structpb.Struct) {
	below := key + "/" + name
	was := w.real[below]
	if kindOf(o) == "Job" && was != nil {
		// A Job cannot change, and one that leaves is not stopped.
		return
	}
	if uid := w.view(key).String("metadata", "uid"); name == "restore" && w.told[uid] {
		w.t.Fatalf("the data of %s is replaced again, though Crossplane knew what became of it", key)
	}
	w.put(below, preview.Observed(was, o))
}

func finished(job compose.Resource) bool {
	return job.Condition("Complete").Status == compose.True || job.Condition("Failed").Status == compose.True
}

// lawful says whether what is real may be.
func (w *world) lawful(event string) {
	replacing, migrating := 0, 0
	for key, o := range w.real {
		r := compose.NewResource(o)
		if kindOf(o) == "Job" && !finished(r) {
			if strings.HasSuffix(key, "/restore") {
				replacing++
			}
			if strings.HasPrefix(key, keyInstallation+"/migration-") {
				migrating++
			}
		}
	}
	wanted := w.view(keyDeployment).Int("spec", "replicas")
	switch {
	case replacing > 1:
		w.t.Fatalf("after %s, %d restores replace the data", event, replacing)
	case replacing == 1 && migrating > 0:
		w.t.Fatalf("after %s the data is replaced while a migration runs", event)
	case replacing == 1 && (w.servers > 0 || wanted > 0):
		w.t.Fatalf("after %s the data is replaced while %d servers run, and %d are wanted", event, w.servers, wanted)
	case (w.servers > 0 || wanted > 0) && w.schema != w.data:
		w.t.Fatalf("after %s servers run on data of %q, and the schema was migrated for that of %q", event, w.data, w.schema)
	case migrating > 1:
		w.t.Fatalf("after %s there are %d migrations at once", event, migrating)
	}
}

func (w *world) time() string {
	w.minutes++
	return fmt.Sprintf("2026-11-01T%02d:%02d:00Z", 10+w.minutes/60, w.minutes%60)
}
