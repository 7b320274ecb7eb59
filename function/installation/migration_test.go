package installation_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
)

func migrations(names []string) []string {
	var out []string
	for _, n := range names {
		if strings.HasPrefix(n, "migration-") {
			out = append(out, n)
		}
	}
	return out
}

func TestVersionChangeMigratesFirst(t *testing.T) {
	c := fixture(t, withLocal())
	settle(t, c)
	edit(t, c, "11.5.0", "version")
	// Nothing completes: the migration runs on and on.
	c.Progress = func(o *structpb.Struct) {
		if o.GetFields()["kind"].GetStringValue() != "Job" {
			preview.Succeed(o)
		}
	}
	settle(t, c)
	if got := image(c); !strings.HasSuffix(got, ":11.4.0") {
		t.Errorf("the server runs %s while the migration does", got)
	}
	if got := condition(c, "MigrationComplete"); got.Status != compose.False || got.Reason != "Pending" {
		t.Errorf("condition MigrationComplete is %s (%s)", got.Status, got.Reason)
	}

	// It fails for good.
	c.Progress = func(o *structpb.Struct) {
		if o.GetFields()["kind"].GetStringValue() == "Job" {
			preview.SetStatus(o, map[string]any{"conditions": []any{map[string]any{"type": "Failed", "status": "True"}}})
			return
		}
		preview.Succeed(o)
	}
	settle(t, c)
	failed := migrationsOf(c)
	if got := condition(c, "MigrationComplete"); got.Reason != "Failed" {
		t.Errorf("condition MigrationComplete says %s, want Failed", got.Reason)
	}
	if got := image(c); !strings.HasSuffix(got, ":11.4.0") {
		t.Errorf("the server runs %s after the migration failed", got)
	}

	// What it runs with is corrected: another Job, which completes.
	c.Progress = nil
	c.Objects["Secret/db"] = secret(t, map[string]string{"DB_CONNECTION_STRING": connection("corrected")})
	history := settle(t, c)
	if got := migrations(history[0].Came); len(got) != 1 || slices.Equal(got, failed) {
		t.Errorf("after a failed %v came %v, want another migration", failed, got)
	}
	if got := image(c); !strings.HasSuffix(got, ":11.5.0") {
		t.Errorf("the server runs %s at the end", got)
	}
	if got := migrationsOf(c); len(got) != 0 {
		t.Errorf("%v is left", got)
	}
}

func migrationsOf(c *preview.Cluster) []string {
	var names []string
	for n := range c.Composed {
		names = append(names, n)
	}
	return migrations(names)
}

// TestWhatAMigrationDoesChangesNothing asserts that the conditions of an installation do
// not change with the pod of its migration Job: each change would wake Crossplane.
func TestWhatAMigrationDoesChangesNothing(t *testing.T) {
	c := fixture(t, withLocal())
	var said []compose.Condition
	for _, status := range []map[string]any{{}, {"active": 1, "ready": 0}, {"active": 1, "ready": 1}, {"active": 0, "ready": 0}} {
		c.Progress = func(o *structpb.Struct) {
			if o.GetFields()["kind"].GetStringValue() != "Job" {
				preview.Succeed(o)
				return
			}
			preview.SetStatus(o, status)
		}
		settle(t, c)
		said = append(said, condition(c, "MigrationComplete"))
	}
	for _, again := range said {
		if diff := cmp.Diff(said[0], again); diff != "" || again.Reason != "Pending" {
			t.Errorf("-first, +then:\n%s", diff)
		}
	}
}
