package function_test

import (
	"context"
	"maps"
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"pgregory.net/rapid"

	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"

	"github.com/crossplane-mattermost/crossplane-mattermost/function"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

const (
	// histories in each of rapid's checks, of which there are 100.
	histories = 50
	// events of a history.
	happenings = 4
)

// databases and stores that a user may change between, and what each consents to.
var (
	databases = map[string]map[string]bool{
		"{claim: {}}":                                  nil,
		"{external: {secret: db}}":                     nil,
		"{external: {secret: absent}}":                 nil,
		"{discardClaim: true, external: {secret: db}}": {"database": true},
		"{}": nil,
	}
	stores = map[string]map[string]bool{
		"{claim: {}}":                                  nil,
		"{local: {enabled: true}}":                     nil,
		"{externalVolume: {volumeClaimName: v}}":       nil,
		"{discardLocal: true, claim: {}}":              {"claim": true},
		"{discardClaim: true, local: {enabled: true}}": {"bucket": true},
		"{discardClaim: true, discardLocal: true, externalVolume: {volumeClaimName: v}}": {"bucket": true, "claim": true},
		"{local: {enabled: true}, claim: {}}":                                            nil,
	}
)

// TestNothingThatHoldsDataIsLost lets a user edit at random, Secrets vanish, and
// Crossplane not see what there is. An object that holds data is deleted only when
// the spec of that moment consents.
func TestNothingThatHoldsDataIsLost(t *testing.T) {
	base := cluster(t)
	f := function.New(logging.NewNopLogger())
	rapid.Check(t, func(rt *rapid.T) {
		for range histories {
			h := &history{rt: rt, cluster: &preview.Cluster{Composite: base.Composite, Objects: maps.Clone(base.Objects), Lookup: lookUpClaimed}, unseen: map[string]*structpb.Struct{}}
			for range happenings {
				h.happen(t)
				h.reconcile(t.Context(), f)
			}
		}
	})
}

// lookUpClaimed imagines what claims are answered with.
func lookUpClaimed(kind, name string) *structpb.Struct {
	if name == "absent" || name == "db" {
		return nil
	}
	return preview.CompleteObject(kind, name)
}

type history struct {
	rt      *rapid.T
	cluster *preview.Cluster
	consent map[string]bool
	// unseen objects are there, and Crossplane does not see them this time.
	unseen map[string]*structpb.Struct
}

func (h *history) happen(t *testing.T) {
	t.Helper()
	switch rapid.IntRange(0, 3).Draw(h.rt, "event") {
	case 0:
		if rapid.Bool().Draw(h.rt, "lost") {
			delete(h.cluster.Objects, "Secret/db")
			return
		}
		h.cluster.Objects["Secret/db"] = preview.CompleteObject("Secret", "db")
	case 1:
		for _, name := range slices.Sorted(maps.Keys(h.cluster.Composed)) {
			if rapid.IntRange(0, 2).Draw(h.rt, "unseen") == 0 {
				h.unseen[name] = h.cluster.Composed[name]
				delete(h.cluster.Composed, name)
			}
		}
	default:
		h.edit(t)
	}
}

func (h *history) edit(t *testing.T) {
	t.Helper()
	database := rapid.SampledFrom(slices.Sorted(maps.Keys(databases))).Draw(h.rt, "database")
	store := rapid.SampledFrom(slices.Sorted(maps.Keys(stores))).Draw(h.rt, "store")
	spec := "version: 11.4.0\nsize: " + rapid.SampledFrom([]string{"1000users", "100users", "7users"}).Draw(h.rt, "size") + "\ndatabase: " + database + "\nfileStore: " + store
	h.cluster.Composite = proto.CloneOf(h.cluster.Composite)
	h.cluster.Composite.Fields["spec"] = structpb.NewStructValue(document(t, spec))
	h.consent = map[string]bool{}
	maps.Copy(h.consent, databases[database])
	maps.Copy(h.consent, stores[store])
}

func (h *history) reconcile(ctx context.Context, f *function.Function) {
	was := maps.Clone(h.cluster.Composed)
	// A fatal result changes nothing, which is as good.
	r, _ := h.cluster.Reconcile(ctx, f)
	for _, name := range r.Went {
		if compose.NewResource(was[name]).Has("metadata", "labels", compose.LabelHoldsData) && !h.consent[name] {
			h.rt.Fatalf("%s is deleted without consent", name)
		}
	}
	for name, o := range h.unseen {
		if _, again := h.cluster.Composed[name]; !again {
			if h.cluster.Composed == nil {
				h.cluster.Composed = map[string]*structpb.Struct{}
			}
			h.cluster.Composed[name] = o
		}
	}
	h.unseen = map[string]*structpb.Struct{}
}
