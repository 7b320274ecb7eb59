package installation_test

import (
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

// claimed is an installation with claims for its database and bucket, in a simulated
// cluster that may never fulfill them.
func claimed(t *testing.T, answered bool) *preview.Cluster {
	t.Helper()
	c := fixture(t, map[string]any{
		"version": "11.4.0", "size": "1000users",
		"database":  map[string]any{"claim": map[string]any{}},
		"fileStore": map[string]any{"claim": map[string]any{}},
	})
	c.Objects["Secret/claimed-database"] = secret(t, map[string]string{"password": canary})
	c.Objects["Secret/claimed-bucket"] = secret(t, map[string]string{"accesskey": canary, "secretkey": canary})
	c.Progress = func(o *structpb.Struct) {
		if kind := compose.NewResource(o).String("kind"); answered || kind != "MattermostDatabase" && kind != "MattermostBucket" {
			preview.Succeed(o)
		}
	}
	settle(t, c)
	return c
}

// TestProtectionFollowsTheSpec asserts that deletionProtection is applied whatever else is
// refused or waited for: a user who sets it to false must be able to delete the
// installation.
func TestProtectionFollowsTheSpec(t *testing.T) {
	refused := func(t *testing.T) *preview.Cluster {
		t.Helper()
		c := fixture(t, withLocal())
		settle(t, c)
		delete(c.Objects, "Secret/db")
		settle(t, c)
		return c
	}
	cases := map[string]struct {
		reason string
		given  func(t *testing.T) *preview.Cluster
		state  string
	}{
		"Serving": {reason: "A server that serves.", given: func(t *testing.T) *preview.Cluster { t.Helper(); return claimed(t, true) }, state: "stable"},
		"Waiting": {reason: "A database that never comes.", given: func(t *testing.T) *preview.Cluster { t.Helper(); return claimed(t, false) }, state: "reconciling"},
		"Refused": {reason: "A Secret that is gone.", given: refused, state: "refused"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			c := tc.given(t)
			for _, protect := range []bool{false, true, false} {
				edit(t, c, protect, "deletionProtection")
				settle(t, c)
				if got := state(c); got != tc.state {
					t.Fatalf("%s\nstate %q, want %q", tc.reason, got, tc.state)
				}
				if got := c.Composed["protection"] != nil; got && !protect {
					t.Errorf("%s\nspec.deletionProtection is %t, and protection is %t", tc.reason, protect, got)
				}
			}
		})
	}
}

// TestClaimsAreProtected asserts that Usages protect the claims of a server that runs.
func TestClaimsAreProtected(t *testing.T) {
	c := claimed(t, true)
	for name, kind := range map[string]string{"database-protection": "MattermostDatabase", "bucket-protection": "MattermostBucket"} {
		usage := compose.NewResource(c.Composed[name])
		if usage.String("kind") != "Usage" || usage.String("spec", "of", "kind") != kind || usage.String("spec", "of", "resourceRef", "name") != "chat" {
			t.Errorf("%s does not protect %s: %v", name, kind, usage.Struct())
		}
	}
	edit(t, c, false, "deletionProtection")
	settle(t, c)
	if c.Composed["database-protection"] == nil {
		t.Error("the database can be deleted alone")
	}
}

// TestDiscardedClaimLosesItsUsageFirst asserts the order of deletion: Kubernetes refuses to
// delete a claim that has a Usage.
func TestDiscardedClaimLosesItsUsageFirst(t *testing.T) {
	c := claimed(t, true)
	edit(t, c, map[string]any{"discardClaim": true, "external": map[string]any{"secret": "db"}}, "database")
	history := settle(t, c)
	var went []string
	for _, r := range history {
		slices.Sort(r.Went)
		went = append(went, r.Went...)
		if slices.Contains(r.Went, "database") && slices.Contains(r.Went, "database-protection") {
			t.Errorf("the claim is deleted with its Usage: %v", r.Went)
		}
	}
	usage, database := slices.Index(went, "database-protection"), slices.Index(went, "database")
	if usage < 0 || database < usage {
		t.Errorf("objects were deleted in this order: %v", went)
	}
	if c.Composed["bucket-protection"] == nil || c.Composed["bucket"] == nil {
		t.Error("the bucket went too")
	}
}

