package restore_test

import (
	"fmt"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"pgregory.net/rapid"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

type occasion struct {
	name    string
	happens func(w *world)
}

// occasions, of which reconciles and caches are the most frequent.
var occasions = slices.Concat(
	slices.Repeat([]occasion{{"the installation's reconcile", func(w *world) { w.reconcile(keyInstallation) }}}, 6),
	slices.Repeat([]occasion{{"a restore's reconcile", (*world).reconcileRestore}}, 6),
	slices.Repeat([]occasion{{"a cache", (*world).cache}}, 12),
	slices.Repeat([]occasion{{"a Job", (*world).job}}, 6),
	slices.Repeat([]occasion{{"the Deployment", (*world).deployment}}, 4),
	slices.Repeat([]occasion{{"a quiet moment", (*world).quiet}}, 6),
	slices.Repeat([]occasion{{"a recovery", (*world).recovery}}, 3),
	[]occasion{
		{"another restore", (*world).another}, {"another restore", (*world).another}, {"the user", (*world).user}, {"a lost Secret", func(w *world) { w.lost = rapid.IntRange(0, 3).Draw(w.t, "lost") == 0 }},
		{"a deleted restore", (*world).remove}, {"a wiped status", (*world).wipe}, {"a deleted Job", (*world).removeJob},
	},
)

func (w *world) one(keys []string) string {
	if len(keys) == 0 {
		return ""
	}
	return rapid.SampledFrom(keys).Draw(w.t, "of")
}

func (w *world) reconcileRestore() {
	if key := w.one(w.keys("MattermostRestore")); key != "" {
		w.reconcile(key)
	}
}

// cache catches up with one object. It sees that a restore is gone after what it made.
func (w *world) cache() {
	var behind []string
	for key, o := range w.seen {
		if w.real[key] != o {
			behind = append(behind, key)
		}
	}
	slices.Sort(behind)
	if key := w.one(behind); key != "" {
		w.catchUp(key)
	}
}

// quiet is a moment in which nothing lags, so that an order gets somewhere.
func (w *world) quiet() {
	for key := range w.seen {
		w.catchUp(key)
	}
	for _, key := range append(w.keys("MattermostRestore"), keyInstallation) {
		w.reconcile(key)
	}
	w.deployment()
}

func (w *world) catchUp(key string) {
	if o, exists := w.real[key]; exists {
		w.seen[key] = o
		return
	}
	delete(w.seen, key)
}

// another restore, at most three of which there are at a time.
func (w *world) another() {
	if len(w.keys("MattermostRestore")) >= 3 {
		return
	}
	w.made++
	name := fmt.Sprintf("r%d", w.made)
	dropping := rapid.SampledFrom([]string{"Retain", "Delete"}).Draw(w.t, "replacedData")
	w.put(name, w.document(fmt.Sprintf("apiVersion: mattermost.crossplane.io/v1alpha1\nkind: MattermostRestore\nmetadata: {name: %s, namespace: ns, uid: uid-%s, generation: 1, creationTimestamp: '%s'}\n"+
		"spec: {mattermostClusterName: chat, %s, replacedData: %s}", name, name, w.time(), w.source(name), dropping)))
}

func (w *world) user() {
	o := proto.CloneOf(w.real[keyInstallation])
	spec := o.GetFields()["spec"].GetStructValue().GetFields()
	spec["version"] = structpb.NewStringValue(rapid.SampledFrom([]string{"11.1.0", "11.2.0", "11.3.0"}).Draw(w.t, "version"))
	spec["replicas"] = structpb.NewNumberValue(float64(rapid.IntRange(0, 3).Draw(w.t, "replicas")))
	spec["upgrade"] = structpb.NewStructValue(w.document(fmt.Sprintf("attempt: %d", rapid.IntRange(0, 1).Draw(w.t, "attempt"))))
	spec["size"] = structpb.NewStringValue(rapid.SampledFrom([]string{"1000users", "1000users", "1000users", "7users"}).Draw(w.t, "size"))
	w.real[keyInstallation] = o
}

// remove a restore. Its Jobs go with it, and that is seen before.
func (w *world) remove() {
	key := w.one(w.keys("MattermostRestore"))
	if key == "" {
		return
	}
	delete(w.real, key)
	w.collect(key)
	for below := range w.real {
		if strings.HasPrefix(below, key+"/") {
			w.catchUp(below)
		}
	}
}

// wipe a restore's status, or the installation's. A restore that lost its Job too has
// nothing but the database's ledger.
func (w *world) wipe() {
	key := w.one(append(w.keys("MattermostRestore"), keyInstallation))
	uid := w.view(key).String("metadata", "uid")
	if w.told[uid] && w.real[key+"/restore"] == nil {
		return
	}
	o := proto.CloneOf(w.real[key])
	delete(o.Fields, "status")
	w.real[key] = o
}

// removeJob of a restore. What it came to was seen and told before.
func (w *world) removeJob() {
	var of []string
	for _, key := range w.keys("Job") {
		if owner, _, _ := strings.Cut(key, "/"); owner != keyInstallation && w.real[owner] == w.seen[owner] && w.recorded(owner, key) {
			of = append(of, key)
		}
	}
	if key := w.one(of); key != "" {
		delete(w.real, key)
		delete(w.seen, key)
	}
}

func (w *world) recorded(owner, key string) bool {
	if !finished(w.view(key)) {
		return true
	}
	status := w.view(owner).At("status")
	return w.seen[key] == w.real[key] && (status.String("state") == "failed" || status.Has("restoredAt") || strings.HasSuffix(key, "/check"))
}

// job goes on, whichever: it starts, ends, or is finally gone.
func (w *world) job() {
	able := slices.DeleteFunc(w.keys("Job"), func(key string) bool { return finished(w.view(key)) && !w.leaves(key) })
	if replacing := slices.DeleteFunc(slices.Clone(able), func(key string) bool { return !strings.HasSuffix(key, "/restore") }); len(replacing) > 0 {
		able = replacing
	}
	key := w.one(able)
	if key == "" {
		return
	}
	_, name, _ := strings.Cut(key, "/")
	if w.leaves(key) && (finished(w.view(key)) || rapid.Bool().Draw(w.t, "gone")) {
		delete(w.real, key)
		return
	}
	outcome := rapid.IntRange(0, 4).Draw(w.t, "outcome")
	switch {
	case outcome == 0:
		w.status(key, map[string]any{"active": 1, "ready": 1})
	case !w.readable(key):
		w.fail(key)
	case outcome == 1 && name != "check":
		if name != "restore" || w.data != w.uidOf(key) {
			w.fail(key)
		}
	case outcome == 2:
		w.effect(key, name)
	default:
		w.effect(key, name)
		w.status(key, map[string]any{
			"succeeded": 1, "completionTime": w.time(),
			"conditions": []any{map[string]any{"type": "Complete", "status": "True"}},
		})
	}
}

// leaves says whether a Job is being deleted, or is left behind by who made it.
func (w *world) leaves(key string) bool {
	owner, _, _ := strings.Cut(key, "/")
	return w.view(key).Has("metadata", "deletionTimestamp") || w.real[owner] == nil
}

// uidOf the restore that a Job works for, as the Job was told.
func (w *world) uidOf(key string) string {
	for _, c := range w.view(key).List("spec", "template", "spec", "containers") {
		for _, e := range c.List("env") {
			if e.String("name") == "REQUEST_ID" {
				return e.String("value")
			}
		}
	}
	return ""
}

// effect of a Job on the database.
func (w *world) effect(key, name string) {
	if uid := w.uidOf(key); name == "restore" && !w.ledger[uid] {
		w.ledger[uid] = true
		w.data, w.schema = uid, "unmigrated"
	}
	if strings.HasPrefix(name, "migration-") {
		w.schema = w.data
	}
}

func (w *world) status(key string, status map[string]any) {
	o := proto.CloneOf(w.real[key])
	preview.SetStatus(o, status)
	w.real[key] = o
}

// deployment is brought nearer to what is wanted. Servers that are to stop take their time.
func (w *world) deployment() {
	if w.real[keyDeployment] == nil {
		return
	}
	o := w.view(keyDeployment)
	wanted := o.Int("spec", "replicas")
	w.servers = rapid.Int64Range(wanted, max(wanted, w.servers)).Draw(w.t, "servers")
	w.status(keyDeployment, map[string]any{
		"observedGeneration": o.Int("metadata", "generation"), "replicas": w.servers, "updatedReplicas": wanted,
		"availableReplicas": rapid.Int64Range(0, w.servers).Draw(w.t, "available"),
	})
}
