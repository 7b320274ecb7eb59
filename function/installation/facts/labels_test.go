package facts

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

func TestLabels(t *testing.T) {
	f := &Facts{Name: "chat", Policy: v1beta1.Input{Labels: map[string]string{"team": "a", "app": "theirs", "installation.mattermost.com/installation": "theirs"}}}
	want := map[string]string{
		"team": "a",
		"app":  "mattermost",
		"installation.mattermost.com/installation": "chat",
		"installation.mattermost.com/resource":     "chat",
		"app.kubernetes.io/name":                   "mattermost",
		"app.kubernetes.io/instance":               "chat",
		"app.kubernetes.io/component":              "server",
		"app.kubernetes.io/managed-by":             "crossplane",
	}
	if diff := cmp.Diff(want, f.ServerLabels()); diff != "" {
		t.Errorf("the installation's labels win over the platform's, -want, +got:\n%s", diff)
	}
	want["app"], want["app.kubernetes.io/component"] = "mattermost-migration", "migration"
	if diff := cmp.Diff(want, f.Labels("mattermost-migration", "migration")); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

func TestSelector(t *testing.T) {
	f := &Facts{Name: "chat"}
	// A Deployment keeps its selector for life, and the Mattermost operator's has
	// this one.
	want := map[string]string{
		"app": "mattermost",
		"installation.mattermost.com/installation": "chat",
		"installation.mattermost.com/resource":     "chat",
	}
	if diff := cmp.Diff(want, f.Selector()); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
	selects := func(labels map[string]string) bool {
		both := maps.Clone(labels)
		maps.Copy(both, f.Selector())
		return maps.Equal(both, labels)
	}
	if !selects(f.ServerLabels()) || selects(f.Labels("mattermost-migration", "migration")) || selects((&Facts{Name: "other"}).ServerLabels()) {
		t.Error("the selector must select the server's pods, and no migration's and no other installation's")
	}
}
