package installation

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

func TestLabels(t *testing.T) {
	g := gathered{name: "chat", policy: v1beta1.Input{Labels: map[string]string{"team": "a", "app": "theirs", "installation.mattermost.com/installation": "theirs"}}}
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
	if diff := cmp.Diff(want, serverLabels(g)); diff != "" {
		t.Errorf("the installation's labels win over the platform's, -want, +got:\n%s", diff)
	}
	want["app"], want["app.kubernetes.io/component"] = "mattermost-migration", "migration"
	if diff := cmp.Diff(want, migrationLabels(g)); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
}

func TestSelector(t *testing.T) {
	g := gathered{name: "chat"}
	// A Deployment keeps its selector for life, and the Mattermost operator's has
	// this one.
	want := map[string]string{
		"app": "mattermost",
		"installation.mattermost.com/installation": "chat",
		"installation.mattermost.com/resource":     "chat",
	}
	if diff := cmp.Diff(want, selector(g)); diff != "" {
		t.Errorf("-want, +got:\n%s", diff)
	}
	selects := func(labels map[string]string) bool {
		both := maps.Clone(labels)
		maps.Copy(both, selector(g))
		return maps.Equal(both, labels)
	}
	if !selects(serverLabels(g)) || selects(migrationLabels(g)) || selects(serverLabels(gathered{name: "other"})) {
		t.Error("the selector must select the server's pods, and no migration's and no other installation's")
	}
}
