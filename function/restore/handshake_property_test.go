package restore_test

import (
	"fmt"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"pgregory.net/rapid"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

const (
	// orders in each of rapid's checks, of which there are 100.
	orders = 2
	// steps of an order.
	steps = 120
	// patience is the number of rounds in which everything must come to its end.
	patience = 60
)

// TestAnyOrderOfRestores lets users, Jobs, servers and caches go on in random orders, with
// an installation and several restores that each see the other late. No server and no
// migration runs while data is replaced, no two restores do so at once, and none again
// when it was known what became of it. No server runs on data whose schema was not
// migrated. What was recovered from an archive stays as long as a Job reads it. And
// whatever happened, the server runs in the end, every restore is over, nothing that was
// recovered is left, and nothing is written any more.
func TestAnyOrderOfRestores(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for range orders {
			w := newWorld(t)
			if rapid.IntRange(0, 3).Draw(t, "installed") > 0 {
				w.settle()
			}
			for range steps {
				event := rapid.SampledFrom(occasions).Draw(t, "event")
				event.happens(w)
				w.lawful(event.name)
			}
			w.mend()
			w.settle()
			w.ended()
		}
	})
}

// mend what users broke, so that everything can come to its end.
func (w *world) mend() {
	w.lost = false
	o := proto.CloneOf(w.real[keyInstallation])
	spec := o.GetFields()["spec"].GetStructValue().GetFields()
	spec["size"] = structpb.NewStringValue("1000users")
	spec["replicas"] = structpb.NewNumberValue(2)
	spec["version"] = structpb.NewStringValue("11.3.0")
	spec["upgrade"] = structpb.NewStructValue(w.document("attempt: 2"))
	w.real[keyInstallation] = o
}

// settle lets everything succeed, one after the other, until nothing changes any more.
func (w *world) settle() {
	for range patience {
		before := fmt.Sprint(len(w.real), w.servers, w.data, w.schema)
		was := map[string]*structpb.Struct{}
		for k, o := range w.real {
			was[k] = o
		}
		w.succeed()
		for key := range w.seen {
			w.catchUp(key)
		}
		for _, key := range append(w.keys("MattermostRestore"), keyInstallation) {
			w.reconcile(key)
			w.lawful("a reconcile in the end")
		}
		same := before == fmt.Sprint(len(w.real), w.servers, w.data, w.schema)
		for k, o := range w.real {
			same = same && was[k] != nil && proto.Equal(was[k], o)
		}
		if same {
			return
		}
	}
	w.t.Fatalf("things still change after %d rounds: %s", patience, w.tell())
}

// succeed with every Job, as far as it has a source, and with the Deployment.
func (w *world) succeed() {
	for _, key := range w.keys("Cluster") {
		w.recover(key)
	}
	for _, key := range w.keys("Job") {
		_, name, _ := strings.Cut(key, "/")
		switch {
		case w.leaves(key):
			delete(w.real, key)
		case !finished(w.view(key)) && !w.readable(key):
			w.fail(key)
		case !finished(w.view(key)):
			w.effect(key, name)
			w.status(key, map[string]any{"succeeded": 1, "completionTime": w.time(), "conditions": []any{map[string]any{"type": "Complete", "status": "True"}}})
		}
	}
	if w.real[keyDeployment] == nil {
		return
	}
	o := proto.CloneOf(w.real[keyDeployment])
	preview.Succeed(o)
	w.servers = compose.NewResource(o).Int("spec", "replicas")
	if !proto.Equal(o, w.real[keyDeployment]) {
		w.real[keyDeployment] = o
	}
}

// ended says whether the server runs, and every restore is over.
func (w *world) ended() {
	if w.servers != 2 {
		w.t.Fatalf("%d servers run in the end: %s", w.servers, w.tell())
	}
	if state := w.view(keyInstallation).String("status", "state"); state != "stable" {
		w.t.Fatalf("the installation is %s in the end: %s", state, w.tell())
	}
	for _, key := range w.keys("MattermostRestore") {
		if step := w.view(key).String("status", "step"); step != "Done" {
			w.t.Fatalf("%s is %s in the end: %s", key, step, w.tell())
		}
	}
	w.noCopies()
}

// tell what there is, for whoever reads a failure.
func (w *world) tell() string {
	var out []string
	for _, key := range append(w.keys("MattermostRestore"), keyInstallation) {
		s := proto.CloneOf(w.view(key).At("status").Struct())
		out = append(out, fmt.Sprintf("%s: %v", key, s))
	}
	return strings.Join(append(out, fmt.Sprintf("Jobs: %v, Deployment: %v", w.keys("Job"), w.view(keyDeployment).At("metadata", "annotations").Struct())), "\n")
}
