package engine

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// TestRestoredInstallationIsQuiet has nothing announced, and nothing written, once all is
// over, and is ready when it is and not before.
func TestRestoredInstallationIsQuiet(t *testing.T) {
	p := restoring(t, map[string]any{})
	for _, event := range []string{"", "checked", "stopped", "", "replaced", "migrated", "serving", "serving", ""} {
		turns[event](t, p)
		p.see()
		reconciled(t, p.restore)
		p.see()
		reconciled(t, p.installation)
		serving := compose.NewResource(p.installation.composite).String("status", "state") == "stable"
		if ready := condition(p.installation, "Ready").Status == compose.True; ready != serving {
			t.Errorf("after %q the installation is ready: %t, and stable: %t", event, ready, serving)
		}
	}
	if got := condition(p.restore, "Ready").Status; got != compose.True {
		t.Errorf("the restore is over, and Ready is %s", got)
	}
	statuses := func() []*structpb.Value {
		return []*structpb.Value{p.restore.composite.GetFields()["status"], p.installation.composite.GetFields()["status"]}
	}
	was := statuses()
	p.see()
	said := slices.Concat(announced(reconciled(t, p.restore)), announced(reconciled(t, p.installation)))
	if len(said) > 0 {
		t.Errorf("nothing happened, and %v is announced", said)
	}
	if diff := cmp.Diff(was, statuses(), protocmp.Transform()); diff != "" {
		t.Errorf("nothing happened, and a status changed, -was +is:\n%s", diff)
	}
}
