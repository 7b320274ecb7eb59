package engine

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"
	"pgregory.net/rapid"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

// claiming is an installation that leaves database and bucket to the platform.
func claiming(t *testing.T) *engine {
	t.Helper()
	e := installation(t)
	spec(e)["database"] = object(t, map[string]any{"claim": map[string]any{}})
	spec(e)["fileStore"] = object(t, map[string]any{"claim": map[string]any{}})
	for name, data := range map[string]map[string]any{
		"claimed-database": {"password": "cGFzcw=="}, //nolint:gosec // It opens nothing.
		"claimed-bucket":   {"accesskey": "aWQ=", "secretkey": "a2V5"},
	} {
		e.secrets[name] = structOf(t, map[string]any{
			"apiVersion": "v1", "kind": "Secret", "metadata": map[string]any{"name": name, "namespace": "ns"}, "data": data,
		})
	}
	return e
}

func TestClaimsComeFirst(t *testing.T) {
	e := claiming(t)
	reconciled(t, e)
	want := []string{"bucket", "database"}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(e.composed))); diff != "" {
		t.Errorf("before the claims are answered, -want, +got composed:\n%s", diff)
	}
	if left := settle(t, e); len(left) > 0 {
		t.Errorf("the first server migrates the empty database itself, but these objects were removed: %v", left)
	}
	want = []string{"bucket", "bucket-protection", "connection", "database", "database-protection", "deployment", "metrics-service", "pod-disruption-budget", "protection", "service", "service-account"}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(e.composed))); diff != "" {
		t.Errorf("-want, +got composed:\n%s", diff)
	}
	if got := condition(e, "Ready").Status; got != compose.True {
		t.Errorf("everything runs, and Ready is %s", got)
	}
}

func TestClaimsAreLeftOnConsentOnly(t *testing.T) {
	e := claiming(t)
	settle(t, e)
	external := map[string]any{"external": map[string]any{"secret": "db"}}
	spec(e)["database"] = object(t, external)
	if deleted := settle(t, e); len(deleted) > 0 {
		t.Errorf("Crossplane deleted %v without consent", deleted)
	}
	if got := condition(e, "DatabaseReady"); got.Reason != "DatabaseInUse" {
		t.Errorf("DatabaseReady is %s: %s", got.Status, got.Reason)
	}
	external["discardClaim"] = true
	spec(e)["database"] = object(t, external)
	deleted := settle(t, e)
	if usage := slices.Index(deleted, "Usage"); usage > slices.Index(deleted, "MattermostDatabase") {
		t.Errorf("the claim is deleted before its Usage: %v", deleted)
	}
	slices.Sort(deleted)
	if diff := cmp.Diff([]string{"MattermostDatabase", "Secret", "Usage"}, deleted); diff != "" {
		t.Errorf("with consent, -want, +got deleted:\n%s", diff)
	}
}

// TestCrossplaneKeepsWhatHoldsData plays random histories of edits, lost Secrets and
// objects that Crossplane does not see for a moment.
func TestCrossplaneKeepsWhatHoldsData(t *testing.T) {
	stores := map[string]map[string]any{
		"claim":            {"claim": map[string]any{}},
		"local":            {"local": map[string]any{"enabled": true}},
		"volume":           {"externalVolume": map[string]any{"volumeClaimName": "v"}},
		"local, discarded": {"discardClaim": true, "local": map[string]any{"enabled": true}},
		"claim, discarded": {"discardLocal": true, "claim": map[string]any{}},
	}
	consents := map[string]string{"local, discarded": "MattermostBucket", "claim, discarded": "PersistentVolumeClaim"}
	rapid.Check(t, func(rt *rapid.T) {
		e := claiming(t)
		consent := ""
		for range 5 {
			unseen := map[string]*structpb.Struct{}
			switch rapid.IntRange(0, 4).Draw(rt, "event") {
			case 0:
				delete(e.secrets, rapid.SampledFrom([]string{"claimed-database", "claimed-bucket"}).Draw(rt, "lost"))
			case 1:
				for _, name := range slices.Sorted(maps.Keys(e.composed)) {
					if rapid.IntRange(0, 3).Draw(rt, "unseen") == 0 {
						unseen[name] = e.composed[name]
						delete(e.composed, name)
					}
				}
			case 2:
				spec(e)["size"] = structpb.NewStringValue(rapid.SampledFrom([]string{"100users", "1000users", "7users"}).Draw(rt, "size"))
			default:
				store := rapid.SampledFrom(slices.Sorted(maps.Keys(stores))).Draw(rt, "store")
				spec(e)["fileStore"] = object(t, stores[store])
				consent = consents[store]
			}
			before := maps.Clone(e.composed)
			// A fatal result deletes nothing; an error is one.
			out, _ := e.reconcile(t)
			for _, kind := range deletions(out) {
				if holdsData(before, kind) && kind != consent {
					rt.Fatalf("Crossplane deleted a %s without consent", kind)
				}
			}
			for name, o := range unseen {
				if e.composed[name] == nil {
					e.composed[name] = o
				}
			}
		}
	})
}

func holdsData(composed map[string]*structpb.Struct, kind string) bool {
	for _, o := range composed {
		r := compose.NewResource(o)
		if r.String("kind") == kind && r.Has("metadata", "labels", compose.LabelHoldsData) {
			return true
		}
	}
	return false
}

func TestStandaloneDatabase(t *testing.T) {
	e := claimOf(t, "MattermostDatabase", "composition-database.yaml")
	settle(t, e)
	want := []string{"credentials", "server", "service"}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(e.composed))); diff != "" {
		t.Errorf("-want, +got composed:\n%s", diff)
	}
	connection := compose.NewResource(e.composite).At("status", "connection")
	if got := connection.String("secretName"); got != "chat-postgres" {
		t.Errorf("the connection is in Secret %q", got)
	}
	if got := condition(e, "Ready").Status; got != compose.True {
		t.Errorf("the server runs, and Ready is %s", got)
	}

	before := maps.Clone(e.composed)
	delete(e.composed, "credentials")
	if _, err := e.reconcile(t); err == nil {
		t.Error("another password was made up, though a server runs with one")
	}
	e.composed = before
	if deleted := settle(t, e); len(deleted) > 0 {
		t.Errorf("Crossplane deleted %v", deleted)
	}
}

func TestStandaloneBucket(t *testing.T) {
	e := claimOf(t, "MattermostBucket", "composition-bucket.yaml")
	settle(t, e)
	connection := compose.NewResource(e.composite).At("status", "connection")
	if got := connection.String("values", "endpoint"); got != "http://chat-s3.ns.svc:7070" {
		t.Errorf("the bucket is at %q", got)
	}
}

// claimOf a kind, answered by a packaged Composition.
func claimOf(t *testing.T, kind, composition string) *engine {
	t.Helper()
	e := startWith(t, composition, map[string]any{
		"apiVersion": "mattermost.crossplane.io/v1alpha1", "kind": kind,
		"metadata": map[string]any{"name": "chat", "namespace": "ns", "uid": "4f8c", "generation": 1},
		"spec":     map[string]any{"deletionPolicy": "Retain"},
	})
	e.progress = preview.Succeed
	return e
}