// TestVanishedClaimIsRefused asserts that no new, empty claim takes the place of one that
// is gone.
func TestVanishedClaimIsRefused(t *testing.T) {
	for name, condition := range map[string]string{"database": "DatabaseReady", "bucket": "FileStoreReady"} {
		t.Run(name, func(t *testing.T) {
			c := claimed(t, true)
			was := c.Composed[name]
			delete(c.Composed, name)
			settle(t, c)
			if c.Composed[name] != nil {
				t.Fatal("a new, empty one took its place")
			}
			if c.Composed["deployment"] == nil {
				t.Error("what runs was stopped")
			}
			got := compose.NewResource(c.Composite).Condition(condition)
			if got.Status != compose.False || got.Reason != "ClaimVanished" || !strings.Contains(got.Message, compose.NewResource(was).String("kind")+` "chat"`) {
				t.Errorf("condition %s is %s, %s: %s", condition, got.Status, got.Reason, got.Message)
			}
			if got := state(c); got != "refused" {
				t.Errorf("state %q, want refused", got)
			}
			// Somebody creates the claim again for this installation.
			compose.NewResource(was).At("metadata", "labels").Struct().Fields["crossplane.io/composite"] = structpb.NewStringValue("chat")
			c.Objects[preview.Key(compose.NewResource(was).String("kind"), "chat")] = was
			settle(t, c)
			if c.Composed[name] == nil || state(c) != "stable" {
				t.Errorf("the claim that was created again is not used: state %q", state(c))
			}
		})
	}
}

// TestVanishedClaimWithoutDeployment: deleting the Deployment too does not make a new, empty
// one, whatever is deleted besides.
func TestVanishedClaimWithoutDeployment(t *testing.T) {
	for name, besides := range map[string][]string{
		"Deployment":   {"deployment"},
		"Usage":        {"deployment", "database-protection"},
		"AllThatTells": {"deployment", "database-protection", "bucket-protection", "protection"},
	} {
		t.Run(name, func(t *testing.T) {
			c := claimed(t, true)
			for _, composed := range append(besides, "database") {
				delete(c.Composed, composed)
			}
			for range 3 {
				settle(t, c)
				if c.Composed["database"] != nil {
					t.Fatal("a new, empty one took its place")
				}
			}
			if got := condition(c, "DatabaseReady"); got.Reason != "ClaimVanished" || state(c) != "refused" {
				t.Errorf("state %s, condition DatabaseReady is %s: %s", state(c), got.Reason, got.Message)
			}
		})
	}
}

// TestRestoredWithoutStatus: what a backup of the cluster brings back, or who applies what
// was exported, has no status, and is made anew.
func TestRestoredWithoutStatus(t *testing.T) {
	c := claimed(t, true)
	clear(c.Composed)
	delete(c.Composite.GetFields(), "status")
	settle(t, c)
	if got := state(c); got != "stable" || c.Composed["database"] == nil {
		t.Errorf("state %s: %s", got, condition(c, "Accepted").Message)
	}
}

// TestLostDeploymentIsMadeAgain as it was, and what was served is remembered meanwhile.
func TestLostDeploymentIsMadeAgain(t *testing.T) {
	c := claimed(t, true)
	works := c.Progress
	c.Progress = func(o *structpb.Struct) {
		if compose.NewResource(o).String("kind") != "Deployment" {
			works(o)
		}
	}
	for range 2 {
		delete(c.Composed, "deployment")
		settle(t, c)
	}
	delete(c.Composed, "deployment")
	edit(t, c, "10.5.0", "version")
	settle(t, c)
	if got := condition(c, "Accepted"); got.Reason != "UnsafeDowngrade" {
		t.Errorf("Accepted is %s: %s", got.Reason, got.Message)
	}
	edit(t, c, "11.4.0", "version")
	c.Progress = works
	settle(t, c)
	if got := state(c); got != "stable" {
		t.Errorf("state %s: %s", got, condition(c, "Accepted").Message)
	}
}

// TestClaimInPlaceOfAnExternalDatabase asserts that such a claim does not count as
// vanished.
func TestClaimInPlaceOfAnExternalDatabase(t *testing.T) {
	c := claimed(t, true)
	edit(t, c, map[string]any{"discardClaim": true, "external": map[string]any{"secret": "db"}}, "database")
	settle(t, c)
	edit(t, c, map[string]any{"claim": map[string]any{}, "allowChange": "the data is not needed"}, "database")
	settle(t, c)
	if got := state(c); got != "stable" || c.Composed["database"] == nil {
		t.Errorf("state %q: %s", got, condition(c, "DatabaseReady").Message)
	}
}

// TestProtectionUnderATakenName asserts that a foreign Usage with the name of ours refuses
// the spec and changes nothing else.
func TestProtectionUnderATakenName(t *testing.T) {
	c := fixture(t, withLocal())
	c.Objects["Usage/chat-protection"] = mustStruct(t, map[string]any{
		"apiVersion": "protection.crossplane.io/v1beta1", "kind": "Usage", "metadata": map[string]any{"name": "chat-protection", "namespace": "ns"},
	})
	settle(t, c)
	if got := condition(c, "Accepted"); got.Status != compose.False || !strings.Contains(got.Message, "chat-protection") {
		t.Errorf("Accepted is %s: %s", got.Status, got.Message)
	}
	if c.Composed["deployment"] == nil || c.Composed["protection"] != nil {
		t.Error("what runs was touched, or the Usage of somebody else was taken")
	}
}
